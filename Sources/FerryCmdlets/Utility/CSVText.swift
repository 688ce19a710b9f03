import FerryEngine

/// Comma-separated values: rows to text and back.
struct CSVText {
    var delimiter: Character

    init(delimiter: Character) { self.delimiter = delimiter }

    init(_ call: Call) {
        guard case .char(let unit) = call[Self.delimiter], let scalar = Unicode.Scalar(unit) else {
            delimiter = ","
            return
        }
        delimiter = Character(scalar)
    }

    static let delimiter = Parameter<Value>("Delimiter", position: 1, validate: [.notNull], type: .char)

    // MARK: Writing

    func line(_ cells: [String?], quotes: QuoteKind, fields: Set<String>?, names: [String]) -> String {
        cells.enumerated().map { index, cell in
            guard let cell else { return "" }
            let separator = delimiter.unicodeScalars.first ?? ","
            let needs = cell.unicodeScalars.contains {
                $0 == separator || $0 == "\"" || Character($0).isNewline
            }
            let isQuoted =
                fields.map { $0.contains(names[index].folded) } ?? (quotes == .always || quotes == .asNeeded && needs)
            return isQuoted ? "\"" + Self.doublingQuotes(cell) + "\"" : cell
        }.joined(separator: String(delimiter))
    }

    /// Not by characters, as reading is.
    private static func doublingQuotes(_ cell: String) -> String {
        guard cell.utf8.contains(UInt8(ascii: "\"")) else { return cell }
        var doubled = String.UnicodeScalarView()
        for scalar in cell.unicodeScalars {
            doubled.append(scalar)
            if scalar == "\"" { doubled.append(scalar) }
        }
        return String(doubled)
    }

    // MARK: Reading

    private struct Row {
        var cells: [String] = []
        /// Whether the first cell is in quotes: what it begins with means nothing then.
        var isQuotedAtStart = false
    }

    /// The names in the first row but for one with a type. `nil`: there is none.
    func names(_ text: String) -> [String]? {
        parse(text).map(\.cells).first { $0.first.map { !$0.folded.hasPrefix("#type ") } ?? false }
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
        // Not by characters: a mark at the start of a cell is one character with the quote or delimiter before it.
        var scalars = text.unicodeScalars[...]
        let separator = delimiter.unicodeScalars.first ?? ","
        func endRow() {
            row.append(cell)
            if !isBlank(row) || wasQuoted { rows.append(Row(cells: row, isQuotedAtStart: isQuotedAtStart)) }
            row = []
            cell = ""
            wasQuoted = false
            isQuotedAtStart = false
        }
        while let scalar = scalars.popFirst() {
            if isQuoted {
                if scalar == "\"" {
                    if scalars.first == "\"" {
                        cell.append("\"")
                        scalars.removeFirst()
                    } else {
                        isQuoted = false
                    }
                } else {
                    cell.unicodeScalars.append(scalar)
                }
            } else if scalar == separator {
                row.append(cell)
                cell = ""
                wasQuoted = true
            } else if scalar == "\"", cell.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
                if row.isEmpty { isQuotedAtStart = true }
                cell = ""
                isQuoted = true
                wasQuoted = true
            } else if scalar == "\n" || scalar == "\r" {
                if scalar == "\r", scalars.first == "\n" { scalars.removeFirst() }
                endRow()
            } else {
                cell.unicodeScalars.append(scalar)
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
