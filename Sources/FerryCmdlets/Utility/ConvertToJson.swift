import FerryEngine

/// Objects as JSON text.
struct ConvertToJson: Cmdlet {
    static let input = Parameter<Value>("InputObject", position: 0, mandatory: true, pipeline: .byValue)
        .allowing(.null)
    static let depth = Parameter<Int>("Depth", validate: [.range(0, 100)])
    static let compress = Parameter<Bool>.switch("Compress")
    static let enumsAsStrings = Parameter<Bool>.switch("EnumsAsStrings")
    static let asArray = Parameter<Bool>.switch("AsArray")
    static let escaping = Parameter<JSONEscaping?>("EscapeHandling")

    static let signature = Signature(
        "ConvertTo-Json", typeName: "Microsoft.PowerShell.Commands.ConvertToJsonCommand", outputs: [.string],
        parameters: [input, depth, compress, enumsAsStrings, asArray, escaping])

    private var items: [Value] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { items.append(call[Self.input]) }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard !items.isEmpty else { return }
        let value: Value = items.count > 1 || call[Self.asArray] && items[0].elements == nil ? .array(items) : items[0]
        let limit = call.isBound(Self.depth) ? call[Self.depth] : 2
        var writer = JSONWriter(
            io, depthLimit: limit, isCompressed: call[Self.compress], enumsAsStrings: call[Self.enumsAsStrings],
            escaping: call[Self.escaping] ?? .normal)
        let text = try writer.json(of: value)
        if writer.wasTruncated {
            try io.warn("Resulting JSON is truncated as serialization has exceeded the set depth of \(limit).")
        }
        try io.emit(.string(text))
    }
}
