import FerryEngine

/// Writes to the console, whatever the pipeline does.
struct WriteHost: Cmdlet {
    static let object = Parameter<Value>(
        "Object", aliases: ["Msg", "Message"], position: 0, pipeline: .byValue, remaining: true)
    static let noNewline = Parameter<Bool>.switch("NoNewline")
    static let separator = Parameter<Value>("Separator")
    static let foreground = Parameter<ConsoleColor?>("ForegroundColor")
    static let background = Parameter<ConsoleColor?>("BackgroundColor")

    static let signature = Signature(
        "Write-Host", typeName: "Microsoft.PowerShell.Commands.WriteHostCommand",
        parameters: [object, noNewline, separator, foreground, background])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let separator = call.isBound(Self.separator) ? call[Self.separator].display : " "
        try io.inform(
            .string(try Self.text(call[Self.object], separator, io)), tags: ["PSHOST"],
            foreground: call[Self.foreground],
            background: call[Self.background], newline: !call[Self.noNewline])
    }

    /// Collections within collections are written in one row. A hashtable is a collection of entries, as in PowerShell.
    private static func text(_ value: Value, _ separator: String, _ io: CommandIO) throws(Stop) -> String {
        if let elements = value.elements {
            try io.runspace.checkDepth()
            var texts: [String] = []
            for element in elements { texts.append(try text(element, separator, io)) }
            return texts.joined(separator: separator)
        }
        guard case .table(let table) = value else { return value.display }
        return Array(repeating: "System.Collections.DictionaryEntry", count: table.count).joined(separator: separator)
    }
}
