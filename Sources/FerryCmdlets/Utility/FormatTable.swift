import FerryEngine

/// Lays objects out as a table.
struct FormatTable: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 0)
    static let autoSize = Parameter<Bool>.switch("AutoSize")
    static let wrap = Parameter<Bool>.switch("Wrap")
    static let hideHeaders = Parameter<Bool>.switch("HideTableHeaders")
    static let groupBy = Parameter<Value>("GroupBy")
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Format-Table", typeName: "Microsoft.PowerShell.Commands.FormatTableCommand",
        parameters: [input, property, autoSize, wrap, hideHeaders, groupBy, force])

    private let items = CollectingSink()

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for item in FormatInput.items(call[Self.input]) { try items.write(item) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let builder = FormatBuilder(io.runspace)
        var options = FormatBuilder.Options()
        options.wraps = call[Self.wrap]
        options.hidesHeaders = call[Self.hideHeaders]
        for run in FormatInput.runs(items.values) {
            if !FormatInput.isFormattable(run[0]) {
                try io.emit(contentsOf: run)
                continue
            }
            var options = options
            var columns: [FormatColumn]
            if call.isBound(Self.property) {
                columns = try builder.columns(for: call[Self.property], firstItem: run[0])
            } else if let view = io.runspace.views.view(for: run[0].typeNames, asTable: true),
                case .table(let own, let hidesHeaders) = view.shape
            {
                columns = own
                options.groupBy = view.groupBy
                if hidesHeaders { options.hidesHeaders = true }
            } else {
                columns = Array(builder.standardColumns(of: run[0]).prefix(10))
            }
            if call[Self.autoSize] { for index in columns.indices { columns[index].width = nil } }
            if call.isBound(Self.groupBy) {
                options.groupBy = try builder.columns(for: [call[Self.groupBy]], firstItem: run[0]).first
            }
            guard !columns.isEmpty else { continue }
            let table = try builder.table(of: run, columns: columns, options: options)
            try io.emit(.object(FormattedObject(.table(table))))
        }
    }
}

/// What format commands do with their input before they choose columns.
enum FormatInput {
    /// Collections are taken apart, hashtables become their pairs.
    static func items(_ value: Value) -> [Value] {
        if value.isNull { return [] }
        if let elements = value.elements { return elements.flatMap(items) }
        if case .table(let table) = value {
            return table.pairs.map { pair in
                .object(
                    CustomObject(
                        [("Name", pair.key), ("Value", pair.value)], typeNames: ["System.Collections.DictionaryEntry"]))
            }
        }
        return [value]
    }

    /// Scalars print as they are, whatever the format.
    static func isFormattable(_ value: Value) -> Bool {
        switch value {
        case .object(let object): !(object is FormattedObject) && !(object is ErrorRecord)
        case .span, .guid, .version, .date, .type: true
        case .null, .nothing, .bool, .number, .char, .string, .array, .list, .table, .symbol: false
        }
    }

    /// Neighbours that can share one layout: formattable objects together, everything else apart.
    static func runs(_ values: [Value]) -> [[Value]] {
        var runs: [[Value]] = []
        for value in values {
            if let last = runs.last?.first, isFormattable(last) == isFormattable(value) {
                runs[runs.count - 1].append(value)
            } else {
                runs.append([value])
            }
        }
        return runs
    }
}
