import FerryEngine

/// Says how the line editor is set up.
struct GetPSReadLineOption: Cmdlet {
    static let signature = Signature(
        "Get-PSReadLineOption", typeName: "Microsoft.PowerShell.GetPSReadLineOption",
        outputs: [RuntimeType("Microsoft.PowerShell.PSConsoleReadLineOptions")])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let settings = EditorSettings.of(io.runspace)
        var pairs = EditorOption.all.map { ($0.name, settings.value(of: $0)) }
        pairs += EditorOption.colors.map { ($0.name + "Color", .string(settings.color($0.name))) }
        try io.emit(
            .object(CustomObject(pairs, typeNames: ["Microsoft.PowerShell.PSConsoleReadLineOptions"])))
    }
}
