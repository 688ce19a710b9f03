import FerryEngine

/// Lays objects out as a list of their properties.
struct FormatList: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 0)
    static let groupBy = Parameter<Value>("GroupBy")
    static let view = Parameter<String?>("View")
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Format-List", typeName: "Microsoft.PowerShell.Commands.FormatListCommand",
        parameters: [input, property, groupBy, view, force] + FormatOptions.parameters)

    private var generator: FormatGenerator?

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        var request = FormatRequest(.list)
        request.properties = call.isBound(Self.property) ? call[Self.property] : nil
        request.groupBy = call.isBound(Self.groupBy) ? call[Self.groupBy] : nil
        request.viewName = call[Self.view]
        request.force = call[Self.force]
        FormatOptions.add(to: &request, call)
        generator = try io.formatGenerator(request)
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try generator?.add(call[Self.input]) }
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) { try generator?.finish() }
}
