import FerryEngine

/// Lays objects out as a list of their properties.
struct FormatList: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 0)
    static let groupBy = Parameter<Value>("GroupBy")
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Format-List", typeName: "Microsoft.PowerShell.Commands.FormatListCommand",
        parameters: [input, property, groupBy, force])

    private let items = CollectingSink()

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for item in FormatInput.items(call[Self.input]) { try items.write(item) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let builder = FormatBuilder(io.runspace)
        for run in FormatInput.runs(items.values) {
            if !FormatInput.isFormattable(run[0]) {
                try io.emit(contentsOf: run)
                continue
            }
            var options = FormatBuilder.Options()
            if call.isBound(Self.groupBy) {
                options.groupBy = try builder.columns(for: [call[Self.groupBy]], firstItem: run[0]).first
            }
            var columns: [FormatColumn]?
            if call.isBound(Self.property) {
                columns = try builder.columns(for: call[Self.property], firstItem: run[0])
            }
            let list: FormattedList
            if columns == nil, io.runspace.views.view(for: run[0].typeNames, asTable: false) == nil {
                // Without a list view a list shows everything, not just what the table would.
                list = try builder.list(
                    of: run, columns: builder.standardColumns(of: run[0], all: true), options: options)
            } else {
                list = try builder.list(of: run, columns: columns, options: options)
            }
            try io.emit(.object(FormattedObject(.list(list))))
        }
    }
}
