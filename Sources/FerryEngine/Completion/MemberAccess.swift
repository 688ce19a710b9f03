/// `base.na`, `[type]::na`: a word whose last part is the beginning of a member's name.
struct MemberAccess {
    let base: String
    let isStatic: Bool
    let prefix: String
    /// Bytes in front of `prefix`.
    let length: Int

    init?(_ raw: String) {
        guard let first = raw.first, "$([@'\"{".contains(first) || first.isNumber else { return nil }
        let text = Array(raw)
        var depth = 0
        var separator: (place: Int, count: Int)?
        var index = 0
        while index < text.count {
            let character = text[index]
            switch character {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            case "'", "\"":
                index += 1
                while index < text.count, text[index] != character { index += text[index] == "`" ? 2 : 1 }
                // An open string is no expression yet.
                if index >= text.count { return nil }
            case "." where depth == 0:
                if index + 1 < text.count, text[index + 1] == "." { return nil }
                separator = (index, 1)
            case ":" where depth == 0 && index + 1 < text.count && text[index + 1] == ":":
                separator = (index, 2)
                index += 1
            default: break
            }
            index += 1
        }
        guard depth == 0, let separator, separator.place > 0 else { return nil }
        var end = separator.place
        // `?.` and `?[]`, where the question mark is no part of a variable's name.
        if end > 1, text[end - 1] == "?", ")]}".contains(text[end - 2]) { end -= 1 }
        base = String(text[..<end])
        isStatic = separator.count == 2
        prefix = String(text[(separator.place + separator.count)...])
        if prefix.contains(where: { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "*") }) { return nil }
        if base.allSatisfy(\.isNumber) { return nil }
        length = raw.utf8.count - prefix.utf8.count
    }
}
