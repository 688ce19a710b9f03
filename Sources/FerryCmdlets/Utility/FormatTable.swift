import FerryEngine

/// Lays objects out as a table.
struct FormatTable: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 0)
    static let autoSize = Parameter<Bool>.switch("AutoSize")
    static let wrap = Parameter<Bool>.switch("Wrap")
    static let hideHeaders = Parameter<Bool>.switch("HideTableHeaders")
    static let groupBy = Parameter<Value>("GroupBy")
    static let view = Parameter<String?>("View")
    static let repeatHeader = Parameter<Bool>.switch("RepeatHeader")
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Format-Table", typeName: "Microsoft.PowerShell.Commands.FormatTableCommand",
        parameters: [input, property, autoSize, wrap, hideHeaders, groupBy, view, repeatHeader, force]
            + FormatOptions.parameters)

    private var generator: FormatGenerator?

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        var request = FormatRequest(.table)
        request.properties = call.isBound(Self.property) ? call[Self.property] : nil
        request.groupBy = call.isBound(Self.groupBy) ? call[Self.groupBy] : nil
        request.viewName = call[Self.view]
        request.isAutoSized = call[Self.autoSize]
        request.wraps = call[Self.wrap]
        request.hidesHeaders = call[Self.hideHeaders]
        request.repeatsHeaders = call[Self.repeatHeader]
        request.force = call[Self.force]
        FormatOptions.add(to: &request, call)
        generator = try io.formatGenerator(request)
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try generator?.add(call[Self.input]) }
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) { try generator?.finish() }
}

extension CommandIO {
    /// A generator whose packets go down the pipeline. `-View` and `-Property` exclude each other.
    func formatGenerator(_ request: FormatRequest) throws(Stop) -> FormatGenerator {
        if request.viewName != nil, request.properties != nil {
            throw failing(
                "FormatCannotSpecifyViewAndProperty", .invalidArgument,
                "The value of the View parameter cannot be used together with the Property parameter.",
                exception: "System.NotSupportedException")
        }
        return FormatGenerator(runspace, request) { packet throws(Stop) in
            try self.emit(.object(FormattedObject(packet)))
        }
    }
}
