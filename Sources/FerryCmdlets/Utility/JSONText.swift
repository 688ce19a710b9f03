/// JSON read strictly, as System.Text.Json does: RFC 8259 and nothing more, unless comments or last commas are allowed.
struct JSONText {
    /// A value of JSON, members in the order of the text.
    indirect enum Node: Equatable {
        case null
        case bool(Bool)
        case number(Double)
        case string(String)
        case array([Node])
        case object([Member])

        struct Member: Equatable {
            let name: String
            let value: Node
        }

        subscript(name: String) -> Node? {
            guard case .object(let members) = self else { return nil }
            return members.last { $0.name == name }?.value
        }

        var string: String? { if case .string(let text) = self { text } else { nil } }
        var array: [Node]? { if case .array(let elements) = self { elements } else { nil } }
        var number: Double? { if case .number(let number) = self { number } else { nil } }

        /// Numbers by value, objects without regard to the order of their members.
        static func == (left: Node, right: Node) -> Bool {
            switch (left, right) {
            case (.null, .null): return true
            case (.bool(let a), .bool(let b)): return a == b
            case (.number(let a), .number(let b)): return a == b
            case (.string(let a), .string(let b)): return Array(a.utf8) == Array(b.utf8)
            case (.array(let a), .array(let b)): return a == b
            case (.object(let a), .object(let b)):
                guard a.count == b.count else { return false }
                let known = Dictionary(b.map { ($0.name, $0.value) }) { $1 }
                return a.allSatisfy { known[$0.name] == $0.value }
            default: return false
            }
        }
    }

    struct Invalid: Error { let reason: String }

    /// How deep arrays and objects may lie in each other: System.Text.Json's limit.
    private static let depthLimit = 64

    private let bytes: [UInt8]
    private let skipsComments: Bool
    private let allowsLastCommas: Bool
    private var index = 0

    static func read(_ text: String, skipsComments: Bool = false, allowsLastCommas: Bool = false) throws(Invalid)
        -> Node
    {
        var reader = JSONText(bytes: Array(text.utf8), skipsComments: skipsComments, allowsLastCommas: allowsLastCommas)
        let node = try reader.value(depth: 1)
        try reader.skipBlanks()
        guard reader.index == reader.bytes.count else {
            throw reader.invalid("there is more text after the end of the value")
        }
        return node
    }

    private init(bytes: [UInt8], skipsComments: Bool, allowsLastCommas: Bool) {
        self.bytes = bytes
        self.skipsComments = skipsComments
        self.allowsLastCommas = allowsLastCommas
    }

    private func invalid(_ reason: String) -> Invalid {
        let before = bytes[..<min(index, bytes.count)]
        let line = before.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
        return Invalid(reason: "\(reason). LineNumber: \(line) | BytePositionInLine: \(column).")
    }

