/// `Format-Custom` without a view: an object as a class with its properties in braces, what they hold below them.
///
///     class PSCustomObject
///     {
///       Name = web01
///       Disks =
///         [
///           disk0
///         ]
///
///     }
struct FormatBrowser {
    /// Columns that each level is set in.
    private static let step = 2

    private let source: any FormatSource
    private let builder: FormatBuilder
    /// Levels below the object itself; what lies deeper is its text.
    private var depth: Int

    private var lines: [FormatBlockLine] = []
    private var pending = ""

    init(_ source: any FormatSource, _ builder: FormatBuilder, depth: Int) {
        self.source = source
        self.builder = builder
        self.depth = depth
    }

    /// - Parameter columns: the properties to show of the object itself; nil: those it shows by itself.
    mutating func lines(of item: Value, _ columns: [FormatColumn]?) throws(Stop) -> [FormatBlockLine] {
        if Self.isScalar(item) {
            pending = item.scalarText
            endLine(0)
        } else if let elements = Self.elements(of: item) {
            try show(elements, level: 0, indent: 0)
        } else {
            try show(item, columns ?? builder.standardColumns(of: item), level: 0, indent: 0)
        }
        // What was begun is ended, and a blank line stands behind the object.
        endLine(0)
        return lines
    }

    private mutating func endLine(_ indent: Int) {
        lines.append(FormatBlockLine(indent: indent, text: pending))
        pending = ""
    }

    private mutating func line(_ text: String, _ indent: Int) {
        pending += text
        endLine(indent)
    }

    private mutating func show(_ item: Value, _ columns: [FormatColumn], level: Int, indent: Int) throws(Stop) {
        try source.checkDepth()
        let type = item.typeNames.first ?? ""
        line("class " + (type.isEmpty ? "PSObject" : type.split(separator: ".").last.map(String.init) ?? type), indent)
        line("{", indent)
        let inner = indent + Self.step
        let whole = depth
        defer { depth = whole }
        for column in columns {
            depth = column.depth ?? whole
            pending += column.label + " = "
            let value = try builder.value(column, of: item)
            if let elements = Self.elements(of: value) {
                endLine(inner)
                try show(elements, level: level + 1, indent: inner + Self.step)
            } else if isLeaf(value, level) {
                try leaf(value, inner)
            } else {
                endLine(inner)
                try show(value, builder.standardColumns(of: value), level: level + 1, indent: inner + Self.step)
            }
        }
        line("}", indent)
    }

    private mutating func show(_ elements: [Value], level: Int, indent: Int) throws(Stop) {
        try source.checkDepth()
        line("[", indent)
        let inner = indent + Self.step
        let limit = source.enumerationLimit
        for (index, element) in elements.enumerated() {
            if limit >= 0, index == limit {
                line("…", inner)
                break
            }
            if isLeaf(element, level) {
                try leaf(element, inner)
            } else if let elements = Self.elements(of: element) {
                endLine(inner)
                try show(elements, level: level + 1, indent: inner + Self.step)
            } else {
                try show(element, builder.standardColumns(of: element), level: level + 1, indent: inner)
            }
        }
        line("]", indent)
        endLine(indent)
    }

    private mutating func leaf(_ value: Value, _ indent: Int) throws(Stop) {
        line(CellText.text(of: value, enumerationLimit: source.enumerationLimit), indent)
    }

    private func isLeaf(_ value: Value, _ level: Int) -> Bool { level >= depth || value.isNull || Self.isScalar(value) }

    /// PowerShell's list of types that are shown as they are.
    private static func isScalar(_ value: Value) -> Bool {
        switch value {
        case .bool, .number, .char, .string, .symbol, .date, .span, .guid: true
        case .object(let object): object.typeName == .secureString
        case .null, .nothing, .array, .list, .table, .version, .type: false
        }
    }

    private static func elements(of value: Value) -> [Value]? {
        guard case .table(let table) = value else { return value.elements }
        return table.pairs.map { FormatGenerator.entry($0.key, $0.value) }
    }
}
