/// The text that a completion is for: up to the end of the word that the cursor is in, without the space between a dot and the
/// member behind it.
struct CompletionPlace {
    /// What is scanned.
    let text: String
    /// Where the word begins as far as it is one of letters, and where it ends, in bytes of the whole text.
    let start: Int
    let end: Int
    /// Space left out of `text`.
    private(set) var gapStart = Int.max
    private(set) var gapCount = 0
    /// The rest of the line behind the cursor's word.
    let follows: String

    init(_ bytes: [UInt8], cursor: Int) {
        var end = cursor
        if Self.isInsideWord(bytes, cursor) {
            while end < bytes.count, Self.isWordByte(bytes[end]) || Self.joins(bytes, end, cursor) { end += 1 }
        }
        var start = cursor
        while start > 0, Self.isWordByte(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: "*") { start -= 1 }
        var gap = start
        while gap > 0, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[gap - 1]) { gap -= 1 }
        if gap < start, Self.endsInMemberAccess(bytes, gap) {
            gapStart = gap
            gapCount = start - gap
            text = String(decoding: bytes[..<gap] + bytes[start..<end], as: UTF8.self)
        } else {
            text = String(decoding: bytes[..<end], as: UTF8.self)
        }
        self.start = start
        self.end = end
        follows = String(
            String(decoding: bytes[end...].prefix(200), as: UTF8.self).prefix { !$0.isNewline })
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Whether the word goes on behind the cursor: there is a part of it before, or what a name stands behind.
    private static func isInsideWord(_ bytes: [UInt8], _ cursor: Int) -> Bool {
        guard cursor > 0, cursor < bytes.count else { return false }
        if isWordByte(bytes[cursor - 1]) { return true }
        var before = cursor
        while before > 0, bytes[before - 1] == 0x20 { before -= 1 }
        if before > 1, bytes[before - 1] == UInt8(ascii: ":"), bytes[before - 2] == UInt8(ascii: ":") { return true }
        return bytes[cursor - 1] == UInt8(ascii: "$")
            || cursor > 1 && bytes[cursor - 1] == UInt8(ascii: "{") && bytes[cursor - 2] == UInt8(ascii: "$")
    }

    /// A hyphen inside a command's name.
    private static func joins(_ bytes: [UInt8], _ place: Int, _ cursor: Int) -> Bool {
        guard bytes[place] == UInt8(ascii: "-"), place + 1 < bytes.count, isWordByte(bytes[place + 1]) else {
            return false
        }
        var begin = place
        while begin > 0, isWordByte(bytes[begin - 1]) { begin -= 1 }
        return begin == 0
            || [0x20, 0x0A, UInt8(ascii: "|"), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: "{")]
                .contains(bytes[begin - 1])
    }

    /// Whether a name behind the bytes before `place` would be a member's: `…)::`, `"text".`
    private static func endsInMemberAccess(_ bytes: [UInt8], _ place: Int) -> Bool {
        guard place > 1 else { return false }
        let (last, before) = (bytes[place - 1], bytes[place - 2])
        if last == UInt8(ascii: ":") { return before == UInt8(ascii: ":") }
        guard last == UInt8(ascii: "."), isWordByte(before) || [0x29, 0x5D, 0x7D, 0x22, 0x27].contains(before) else {
            return false
        }
        let line = String(decoding: bytes[..<place], as: UTF8.self)
        let scan = CompletionScan(line)
        return scan.quote == nil && scan.place == .word && MemberAccess(scan.raw) != nil
    }
}
