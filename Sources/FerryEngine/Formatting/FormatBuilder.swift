/// Chooses columns and reads objects into cells.
package struct FormatBuilder {
    private let source: any FormatSource
    /// Told of calculated properties that fail; nil: nobody asks.
    private let errors: FormatErrors?

    package init(_ source: any FormatSource) { self.init(source, errors: nil) }

    init(_ source: any FormatSource, errors: FormatErrors?) {
        self.source = source
        self.errors = errors
    }

    // MARK: Choosing columns

    /// Columns for the arguments of `-Property`: names, wildcards, calculated properties.
    ///
    /// - Throws: PowerShell's errors for a hashtable with unknown or missing keys.
    package func columns(
        for arguments: [Value], firstItem: Value?, keys: [CalculatedProperty.Key] = CalculatedProperty.column
    ) throws(Stop) -> [FormatColumn] {
        var columns: [FormatColumn] = []
        for argument in arguments {
            switch argument.plain {
            case .table(let table): columns.append(try calculated(table, keys))
            default:
                if let block = argument.asScriptBlock {
                    columns.append(FormatColumn(label: block.text, expression: .block(block)))
                    continue
                }
                let name = try CalculatedProperty.name(argument)
                if name.contains(where: { "*?[".contains($0) }) {
                    let pattern = WildcardPattern(name)
                    for found in firstItem.map(source.formatPropertyNames) ?? [] where pattern.matches(found) {
                        columns.append(FormatColumn(label: found, expression: .property(found)))
                    }
                } else {
                    columns.append(FormatColumn(label: spelled(name, in: firstItem), expression: .property(name)))
                }
            }
        }
        return columns
    }

    /// The property's own spelling, as PowerShell's headers show it.
    private func spelled(_ name: String, in item: Value?) -> String {
        item.map(source.formatPropertyNames)?.first { $0.folded == name.folded } ?? name
    }

    private func calculated(_ table: TableObject, _ keys: [CalculatedProperty.Key]) throws(Stop) -> FormatColumn {
        let entries = try CalculatedProperty.entries(of: table, keys)
        let expression = entries[.expression] ?? .null
        var column = FormatColumn(
            label: "", expression: expression.asScriptBlock.map { .block($0) } ?? .property(expression.display))
        column.width = entries[.width].flatMap { Int($0.display) }
        if let wanted = entries[.alignment]?.display.folded {
            column.alignment = [ColumnAlignment.left, .center, .right].first { $0.rawValue.folded.hasPrefix(wanted) }
        }
        column.formatString = entries[.formatString]?.display
        column.depth = entries[.depth].flatMap { Int($0.display) }
        if let label = entries[.label] {
            column.label = label.display
        } else {
            switch column.expression {
            case .property(let name): column.label = name
            case .block(let block): column.label = block.text.trimmed
            case .source(let text): column.label = text
            }
        }
        return column
    }

    /// The columns of an object that no command chose: its display set, else all its properties. Of a node of XML only what the
    /// document says, not what System.Xml adds.
    package func standardColumns(of item: Value, all: Bool = false) -> [FormatColumn] {
        if !all, let noun = item.asObject as? AnyNounObject, !noun.displayProperties.isEmpty {
            return noun.displayProperties.map { FormatColumn(label: $0, expression: .property($0)) }
        }
        if !all, let chosen = source.formatDisplayProperties(of: item) {
            return chosen.map { FormatColumn(label: spelled($0, in: item), expression: .property($0)) }
        }
        if !all, let node = item.asObject as? XMLObject {
            let names = node.propertyNames + (node.added?.names ?? [])
            return names.map { FormatColumn(label: $0, expression: .property($0)) }
        }
        let names = source.formatPropertyNames(of: item).filter { all || $0 != "PSShowComputerName" }
        return names.map { FormatColumn(label: $0, expression: .property($0)) }
    }

    // MARK: Reading cells

    private func read(_ column: FormatColumn, of item: Value) throws(Stop) -> Value {
        switch column.expression {
        case .property(let name): try source.formatProperty(name, of: item) ?? .null
        case .block(let block): try source.formatEvaluate(block, item: item)
        case .source(let text): try source.formatEvaluate(source: text, item: item)
        }
    }

    /// A cell; an error inside a calculated property leaves it blank, as PowerShell does.
    private func cell(_ column: FormatColumn, of item: Value) throws(Stop) -> (text: String, value: Value) {
        let value: Value
        do throws(Stop) { value = try read(column, of: item) } catch {
            guard case .error = error else { throw error }
            errors?.add(column, of: item)
            return (errors?.mark ?? "", .null)
        }
        if let format = column.formatString, !value.isNull {
            return (try source.formatText(value, format: format), value)
        }
        return (CellText.text(of: value, enumerationLimit: source.enumerationLimit), value)
    }

    /// The value a column reads; one that fails is nothing, as in a cell.
    func value(_ column: FormatColumn, of item: Value) throws(Stop) -> Value { try cell(column, of: item).value }

    func cells(_ columns: [FormatColumn], of item: Value) throws(Stop) -> [FormatCell] {
        var cells: [FormatCell] = []
        for column in columns { cells.append(FormatCell(text: try cell(column, of: item).text, alignment: nil)) }
        return cells
    }

    func lines(_ columns: [FormatColumn], of item: Value) throws(Stop) -> [FormatLine] {
        var lines: [FormatLine] = []
        for column in columns {
            lines.append(FormatLine(label: column.label, value: try cell(column, of: item).text))
        }
        return lines
    }

    /// Alignments follow the first object's values where nobody gave them.
    ///
    /// - Parameter isView: labels of a view that are no properties' names are marked.
    func headers(_ columns: [FormatColumn], of first: Value, isView: Bool) throws(Stop) -> [FormatHeader] {
        var headers: [FormatHeader] = []
        let names = isView ? Set(source.formatPropertyNames(of: first).map(\.folded)) : []
        for column in columns {
            var alignment = column.alignment
            if alignment == nil { alignment = CellText.alignment(of: try cell(column, of: first).value) }
            headers.append(
                FormatHeader(
                    label: column.label, alignment: alignment ?? .left, width: column.width ?? 0,
                    isCustom: isView && !names.contains(column.label.folded)))
        }
        return headers
    }

    /// The list view of an object's type, else its standard columns.
    func listColumns(of item: Value) -> [FormatColumn] {
        if case .list(let columns)? = source.views.view(for: item.typeNames, kind: .list)?.shape { return columns }
        return standardColumns(of: item)
    }

    /// `Label: value`, the title of the group that `item` belongs to.
    func title(_ groupBy: FormatColumn, of item: Value) throws(Stop) -> String {
        "\(groupBy.label): \(try cell(groupBy, of: item).text)"
    }
}
