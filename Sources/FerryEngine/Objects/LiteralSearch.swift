/// A text of ASCII that is looked for in others, byte by byte. Patterns that stand for one text and nothing else are such:
/// `-split ','`, `-replace 'old', 'new'`, `-match 'error'`.
struct LiteralSearch: Sendable {
    private let bytes: [UInt8]
    private let ignoresCase: Bool

    /// `nil` for a text that is empty or not ASCII.
    init?(_ text: String, ignoresCase: Bool) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        self.ignoresCase = ignoresCase
        bytes = ignoresCase ? text.utf8.map(LiteralSearch.folded) : Array(text.utf8)
    }

    /// `nil` for patterns that need a regular expression.
    init?(_ pattern: String, _ options: RegexOptions) {
        guard !pattern.isEmpty, !options.contains(.ignorePatternWhitespace) else { return nil }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in pattern.utf8 {
            guard byte < 0x80 else { return nil }
            let isSpecial = LiteralSearch.special.contains(byte)
            if isEscaped {
                // Of what may follow a backslash, signs stand for themselves.
                guard isSpecial || byte == 0x2D || byte == 0x2F || byte == 0x3A || byte == 0x20 else { return nil }
                bytes.append(byte)
                isEscaped = false
            } else if byte == 0x5C {
                isEscaped = true
            } else {
                guard !isSpecial else { return nil }
                bytes.append(byte)
            }
        }
        guard !isEscaped else { return nil }
        ignoresCase = options.contains(.ignoreCase)
        self.bytes = ignoresCase ? bytes.map(LiteralSearch.folded) : bytes
    }

    private static let special = Set("\\*+?|{}[]()^$.#".utf8)

    @inline(__always) private static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// The first place at or after `start`.
    func find(in text: Span<UInt8>, from start: Int) -> Int? {
        var place = start
        let last = text.count - bytes.count
        let first = bytes[0]
        while place <= last {
            if matches(text[place], first) {
                var index = 1
                while index < bytes.count, matches(text[place + index], bytes[index]) { index += 1 }
                if index == bytes.count { return place }
            }
            place += 1
        }
        return nil
    }

    @inline(__always) private func matches(_ byte: UInt8, _ wanted: UInt8) -> Bool {
        byte == wanted || ignoresCase && LiteralSearch.folded(byte) == wanted
    }

    /// The places in a text of ASCII, at most `limit`.
    func ranges(in text: String, from start: Int, limit: Int) -> [Range<Int>] {
        var found: [Range<Int>] = []
        let span = text.utf8.span
        var place = start
        while found.count < limit, let next = find(in: span, from: place) {
            place = next + bytes.count
            found.append(next..<place)
        }
        return found
    }

    /// A text of ASCII with another text in each place.
    func replace(in text: String, with replacement: String) -> String {
        let found = ranges(in: text, from: 0, limit: .max)
        if found.isEmpty { return text }
        let source = SearchedText(text)
        var result = ""
        var position = 0
        for range in found {
            result += source[position..<range.lowerBound]
            result += replacement
            position = range.upperBound
        }
        return result + source[position..<source.length]
    }

    func isIn(_ text: String) -> Bool { find(in: text.utf8.span, from: 0) != nil }
}