    private mutating func skipBlanks() throws(Invalid) {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case 0x2F where skipsComments: try skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() throws(Invalid) {
        switch index + 1 < bytes.count ? bytes[index + 1] : 0 {
        case 0x2F:
            while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        case 0x2A:
            index += 2
            while index + 1 < bytes.count, bytes[index] != 0x2A || bytes[index + 1] != 0x2F { index += 1 }
            guard index + 1 < bytes.count else { throw invalid("a comment has no end") }
            index += 2
        default: throw invalid("'/' begins no value and no comment")
        }
    }

    private mutating func take(_ byte: UInt8) throws(Invalid) -> Bool {
        try skipBlanks()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(Invalid) -> Node {
        try skipBlanks()
        guard index < bytes.count else { throw invalid("the text ends where a value is expected") }
        switch bytes[index] {
        case 0x7B, 0x5B:
            guard depth <= Self.depthLimit else { throw invalid("the maximum depth of \(Self.depthLimit) is exceeded") }
            return bytes[index] == 0x7B ? try object(depth: depth) : try array(depth: depth)
        case 0x22: return .string(try string())
        case 0x2D, 0x30...0x39: return .number(try number())
        default:
            for (word, node) in [("true", Node.bool(true)), ("false", .bool(false)), ("null", .null)]
            where bytes[index...].starts(with: word.utf8) {
                index += word.utf8.count
                return node
            }
            throw invalid("'\(Character(Unicode.Scalar(bytes[index])))' is an invalid start of a value")
        }
    }

    private mutating func object(depth: Int) throws(Invalid) -> Node {
        index += 1
        var members: [Node.Member] = []
        while true {
            if try take(0x7D) {
                if members.isEmpty || allowsLastCommas { return .object(members) }
                throw invalid("the object has a comma behind its last member")
            }
            guard index < bytes.count, bytes[index] == 0x22 else {
                throw invalid("a name in double quotes is expected")
            }
            let name = try string()
            guard try take(0x3A) else { throw invalid("a colon is expected behind the name '\(name)'") }
            members.append(Node.Member(name: name, value: try value(depth: depth + 1)))
            if try take(0x2C) { continue }
            guard try take(0x7D) else { throw invalid("a comma or the end of the object is expected") }
            return .object(members)
        }
    }

    private mutating func array(depth: Int) throws(Invalid) -> Node {
        index += 1
        var elements: [Node] = []
        while true {
            if try take(0x5D) {
                if elements.isEmpty || allowsLastCommas { return .array(elements) }
                throw invalid("the array has a comma behind its last value")
            }
            elements.append(try value(depth: depth + 1))
            if try take(0x2C) { continue }
            guard try take(0x5D) else { throw invalid("a comma or the end of the array is expected") }
            return .array(elements)
        }
    }

    private mutating func string() throws(Invalid) -> String {
        index += 1
        var units: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x22: return String(decoding: units, as: UTF8.self)
            case 0..<0x20: throw invalid("a control character stands in a string")
            case 0x5C: units += try escape()
            default: units.append(byte)
            }
        }
        throw invalid("a string has no end")
    }

    private mutating func escape() throws(Invalid) -> [UInt8] {
        guard index < bytes.count else { throw invalid("a string has no end") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: return [byte]
        case 0x62: return [0x08]
        case 0x66: return [0x0C]
        case 0x6E: return [0x0A]
        case 0x72: return [0x0D]
        case 0x74: return [0x09]
        case 0x75:
            let first = try unit()
            guard (0xD800..<0xDC00).contains(first), bytes[index...].starts(with: [0x5C, 0x75]) else {
                return Array(String(decoding: [first], as: UTF16.self).utf8)
            }
            index += 2
            return Array(String(decoding: [first, try unit()], as: UTF16.self).utf8)
        default: throw invalid("'\(Character(Unicode.Scalar(byte)))' is no escape sequence")
        }
    }

    private mutating func unit() throws(Invalid) -> UInt16 {
        guard index + 4 <= bytes.count, bytes[index..<index + 4].allSatisfy(Self.isHexadecimal),
            let unit = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw invalid("four hexadecimal digits are expected behind \\u") }
        index += 4
        return unit
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// `-`, digits without leading zeros, a fraction, an exponent.
    private mutating func number() throws(Invalid) -> Double {
        let start = index
        func digits() -> Int {
            var count = 0
            while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
                index += 1
                count += 1
            }
            return count
        }
        if bytes[index] == 0x2D { index += 1 }
        let whole = index
        guard digits() > 0 else { throw invalid("a digit is expected") }
        if index - whole > 1, bytes[whole] == 0x30 { throw invalid("a number has a leading zero") }
        if index < bytes.count, bytes[index] == 0x2E {
            index += 1
            guard digits() > 0 else { throw invalid("a digit is expected behind the point") }
        }
        if index < bytes.count, bytes[index] | 0x20 == 0x65 {
            index += 1
            if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D { index += 1 }
            guard digits() > 0 else { throw invalid("a digit is expected in the exponent") }
        }
        guard let number = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else {
            throw invalid("a number cannot be read")
        }
        return number
    }
}
