import FerryEngine

/// Says what keys do.
struct GetPSReadLineKeyHandler: Cmdlet {
    static let chord = Parameter<[String]>("Chord", aliases: ["Key"], position: 0)
    static let bound = Parameter<Bool>.switch("Bound")
    static let unbound = Parameter<Bool>.switch("Unbound")
    static let signature = Signature(
        "Get-PSReadLineKeyHandler", typeName: "Microsoft.PowerShell.GetKeyHandlerCommand", defaultSet: "FullListing",
        outputs: [RuntimeType("Microsoft.PowerShell.KeyHandler")],
        sets: [ParameterSet("FullListing", [bound, unbound]), ParameterSet("SpecificBindings", [chord.mandatory()])])

    init() {}

    /// What keys do while nobody has said otherwise.
    private static let initial: [(String, String)] = [
        ("Enter", "AcceptLine"), ("Backspace", "BackwardDeleteChar"), ("Delete", "DeleteChar"),
        ("Ctrl+d", "DeleteCharOrExit"), ("Ctrl+k", "KillLine"), ("Ctrl+u", "RevertLine"),
        ("Ctrl+w", "KillRegion"), ("Alt+d", "KillWord"), ("Ctrl+y", "Yank"), ("Ctrl+t", "SwapCharacters"),
        ("Alt+.", "YankLastArg"), ("LeftArrow", "BackwardChar"), ("Ctrl+b", "BackwardChar"),
        ("RightArrow", "ForwardChar"), ("Ctrl+f", "ForwardChar"), ("Ctrl+LeftArrow", "BackwardWord"),
        ("Alt+b", "BackwardWord"), ("Ctrl+RightArrow", "NextWord"), ("Alt+f", "ForwardWord"),
        ("Home", "BeginningOfLine"), ("Ctrl+a", "BeginningOfLine"), ("End", "EndOfLine"), ("Ctrl+e", "EndOfLine"),
        ("UpArrow", "PreviousHistory"), ("Ctrl+p", "PreviousHistory"), ("DownArrow", "NextHistory"),
        ("Ctrl+n", "NextHistory"), ("F8", "HistorySearchBackward"), ("Shift+F8", "HistorySearchForward"),
        ("Ctrl+r", "ReverseSearchHistory"), ("Ctrl+s", "ForwardSearchHistory"), ("Tab", "TabCompleteNext"),
        ("Shift+Tab", "TabCompletePrevious"), ("Ctrl+Spacebar", "PossibleCompletions"), ("Ctrl+l", "ClearScreen"),
    ]

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let set = EditorSettings.of(io.runspace).handlers
        var bound = set.map { (key: $0.chord.name, function: $0.function) }
        for (key, name) in Self.initial {
            guard !bound.contains(where: { $0.key == key }), let function = EditorFunction.named(name) else { continue }
            bound.append((key, function))
        }
        if call.isBound(Self.chord) {
            for written in call[Self.chord] {
                guard let chord = KeyChord(written) else {
                    try SetPSReadLineKeyHandler.reportUnknown(written, io)
                    continue
                }
                for found in bound where found.key == chord.name { try emit(found.key, found.function, io) }
            }
            return
        }
        let (wantsBound, wantsUnbound) = (call[Self.bound], call[Self.unbound])
        let order = EditorFunction.all.map(\.name)
        if wantsBound || !wantsUnbound {
            let sorted = bound.sorted { first, second in
                (order.firstIndex(of: first.function.name) ?? 0) < (order.firstIndex(of: second.function.name) ?? 0)
            }
            for found in sorted { try emit(found.key, found.function, io) }
        }
        if wantsUnbound || !wantsBound {
            for function in EditorFunction.all where !bound.contains(where: { $0.function.name == function.name }) {
                try emit("Unbound", function, io)
            }
        }
    }

    private func emit(_ key: String, _ function: EditorFunction, _ io: CommandIO) throws(Stop) {
        try io.emit(
            .object(
                CustomObject(
                    [
                        ("Key", .string(key)), ("Function", .string(function.name)),
                        ("Description", .string(function.description)), ("Group", .string(function.group)),
                    ], typeNames: ["Microsoft.PowerShell.KeyHandler"])))
    }
}
