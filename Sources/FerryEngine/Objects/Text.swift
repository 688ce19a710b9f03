extension String {
    /// The form that names, keys and case-insensitive comparisons use.
    ///
    /// Names come folded already most of the time, and these are returned as they are; nearly all others are ASCII.
    package var folded: String { isFolded ? self : utf8.count == utf16.count ? foldedASCII : lowercased() }

    private var foldedASCII: String {
        // SAFETY: as many bytes as are counted are written, all of them ASCII.
        unsafe String(unsafeUninitializedCapacity: utf8.count) { buffer in
            var count = 0
            for byte in utf8 {
                unsafe buffer[count] = byte &- 0x41 < 26 ? byte | 0x20 : byte
                count += 1
            }
            return count
        }
    }

    /// Whether the text is ASCII without capital letters.
    private var isFolded: Bool {
        utf8.allSatisfy { $0 < 0x80 && $0 &- 0x41 >= 26 }
    }

    /// A string literal of the language that is this text: in single quotes, with those in it doubled. Typographic ones end a
    /// literal as the plain one does.
    package var singleQuoted: String {
        var literal = "'"
        for scalar in unicodeScalars {
            switch scalar {
            case "'", "\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}": literal.unicodeScalars.append(scalar)
            default: break
            }
            literal.unicodeScalars.append(scalar)
        }
        return literal + "'"
    }

    package var trimmed: String {
        if let first = utf8.first, let last = utf8.last, 0x21...0x7E ~= first, 0x21...0x7E ~= last { return self }
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// .NET's length: UTF-16 code units.
    package var length: Int { utf16.count }

    /// The code units as an array: what index arithmetic works on.
    package var units: [UInt16] { Array(utf16) }

    package init(units: some Collection<UInt16>) {
        guard units.allSatisfy({ $0 < 0x80 }) else {
            self = String(decoding: units, as: UTF16.self)
            return
        }
        // SAFETY: as many bytes as are counted are written, all of them ASCII.
        self = unsafe String(unsafeUninitializedCapacity: units.count) { buffer in
            var count = 0
            for unit in units {
                unsafe buffer[count] = UInt8(truncatingIfNeeded: unit)
                count += 1
            }
            return count
        }
    }

    /// Equal without regard to case, as `-eq` compares.
    package func equalsIgnoringCase(_ other: String) -> Bool {
        let (mine, others) = (utf8, other.utf8)
        var (place, otherPlace) = (mine.startIndex, others.startIndex)
        while place != mine.endIndex, otherPlace != others.endIndex {
            let (a, b) = (mine[place], others[otherPlace])
            if a >= 0x80 || b >= 0x80 { return self == other || folded == other.folded }
            if a != b {
                let letter = a | 0x20
                guard letter == b | 0x20, letter &- 0x61 < 26 else {
                    // A later character may fold to more or fewer than itself, but none folds into this difference.
                    return false
                }
            }
            mine.formIndex(after: &place)
            others.formIndex(after: &otherPlace)
        }
        if place == mine.endIndex, otherPlace == others.endIndex { return true }
        // One is a beginning of the other, up to characters that combine with the last one.
        return false
    }
}

/// Paths as text: `/` only, no file system access.
enum PathText {
    /// `/a/b` of `/a/b/c`; `/` of `/a`; empty where there is no parent.
    static func parent(_ path: String) -> String {
        var text = path[...]
        while text.count > 1, text.last == "/" { text.removeLast() }
        guard let slash = text.lastIndex(of: "/") else { return "" }
        if slash == text.startIndex { return text.count > 1 ? "/" : "" }
        return String(text[..<slash])
    }

    static func leaf(_ path: String) -> String {
        var text = path[...]
        while text.count > 1, text.last == "/" { text.removeLast() }
        guard text != "/", let slash = text.lastIndex(of: "/") else { return String(text) }
        return String(text[text.index(after: slash)...])
    }

    static func join(_ left: String, _ right: String) -> String {
        if left.isEmpty { return right }
        if right.isEmpty { return left }
        let tail = right.hasPrefix("/") ? String(right.drop { $0 == "/" }) : right
        return left.hasSuffix("/") ? left + tail : left + "/" + tail
    }

    /// With the dot; empty if there is none.
    static func fileExtension(_ path: String) -> String {
        let name = leaf(path)
        guard let dot = name.lastIndex(of: "."), dot != name.index(before: name.endIndex) else { return "" }
        return String(name[dot...])
    }

    static func stem(_ path: String) -> String {
        let name = leaf(path)
        guard let dot = name.lastIndex(of: ".") else { return name }
        return String(name[..<dot])
    }

    /// Absolute, without `.`, `..` and double slashes.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
