import FerryEngine

/// Gives keys another meaning in the line editor.
struct SetPSReadLineKeyHandler: Cmdlet {
    static let chord = Parameter<[String]>(
        "Chord", aliases: ["Key"], position: 0, mandatory: true, validate: [.notNullOrEmpty])
    static let function = Parameter<String>("Function", position: 1, mandatory: true)
    static let block = Parameter<ScriptBlock?>("ScriptBlock", position: 1, mandatory: true)
    static let description = Parameter<String>("Description", aliases: ["LongDescription"])
    static let brief = Parameter<String>("BriefDescription")
    static let signature = Signature(
        "Set-PSReadLineKeyHandler", typeName: "Microsoft.PowerShell.SetPSReadLineKeyHandlerCommand",
        defaultSet: "ScriptBlock", parameters: [chord, KeyHandler.viMode],
        sets: [ParameterSet("ScriptBlock", [block, brief, description]), ParameterSet("Function", [function])])

    init() {}

    static func reportUnknown(_ key: String, _ io: CommandIO) throws(Stop) {
        try io.report(
            "InvalidKey", .invalidArgument,
            "'\(key)' names no key. Keys are letters and signs, and names such as Tab, UpArrow and F8, behind Ctrl+, Alt+ and "
                + "Shift+.", target: .string(key), exception: "System.ArgumentException")
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call[Self.block] != nil {
            let purpose = [call[Self.brief], call[Self.description]].first { !$0.isEmpty }
            return try io.warn(
                "The key \(call[Self.chord].joined(separator: ", "))\(purpose.map { " (\($0))" } ?? "") keeps its meaning: this "
                    + "line editor runs no script blocks. "
                    + "Give it one of its own functions with -Function; Get-PSReadLineKeyHandler lists them.")
        }
        guard let function = EditorFunction.named(call[Self.function]) else {
            throw io.failing(
                "InvalidFunction", .invalidArgument,
                "The line editor has no function '\(call[Self.function])'. Get-PSReadLineKeyHandler lists those it has.",
                target: .string(call[Self.function]), exception: "System.ArgumentException")
        }
        for written in call[Self.chord] {
            guard let chord = KeyChord(written) else {
                try Self.reportUnknown(written, io)
                continue
            }
            EditorSettings.of(io.runspace).bind(
                KeyHandler(chord: chord, function: function, isCommandMode: KeyHandler.isCommandMode(call)))
            if function.editorName == nil {
                try io.verbose("The key \(chord.name) keeps its meaning: this line editor cannot \(function.name).")
            }
        }
    }
}
