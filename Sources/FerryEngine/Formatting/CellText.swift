/// A value as one cell shows it.
///
/// Source: PowerShell's formatting rules as its public documentation and behaviour show them: a collection is `{a, b, c, d…}` cut
/// at `$FormatEnumerationLimit`, nested objects are their text, null is blank.
enum CellText {
    static func text(of value: Value, enumerationLimit: Int) -> String {
        if let elements = value.elements { return collection(elements, enumerationLimit) }
        if case .table(let table) = value {
            let pairs = table.pairs.map { "[\($0.key.scalarText), \($0.value.scalarText)]" }
            return braces(pairs, enumerationLimit)
        }
        if case .date(let date) = value { return DateFormat.text(date, "G") }
        return value.scalarText
    }

    private static func collection(_ elements: [Value], _ limit: Int) -> String {
        braces(elements.map(\.scalarText), limit)
    }

    private static func braces(_ texts: [String], _ limit: Int) -> String {
        guard limit >= 0, texts.count > limit else { return "{" + texts.joined(separator: ", ") + "}" }
        return "{" + texts.prefix(limit).joined(separator: ", ") + "…}"
    }

    /// Scalars other than strings are right-aligned: numbers, booleans, enumerations, characters.
    static func alignment(of value: Value) -> ColumnAlignment {
        switch value {
        case .number, .bool, .symbol, .char: .right
        case .object(let object as OperandObject) where object.isScalar: .right
        default: .left
        }
    }
}

extension String {
    /// Columns of a terminal the text takes: wide East Asian characters and emoji take two, combining marks and escape sequences none.
    package var columns: Int {
        var count = 0
        var inEscape = false
        for scalar in unicodeScalars {
            if inEscape {
                if (0x40...0x7E).contains(scalar.value), scalar != "[" { inEscape = false }
                continue
            }
            if scalar == "\u{1B}" {
                inEscape = true
                continue
            }
            count += scalar.columns
        }
        return count
    }

    /// The longest beginning that takes at most `limit` columns.
    func prefix(columns limit: Int) -> String {
        var count = 0
        var result = ""
        for character in self {
            let width = String(character).columns
            if count + width > limit { break }
            count += width
            result.append(character)
        }
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var columns: Int {
        switch value {
        case 0..<0x20, 0x7F..<0xA0: 0
        case 0x20..<0x7F: 1
        case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
