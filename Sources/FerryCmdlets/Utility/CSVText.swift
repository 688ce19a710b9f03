import FerryEngine

/// Comma-separated values: rows to text and back.
struct CSVText {
    var delimiter: Character

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

    /// Rows of cells. A cell in quotes may contain delimiters and line ends; empty lines are no rows.
    func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var cell = ""
        var isQuoted = false
        var wasQuoted = false
        func isBlank(_ row: [String]) -> Bool { row.count == 1 && row[0].isEmpty }
        var characters = text[...]
        func endRow() {
            row.append(cell)
            if !isBlank(row) || wasQuoted { rows.append(row) }
            row = []
            cell = ""
            wasQuoted = false
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
            } else if character == "\"", cell.allSatisfy(\.isWhitespace) {
                cell = ""
                isQuoted = true
                wasQuoted = true
            } else if character == delimiter {
                row.append(cell)
                cell = ""
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

    /// Objects of the rows, the first giving the names unless `header` does.
    func objects(_ text: String, header: [String]?) -> [Value] {
        var rows = rows(text)
        var typeNames: [String] = []
        if let first = rows.first?.first, first.folded.hasPrefix("#type ") {
            typeNames = ["CSV:" + first.dropFirst(6)]
            rows.removeFirst()
        }
        let names: [String]
        if let header {
            names = header
        } else {
            guard !rows.isEmpty else { return [] }
            var unnamed = 0
            names = rows.removeFirst().map { name in
                if !name.isEmpty { return name }
                unnamed += 1
                return "H\(unnamed)"
            }
        }
        return rows.map { row in
            var bag = PropertyBag()
            for (index, name) in names.enumerated() where bag[name] == nil {
                bag[name] = .note(index < row.count ? .string(row[index]) : .null)
            }
            return .object(CustomObject(bag, typeNames: typeNames))
        }
    }
}

/// `-UseQuotes`.
enum QuoteKind: String, ScriptEnum {
    case never = "Never"
    case always = "Always"
    case asNeeded = "AsNeeded"
    static let enumType = makeEnumType("Microsoft.PowerShell.Commands.BaseCsvWritingCommand+QuoteKind")
}
