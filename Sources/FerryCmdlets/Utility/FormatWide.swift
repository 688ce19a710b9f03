import FerryEngine

/// Lays one property of each object out in columns.
struct FormatWide: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<Value>("Property", position: 0)
    static let autoSize = Parameter<Bool>.switch("AutoSize")
    static let column = Parameter<Int>("Column", validate: [.range(1, 2_147_483_647)])
    static let groupBy = Parameter<Value>("GroupBy")
    static let view = Parameter<String?>("View")
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Format-Wide", typeName: "Microsoft.PowerShell.Commands.FormatWideCommand",
        parameters: [input, property, autoSize, column, groupBy, view, force] + FormatOptions.parameters)

    private var generator: FormatGenerator?

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(Self.column), call[Self.autoSize] {
            throw io.failing(
                "FormatCannotSpecifyAutosizeAndColumns", .invalidArgument,
                "The AutoSize parameter cannot be used together with the Column parameter.",
                exception: "System.NotSupportedException")
        }
        var request = FormatRequest(.wide)
        request.properties = call.isBound(Self.property) ? [call[Self.property]] : nil
        request.groupBy = call.isBound(Self.groupBy) ? call[Self.groupBy] : nil
        request.viewName = call[Self.view]
        request.isAutoSized = call[Self.autoSize]
        request.wideColumns = call[Self.column]
        request.force = call[Self.force]
        FormatOptions.add(to: &request, call)
        generator = try io.formatGenerator(request)
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try generator?.add(call[Self.input]) }
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) { try generator?.finish() }
}
