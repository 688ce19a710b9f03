import FerryEngine

/// Brings the clipboard's text.
struct GetClipboard: Cmdlet {
    static let raw = Parameter<Bool>.switch("Raw")
    static let delimiter = Parameter<[String]>("Delimiter")
    static let signature = Signature(
        "Get-Clipboard", typeName: "Microsoft.PowerShell.Commands.GetClipboardCommand", outputs: [.string],
        parameters: [raw, delimiter])

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        let text = try ClipboardText.read(io)
        if call[Self.raw] { return try io.emit(.string(text)) }
        let delimiters = (call.isBound(Self.delimiter) ? call[Self.delimiter] : ["\n"]).filter { !$0.isEmpty }
        var rest = text[...]
        // The delimiter that comes first parts; of two at one place, the first given.
        while let found = delimiters.compactMap({ rest.firstRange(of: $0) }).min(by: { $0.lowerBound < $1.lowerBound })
        {
            try io.emit(.string(String(rest[..<found.lowerBound])))
            rest = rest[found.upperBound...]
        }
        try io.emit(.string(String(rest)))
    }
}
