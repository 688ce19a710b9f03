import FerryEngine

/// JSON text as objects. Order of keys is kept; comments are skipped, as PowerShell's reader does.
struct JSONReader {
    struct Invalid: Error {
        let reason: String
        let line: Int
        let column: Int
        /// The error id, where the fault has one of its own.
        var id: String?
    }

    private let bytes: [UInt8]
    private var index = 0
    private let asHashtable: Bool
    private let depthLimit: Int
    private let dates: Dates

    /// `-DateKind`: what becomes of texts that are dates.
    enum Dates { case text, asWritten, local, universal }

    init(_ text: String, asHashtable: Bool, depthLimit: Int, dates: Dates) {
        bytes = Array(text.utf8)
        self.asHashtable = asHashtable
        self.depthLimit = depthLimit
        self.dates = dates
    }

    mutating func read() throws(Invalid) -> Value {
        let value = try value(depth: 1)
        try skipBlanks()
        guard index == bytes.count else { throw invalid("Additional text found after the end of the value") }
        return value
    }

    private func invalid(_ reason: String, id: String? = nil) -> Invalid {
        let before = bytes[..<min(index, bytes.count)]
        let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
        return Invalid(reason: reason, line: line, column: column, id: id)
    }

    private mutating func skipBlanks() throws(Invalid) {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case 0x2F where index + 1 < bytes.count && bytes[index + 1] == 0x2F:
                while index < bytes.count, bytes[index] != 0x0A { index += 1 }
            case 0x2F where index + 1 < bytes.count && bytes[index + 1] == 0x2A:
                index += 2
                while index + 1 < bytes.count, !(bytes[index] == 0x2A && bytes[index + 1] == 0x2F) { index += 1 }
                guard index + 1 < bytes.count else { throw invalid("Unexpected end while parsing comment") }
                index += 2
            case 0xEF where bytes[index...].starts(with: [0xEF, 0xBB, 0xBF]): index += 3
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) throws(Invalid) -> Bool {
        try skipBlanks()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(Invalid) -> Value {
        try skipBlanks()
        guard index < bytes.count else { throw invalid("Unexpected end of the text") }
        if depth > depthLimit, bytes[index] == 0x7B || bytes[index] == 0x5B {
            throw invalid("The maximum depth of \(depthLimit) has been exceeded")
        }
        switch bytes[index] {
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x22, 0x27: return text(try string())
        case 0x2D, 0x30...0x39, 0x2E: return try number()
        default:
            for (word, value) in [("true", Value.bool(true)), ("false", .bool(false)), ("null", .null)]
            where bytes[index...].starts(with: word.utf8) {
                index += word.utf8.count
                return value
            }
            throw invalid("Unexpected character encountered: \(Character(Unicode.Scalar(bytes[index])))")
        }
    }

    private mutating func object(depth: Int) throws(Invalid) -> Value {
        index += 1
        let table = TableObject(kind: .orderedHashtable, caseSensitive: true)
        var bag = PropertyBag()
        if try !take(0x7D) {
            repeat {
                try skipBlanks()
                // A comma before the brace is tolerated.
                if index < bytes.count, bytes[index] == 0x7D { break }
                guard index < bytes.count else { throw invalid("Unexpected end of an object") }
                let name = bytes[index] == 0x22 || bytes[index] == 0x27 ? try string() : try bareName()
                guard try take(0x3A) else { throw invalid("A colon is missing after the property name '\(name)'") }
                let member = try value(depth: depth + 1)
                if asHashtable {
                    table[name] = member
                } else {
                    if let earlier = bag.spelling(of: name), earlier != name {
                        throw invalid(
                            "Cannot convert the JSON string because it contains keys with different casing. Please use the "
                                + "-AsHashTable switch instead. The key that was attempted to be added to the existing key "
                                + "'\(earlier)' was '\(name)'.",
                            id: "KeysWithDifferentCasingInJsonString")
                    }
                    if name.isEmpty {
                        throw invalid(
                            "The provided JSON includes a property whose name is an empty string, this is only supported using the "
                                + "-AsHashTable switch.",
                            id: "EmptyKeyInJsonString")
                    }
                    bag[name] = .note(member)
                }
            } while try take(0x2C)
            guard try take(0x7D) else { throw invalid("An object is missing its closing brace") }
        }
        return asHashtable ? .table(table) : .object(CustomObject(bag))
    }

    private mutating func bareName() throws(Invalid) -> String {
        let start = index
        while index < bytes.count, bytes[index] == 0x5F || bytes[index] == 0x24 || isAlphanumeric(bytes[index]) {
            index += 1
        }
        guard index > start else { throw invalid("Invalid property name") }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private mutating func array(depth: Int) throws(Invalid) -> Value {
        index += 1
        var elements: [Value] = []
        if try !take(0x5D) {
            repeat {
                try skipBlanks()
                if index < bytes.count, bytes[index] == 0x5D { break }
                elements.append(try value(depth: depth + 1))
            } while try take(0x2C)
            guard try take(0x5D) else { throw invalid("An array is missing its closing bracket") }
        }
        return .array(elements)
    }

    private mutating func string() throws(Invalid) -> String {
        let quote = bytes[index]
        index += 1
        var result: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == quote { return String(decoding: result, as: UTF8.self) }
            guard byte == 0x5C else {
                result.append(byte)
                continue
            }
            guard index < bytes.count else { break }
            let escape = bytes[index]
            index += 1
            switch escape {
            case 0x6E: result.append(0x0A)
            case 0x72: result.append(0x0D)
            case 0x74: result.append(0x09)
            case 0x62: result.append(0x08)
            case 0x66: result.append(0x0C)
            case 0x75: result += Array(try unicodeEscape().utf8)
            case 0x22, 0x27, 0x5C, 0x2F: result.append(escape)
            default: throw invalid("Bad escape sequence: \\\(Character(Unicode.Scalar(escape)))")
            }
        }
        throw invalid("Unterminated string")
    }

    private mutating func unit() throws(Invalid) -> UInt16 {
        guard index + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw invalid("Bad \\u escape sequence") }
        index += 4
        return unit
    }

    private mutating func unicodeEscape() throws(Invalid) -> String {
        let first = try unit()
        if (0xD800..<0xDC00).contains(first), bytes[index...].starts(with: [0x5C, 0x75]) {
            index += 2
            return String(decoding: [first, try unit()], as: UTF16.self)
        }
        return String(decoding: [first], as: UTF16.self)
    }

    private mutating func number() throws(Invalid) -> Value {
        let start = index
        while index < bytes.count, "+-.0123456789eE".utf8.contains(bytes[index]) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if let whole = Int64(text) { return .long(whole) }
        guard let real = Double(text) else { throw invalid("Input string '\(text)' is not a valid number") }
        return .double(real)
    }

    /// Text that is a date in ISO form becomes a date, as in PowerShell.
    private func text(_ text: String) -> Value {
        guard dates != .text, text.count >= 19, text.count <= 35, text.utf8.dropFirst(4).first == 0x2D,
            text.utf8.dropFirst(10).first == 0x54, let date = DateFormat.parse(text)
        else { return .string(text) }
        switch dates {
        case .local: return .date(date.local)
        case .universal: return .date(date.universal)
        // What is written as of UTC stays so.
        case .asWritten, .text: return .date(text.hasSuffix("Z") ? date.universal : date)
        }
    }
}
