/// `Out-Default`'s part: turns a stream of objects into lines, choosing views as it goes.
///
/// Objects of one shape are gathered until the shape changes, the stream ends, or 300 ms have passed since the first; then the
/// columns are sized and further rows stream with those widths.
package final class OutputFormatter {
    private enum Open {
        case nothing
        case gathering(Shape, [Value], since: ContinuousClock.Instant)
        /// A table whose header has been written.
        case streaming(Shape, TableLayout)
    }

    /// What objects must share to be in one table or list.
    private struct Shape {
        var key: String
        var isTable: Bool
        var columns: [FormatColumn]?
        var options = FormatBuilder.Options()
    }

    private let source: any FormatSource
    private let renderer: FormatRenderer
    private let emit: (String) throws(Stop) -> Void
    private let builder: FormatBuilder
    private var open = Open.nothing
    private static let patience = Duration.milliseconds(300)

    /// - Parameter emit: takes one line, without its newline.
    package init(
        source: any FormatSource, renderer: FormatRenderer, emit: @escaping (String) throws(Stop) -> Void
    ) {
        self.source = source
        self.renderer = renderer
        self.emit = emit
        builder = FormatBuilder(source)
    }

    package func add(_ value: Value) throws(Stop) {
        switch value {
        case .null, .nothing: return
        case .string(let text):
            try finish()
            for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
                try emit(String(line))
            }
        case .bool, .number, .char, .symbol, .span, .guid, .version, .date, .type:
            if case .span = value { return try addShaped(value) }
            if case .guid = value { return try addShaped(value) }
            if case .version = value { return try addShaped(value) }
            if case .type = value { return try addShaped(value) }
            try finish()
            try emit(Self.shown(value))
        case .table(let table):
            for pair in table.pairs { try addShaped(Self.entry(pair.key, pair.value)) }
        case .array, .list:
            for element in value.elements ?? [] { try add(element) }
        case .object(let object):
            if let formatted = object as? FormattedObject {
                try finish()
                for line in renderer.lines(of: formatted) { try emit(line) }
            } else if let record = object as? ErrorRecord {
                try finish()
                for line in source.formatError(record).split(separator: "\n", omittingEmptySubsequences: false) {
                    try emit(String(line))
                }
            } else if let block = object as? ScriptBlock {
                try finish()
                try emit(block.text)
            } else if let elements = object.enumerated {
                for element in elements { try add(element) }
            } else {
                try addShaped(value)
            }
        }
    }

    /// Ends what is open: the last rows and the blank line after them.
    package func finish() throws(Stop) {
        switch open {
        case .nothing: return
        case .gathering(let shape, let items, _):
            open = .nothing
            if shape.isTable, let columns = shape.columns {
                let table = try builder.table(of: items, columns: columns, options: shape.options)
                for line in renderer.lines(of: table) { try emit(line) }
            } else {
                let list = try builder.list(of: items, columns: shape.columns, options: shape.options)
                for line in renderer.lines(of: list) { try emit(line) }
            }
        case .streaming:
            open = .nothing
            try emit("")
        }
    }

    private func addShaped(_ value: Value) throws(Stop) {
        let names = value.typeNames
        let key = names.first ?? ""
        switch open {
        case .gathering(let shape, var items, let since) where shape.key == key:
            open = .nothing
            items.append(value)
            if shape.isTable, shape.options.groupBy == nil, ContinuousClock.now - since > Self.patience {
                try startStreaming(shape, items)
            } else {
                open = .gathering(shape, items, since: since)
            }
        case .streaming(let shape, let layout) where shape.key == key:
            try emit(layout.line(try builder.row(shape.columns ?? [], of: value)))
        case .nothing, .gathering, .streaming:
            let follows = if case .nothing = open { false } else { true }
            try finish()
            let shape = shape(of: value, names, key: key, follows: follows)
            if shape.isTable, shape.columns?.isEmpty == true || !shape.isTable && shape.columns?.isEmpty == true {
                try emit(value.scalarText)
                return
            }
            open = .gathering(shape, [value], since: .now)
        }
    }

    private func startStreaming(_ shape: Shape, _ items: [Value]) throws(Stop) {
        let table = try builder.table(of: items, columns: shape.columns ?? [], options: shape.options)
        let rows = table.groups.flatMap(\.rows)
        let layout = TableLayout(headers: table.headers, rows: rows, width: renderer.width)
        for line in renderer.start(of: table, layout, title: nil) { try emit(line) }
        for row in rows { try emit(layout.line(row)) }
        open = .streaming(shape, layout)
    }

    /// A view wins; then the display set; then four properties or fewer are a table and more a list. Objects without a view that
    /// follow others of another type are a list.
    private func shape(of value: Value, _ names: [String], key: String, follows: Bool) -> Shape {
        if let view = source.views.view(for: names) {
            var options = FormatBuilder.Options()
            options.groupBy = view.groupBy
            switch view.shape {
            case .table(let columns, let hidesHeaders):
                options.hidesHeaders = hidesHeaders
                return Shape(key: key, isTable: true, columns: columns, options: options)
            case .list(let columns):
                return Shape(key: key, isTable: false, columns: columns, options: options)
            }
        }
        let columns = builder.standardColumns(of: value)
        if key == Self.entryType { return Shape(key: key, isTable: true, columns: Self.entryColumns) }
        return Shape(key: key, isTable: columns.count <= 4 && !follows, columns: columns.isEmpty ? [] : columns)
    }

    private static let entryType = "System.Collections.DictionaryEntry"
    private static let entryColumns = [
        FormatColumn(label: "Name", expression: .property("Name"), width: 30),
        FormatColumn(label: "Value", expression: .property("Value"), alignment: .left),
    ]

    /// One pair of a hashtable, as PowerShell shows it.
    private static func entry(_ key: Value, _ value: Value) -> Value {
        .object(CustomObject([("Name", key), ("Value", value)], typeNames: [entryType]))
    }

    /// A scalar on a line of its own.
    private static func shown(_ value: Value) -> String {
        if case .date(let date) = value { return DateFormat.text(date, "dddd, dd MMMM yyyy HH:mm:ss") }
        return value.scalarText
    }
}
