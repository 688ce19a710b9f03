import FerryEngine

/// Asks for a line.
struct ReadHost: Cmdlet {
    static let prompt = Parameter<[Value]>("Prompt", position: 0, remaining: true)
    static let asSecureString = Parameter<Bool>.switch("AsSecureString")
    static let mask = Parameter<Bool>.switch("MaskInput")
    static let signature = Signature(
        "Read-Host", typeName: "Microsoft.PowerShell.Commands.ReadHostCommand", defaultSet: "AsString",
        outputs: [.string], parameters: [prompt],
        sets: [ParameterSet("AsString", [mask]), ParameterSet("AsSecureString", [asSecureString])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let words = call[Self.prompt].map(\.display).joined(separator: " ")
        let prompt = words.isEmpty ? "" : words + ": "
        if call[Self.asSecureString] || call[Self.mask] {
            let secret = try io.host.readSecret(prompt: prompt) ?? ""
            let value = Value.string(secret)
            return try io.emit(call[Self.mask] ? value : SecureText(secret).value)
        }
        guard let line = try io.host.readLine(prompt: prompt) else {
            throw io.failing(
                "InvalidOperation", .invalidOperation,
                "Read-Host cannot ask: the shell's input has ended or nobody can answer.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        io.runspace.transcription.writeLine(prompt + line)
        try io.emit(.string(line))
    }
}
