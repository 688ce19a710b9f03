import FerryEngine

/// Shows objects as classes with their properties, and what these hold.
struct FormatCustom: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 0)
    static let depth = Parameter<Int>("Depth", validate: [.range(1, 2_147_483_647)])
    static let groupBy = Parameter<Value>("GroupBy")
    static let view = Parameter<String?>("View")
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Format-Custom", typeName: "Microsoft.PowerShell.Commands.FormatCustomCommand",
        parameters: [input, property, depth, groupBy, view, force] + FormatOptions.parameters)

    private var generator: FormatGenerator?

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        var request = FormatRequest(.custom)
        request.properties = call.isBound(Self.property) ? call[Self.property] : nil
        request.groupBy = call.isBound(Self.groupBy) ? call[Self.groupBy] : nil
        request.viewName = call[Self.view]
        request.force = call[Self.force]
        if call.isBound(Self.depth) { request.depth = call[Self.depth] }
        FormatOptions.add(to: &request, call)
        generator = try io.formatGenerator(request)
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try generator?.add(call[Self.input]) }
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) { try generator?.finish() }
}
