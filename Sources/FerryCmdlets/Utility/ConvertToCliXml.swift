import FerryCore
import FerryEngine
import FerryRemoting

/// Objects as CLIXML text, from which `ConvertFrom-CliXml` makes them again.
struct ConvertToCliXml: Cmdlet {
    static let input = Parameter<Value>("InputObject", position: 0, mandatory: true, pipeline: .byValue)
        .allowing(.null)
    static let depth = Parameter<Int>("Depth", validate: [.range(1, Double(Int32.max))])
    static let signature = Signature(
        "ConvertTo-CliXml", typeName: "Microsoft.PowerShell.Commands.ConvertToClixmlCommand", outputs: [.string],
        parameters: [input, depth])

    private var items: [Value] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { items.append(call[Self.input]) }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        try io.emit(
            .string(CLIXMLWriter.document(items, depth: call.isBound(Self.depth) ? call[Self.depth] : nil, io.runspace))
        )
    }
}
