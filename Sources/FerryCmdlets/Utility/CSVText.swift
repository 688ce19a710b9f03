import FerryEngine

/// Comma-separated values: rows to text and back.
struct CSVText {
    var delimiter: Character

    init(delimiter: Character) { self.delimiter = delimiter }

    init(_ call: Call) {
        let given = call[Self.delimiter]
        delimiter = given.first ?? ","
    }

    static let delimiter = Parameter<String>("Delimiter", position: 1, validate: [.length(1, 1)])

    // MARK: Writing

    func line(_ cells: [String?], quotes: QuoteKind, fields: Set<String>?, names: [String]) -> String {
        cells.enumerated().map { index, cell in
            guard let cell else { return "" }
            let needs = cell.contains { $0 == delimiter || $0 == "\"" || $0.isNewline }
            let isQuoted =
                fields.map { $0.contains(names[index].folded) } ?? (quotes == .always || quotes == .asNeeded && needs)
            return isQuoted ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
        }.joined(separator: String(delimiter))
    }

    // MARK: Reading

    private struct Row {
        var cells: [String] = []
        /// Whether the first cell is in quotes: what it begins with means nothing then.
        var isQuotedAtStart = false
    }

    /// Rows of cells. A cell in quotes may contain delimiters and line ends; empty lines are no rows.
    func rows(_ text: String) -> [[String]] { parse(text).map(\.cells) }

    private func parse(_ text: String) -> [Row] {
        var rows: [Row] = []
        var isQuotedAtStart = false
        var row: [String] = []
        var cell = ""
        var isQuoted = false
        var wasQuoted = false
        func isBlank(_ row: [String]) -> Bool { row.count == 1 && row[0].isEmpty }
        var characters = text[...]
        func endRow() {
            row.append(cell)
            if !isBlank(row) || wasQuoted { rows.append(Row(cells: row, isQuotedAtStart: isQuotedAtStart)) }
            row = []
            cell = ""
            wasQuoted = false
            isQuotedAtStart = false
        }
        while let character = characters.popFirst() {
            if isQuoted {
                if character == "\"" {
                    if characters.first == "\"" {
                        cell.append("\"")
                        characters.removeFirst()
                    } else {
                        isQuoted = false
                    }
                } else {
                    cell.append(character)
                }
            } else if character == delimiter {
                row.append(cell)
                cell = ""
                wasQuoted = true
            } else if character == "\"", cell.allSatisfy(\.isWhitespace) {
                if row.isEmpty { isQuotedAtStart = true }
                cell = ""
                isQuoted = true
                wasQuoted = true
            } else if character == "\n" || character == "\r\n" || character == "\r" {
                endRow()
            } else {
                cell.append(character)
            }
        }
        if !cell.isEmpty || !row.isEmpty || wasQuoted { endRow() }
        return rows
    }

    /// Emits objects of the rows, the first giving the names unless `header` does. Lines before it that begin with `#` are
    /// comments, but for `#Fields: `, which is a header.
    func emitObjects(_ text: String, header: [String]?, _ io: CommandIO) throws(Stop) {
        var rows = parse(text)[...]
        var typeNames: [String] = []
        if let first = rows.first?.cells.first, first.folded.hasPrefix("#type ") {
            let type = String(first.dropFirst(6))
            typeNames = [type, "CSV:" + type]
            rows.removeFirst()
        }
        guard let names = header == nil ? try self.header(&rows, io) : header else { return }
        var seen: Set<String> = []
        for name in names where !seen.insert(name.folded).inserted {
            throw io.failing(
                "AlreadyPresentPSMemberInfoInternalCollectionAdd", .notSpecified,
                "The member \"\(name)\" is already present.",
                exception: "System.Management.Automation.ExtendedTypeSystemException")
        }
        for row in rows {
            var bag = PropertyBag()
            for (index, name) in names.enumerated() {
                bag[name] = .note(index < row.cells.count ? .string(row.cells[index]) : .null)
            }
            let object = CustomObject(bag)
            if !typeNames.isEmpty { object.replaceTypeNames(typeNames) }
            try io.emit(.object(object))
        }
    }

    /// Takes the row with the names, and what is before it; names that are missing are made up.
    private func header(_ rows: inout ArraySlice<Row>, _ io: CommandIO) throws(Stop) -> [String]? {
        let fields = "#Fields: "
        while var row = rows.popFirst() {
            while row.cells.count > 1, row.cells.last == "" { row.cells.removeLast() }
            guard let first = row.cells.first else { continue }
            if !row.isQuotedAtStart, first.hasPrefix(fields) {
                row.cells[0] = String(first.dropFirst(fields.count))
            } else if !row.isQuotedAtStart, first.hasPrefix("#") {
                continue
            }
            guard row.cells.contains("") else { return row.cells }
            try io.warn(
                "One or more headers were not specified. Default names starting with \"H\" have been used in place of any "
                    + "missing headers.")
            var unnamed = 0
            return row.cells.map { name in
                if !name.isEmpty { return name }
                unnamed += 1
                return "H\(unnamed)"
            }
        }
        return nil
    }
}

/// `-UseQuotes`.
enum QuoteKind: String, ScriptEnum {
    case never = "Never"
    case always = "Always"
    case asNeeded = "AsNeeded"
    static let enumType = makeEnumType("Microsoft.PowerShell.Commands.BaseCsvWritingCommand+QuoteKind")
}
