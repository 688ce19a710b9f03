/// Turns objects into packets: chooses the shape by the first object and reads cells by it.
///
/// Rules (PowerShell's public behaviour): a view for the type wins; then the default display set; then the object's properties,
/// up to four as a table and more as a list. The first object decides for all; objects of another type in the same
/// sequence are shown as lists of their own. Scalars, strings and errors are shown where they come.
package final class FormatGenerator {
    private struct Sequence {
        var shape: FormatShape
        var columns: [FormatColumn]
        var groupBy: FormatColumn?
        var title: String?
        /// Types the columns fit; nil: every object.
        var applicable: Set<String>?
        var wraps: Bool
        /// Lines keep their margin where they are broken.
        var isPage = false
        /// Objects are shown as classes with their properties.
        var isBrowsed = false
    }

    private let source: any FormatSource
    private let builder: FormatBuilder
    private let request: FormatRequest
    /// Calculated properties that failed.
    private let errors: FormatErrors
    private let emit: (FormatPacket) throws(Stop) -> Void
    private var sequence: Sequence?

    package init(
        _ source: any FormatSource, _ request: FormatRequest = FormatRequest(),
        emit: @escaping (FormatPacket) throws(Stop) -> Void
    ) {
        self.source = source
        self.request = request
        self.emit = emit
        errors = FormatErrors(marks: request.marksErrors)
        builder = FormatBuilder(source, errors: request.showsErrors || request.marksErrors ? errors : nil)
    }

    package func add(_ value: Value) throws(Stop) {
        if value.isNull { return }
        if let formatted = value.asObject as? FormattedObject {
            try finish()
            return try emit(formatted.packet)
        }
        if let elements = value.elements {
            try source.checkDepth()
            if request.expansion != .elements {
                try addCollection(value, count: elements.count)
                if request.expansion == .collection { return }
            }
            for element in elements { try add(element) }
            return
        }
        if case .table(let table) = value {
            for pair in table.pairs { try addItem(Self.entry(pair.key, pair.value)) }
            return
        }
        if !request.force, case .string(let text) = value { return try emit(.string(text)) }
        if !request.force, let text = outOfBand(value) { return try emit(.text(text)) }
        try addItem(value)
    }

    package func finish() throws(Stop) {
        guard sequence != nil else { return }
        sequence = nil
        try emit(.groupEnd)
        try emit(.end)
    }

    // MARK: One object

    private func addItem(_ item: Value) throws(Stop) {
        guard var current = sequence else { return try begin(item) }
        if let applicable = current.applicable, !item.typeNames.contains(where: { applicable.contains($0.folded) }) {
            let lines = try builder.lines(builder.listColumns(of: item), of: item)
            return try emit(lines.isEmpty ? .text(item.scalarText) : .strayEntry(lines))
        }
        if let groupBy = current.groupBy {
            let title = try builder.title(groupBy, of: item)
            if title != current.title {
                try emit(.newline)
                try emit(.groupEnd)
                try emit(.groupStart(title: title))
                current.title = title
                sequence = current
            }
        }
        try emit(entry(of: item, current))
        try showErrors()
    }

    /// A collection as an object of its own: `-Expand CoreOnly` or `Both`. The texts are PowerShell's.
    private func addCollection(_ value: Value, count: Int) throws(Stop) {
        let isBoth = request.expansion == .both
        if isBoth { try emit(.text("The following object supports IEnumerable:")) }
        try emit(.strayEntry(try builder.lines(builder.standardColumns(of: value, all: true), of: value)))
        guard isBoth else { return }
        switch count {
        case 0: try emit(.text("The IEnumerable contains no objects."))
        case 1: try emit(.text("The IEnumerable contains the following object:"))
        default: try emit(.text("The IEnumerable contains the following \(count) objects:"))
        }
    }

    /// `-ShowError`: what failed in the object that was shown last.
    private func showErrors() throws(Stop) {
        let records = errors.take()
        guard request.showsErrors else { return }
        for record in records { try emit(.text(source.formatError(record))) }
    }

    private func begin(_ item: Value) throws(Stop) {
        guard var started = try chooseShape(for: item) else { return try emit(.text(item.scalarText)) }
        if let groupBy = request.groupBy {
            started.groupBy = try builder.columns(
                for: [groupBy], firstItem: item, keys: [.expression, .formatString, .label]
            ).first
        }
        if let groupBy = started.groupBy { started.title = try builder.title(groupBy, of: item) }
        sequence = started
        try emit(.start(started.shape))
        try emit(.groupStart(title: started.title))
        // The header and the title looked at the first object, too.
        _ = errors.take()
        try emit(entry(of: item, started))
        try showErrors()
    }

    private func entry(of item: Value, _ current: Sequence) throws(Stop) -> FormatPacket {
        switch current.shape {
        case .table: .row(try builder.cells(current.columns, of: item), wraps: current.wraps)
        case .list: .entry(try builder.lines(current.columns, of: item))
        case .wide: .cell(try builder.cells(current.columns, of: item).first?.text ?? "")
        case .lines where current.isBrowsed:
            .block(try browse(item, request.properties == nil ? nil : current.columns))
        case .lines: current.isPage ? .paragraph(item.scalarText) : .line(Self.line(item))
        }
    }

    private func browse(_ item: Value, _ columns: [FormatColumn]?) throws(Stop) -> [FormatBlockLine] {
        var browser = FormatBrowser(source, builder, depth: request.depth)
        return try browser.lines(of: item, columns)
    }

    // MARK: Shapes

    private func chooseShape(for item: Value) throws(Stop) -> Sequence? {
        if case .date = item, request.kind == .automatic || request.kind == .custom {
            return Sequence(
                shape: .lines, columns: [], applicable: ["system.datetime"], wraps: false)
        }
        if let arguments = request.properties {
            let columns = try builder.columns(
                for: arguments, firstItem: item, keys: CalculatedProperty.keys(of: request.kind))
            guard !columns.isEmpty else { return nil }
            if request.kind == .custom { return browsed(columns) }
            return try sequence(
                columns, of: item, fits: nil, kind: request.kind, hidesHeaders: false, isAutoSized: false)
        }
        if let view = try view(for: item) {
            var chosen: Sequence
            let fits = Set(view.typeNames.flatMap { [$0.folded, "deserialized." + $0.folded] })
            switch view.shape {
            case .table(let columns, let hidesHeaders, let isAutoSized):
                chosen = try sequence(
                    columns.map(\.leftUnlessAligned) + Self.originColumns(of: item), of: item, fits: fits, kind: .table,
                    isView: true,
                    hidesHeaders: hidesHeaders,
                    isAutoSized: isAutoSized)
                chosen.wraps = chosen.wraps || view.wraps
            case .list(let columns):
                chosen = try sequence(
                    columns + Self.originColumns(of: item), of: item, fits: fits, kind: .list, hidesHeaders: false,
                    isAutoSized: false)
            case .wide(let column, let count):
                chosen = try sequence(
                    [column], of: item, fits: fits, kind: .wide, hidesHeaders: false, isAutoSized: false)
                if request.wideColumns == 0, !request.isAutoSized {
                    chosen.shape = .wide(columns: count, isAutoSized: count == 0)
                }
            case .text:
                chosen = Sequence(shape: .lines, columns: [], applicable: fits, wraps: false)
            case .page:
                chosen = Sequence(shape: .lines, columns: [], applicable: fits, wraps: false, isPage: true)
            }
            chosen.groupBy = view.groupBy
            return chosen
        }
        return try standardSequence(for: item)
    }

    /// Where an object of another computer is from: a last column of whatever view it has.
    private static func originColumns(of item: Value) -> [FormatColumn] {
        guard let added = item.asObject?.added, added.note("PSShowComputerName")?.isTrue == true,
            added.note("PSComputerName") != nil
        else { return [] }
        return [FormatColumn(label: "PSComputerName", expression: .property("PSComputerName"), alignment: .left)]
    }

    /// The view that fits what was asked for; an unknown `-View` is PowerShell's error.
    private func view(for item: Value) throws(Stop) -> FormatView? {
        if let name = request.viewName {
            if let view = source.views.view(named: name, for: item.typeNames, kind: request.kind) { return view }
            throw .runtime(
                "FormatViewNotFound", .invalidOperation,
                "The view \"\(name)\" cannot be found: no such view is loaded for the type \(item.typeNames.first ?? "").",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        return source.views.view(for: item.typeNames, kind: request.kind)
    }

    private func browsed(_ columns: [FormatColumn]) -> Sequence {
        Sequence(shape: .lines, columns: columns, applicable: nil, wraps: false, isBrowsed: true)
    }

    private func standardSequence(for item: Value) throws(Stop) -> Sequence? {
        if request.kind == .custom { return browsed([]) }
        let columns = builder.standardColumns(of: item)
        guard !columns.isEmpty else { return nil }
        // Custom objects share a sequence whatever their properties; other objects need the same type, and so do records of a type.
        let fits: Set<String> =
            item.asObject is CustomObject && source.formatDisplayProperties(of: item) == nil
            ? [item.typeName.key] : [item.typeNames.first?.folded ?? ""]
        switch request.kind {
        case .automatic:
            let isTable = columns.count <= Self.tableLimit
            return try sequence(
                columns, of: item, fits: fits, kind: isTable ? .table : .list, hidesHeaders: false, isAutoSized: false)
        case .table:
            let shown = request.isAutoSized ? columns : Array(columns.prefix(Self.columnLimit))
            return try sequence(shown, of: item, fits: nil, kind: .table, hidesHeaders: false, isAutoSized: false)
        case .list:
            return try sequence(columns, of: item, fits: fits, kind: .list, hidesHeaders: false, isAutoSized: false)
        case .custom: return browsed([])
        case .wide:
            let name = columns.first { $0.label.folded == "name" } ?? columns[0]
            return try sequence([name], of: item, fits: nil, kind: .wide, hidesHeaders: false, isAutoSized: false)
        }
    }

    private func sequence(
        _ columns: [FormatColumn], of item: Value, fits: Set<String>?, kind: FormatRequest.Kind, isView: Bool = false,
        hidesHeaders: Bool, isAutoSized: Bool
    ) throws(Stop) -> Sequence {
        let shape: FormatShape
        switch kind {
        case .list:
            shape = .list
        case .wide:
            shape = .wide(
                columns: request.wideColumns == 0 && !request.isAutoSized ? 2 : request.wideColumns,
                isAutoSized: request.isAutoSized)
        case .custom:
            shape = .lines
        case .table, .automatic:
            shape = .table(
                headers: try builder.headers(columns, of: item, isView: isView),
                hidesHeaders: hidesHeaders || request.hidesHeaders,
                isAutoSized: isAutoSized || request.isAutoSized, repeatsHeaders: request.repeatsHeaders)
        }
        return Sequence(shape: shape, columns: columns, applicable: fits, wraps: request.wraps)
    }

    /// Objects with more properties are lists.
    private static let tableLimit = 4
    /// Columns of a table that nobody chose.
    private static let columnLimit = 10

    // MARK: Values that are not laid out

    /// The text of scalars and errors; nil for objects with properties.
    private func outOfBand(_ value: Value) -> String? {
        switch value.plain {
        case .bool, .number, .char, .string, .symbol: return value.scalarText
        case .object(let object):
            if let record = object as? ErrorRecord {
                return record.isExtended ? source.formatExtendedError(record) : source.formatError(record)
            }
            if let block = object as? ScriptBlock, request.properties == nil { return block.text }
            if object.typeName == .secureString || (object as? OperandObject)?.isScalar == true { return object.text }
            return nil
        case .null, .nothing, .array, .list, .table, .date, .span, .guid, .version, .type: return nil
        }
    }

    private static func line(_ value: Value) -> String {
        if case .date(let date) = value.plain { return date.displayed }
        return value.scalarText
    }

    /// One pair of a hashtable, as PowerShell shows it.
    static func entry(_ key: Value, _ value: Value) -> Value {
        .object(
            CustomObject([("Name", key), ("Value", value)], typeNames: ["System.Collections.DictionaryEntry"]))
    }
}
