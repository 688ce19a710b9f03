/// Puts the elements of CLIXML, written without space between them, on lines of their own: what PowerShell's files look like.
enum CLIXMLLayout {
    /// Byte by byte: a mark at the start of a text combines with the bracket before it, and is one character with it.
    ///
    /// - Parameter text: elements that hold either text or elements, never both.
    static func lines(_ text: String) -> String {
        let (opening, closing, slash) = (UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "/"))
        var result = ""
        result.reserveCapacity(text.utf8.count * 2)
        var depth = 1
        var rest = text.utf8[...]
        while let open = rest.firstIndex(of: opening), let close = rest[open...].firstIndex(of: closing) {
            let tag = rest[open...close]
            rest = rest[rest.index(after: close)...]
            if tag.dropFirst().first == slash {
                depth -= 1
                add(text[tag.startIndex..<tag.endIndex], depth, &result)
            } else if tag.dropLast().last == slash {
                add(text[tag.startIndex..<tag.endIndex], depth, &result)
            } else if rest.first == opening, rest.dropFirst().first != slash {
                add(text[tag.startIndex..<tag.endIndex], depth, &result)
                depth += 1
            } else {
                // Text, to its end; a closing bracket in it is an entity.
                guard let last = rest.firstIndex(of: closing) else { break }
                rest = rest[rest.index(after: last)...]
                add(text[tag.startIndex..<rest.startIndex], depth, &result)
            }
        }
        return result
    }

    private static func add(_ element: Substring, _ depth: Int, _ result: inout String) {
        result += String(repeating: "  ", count: depth)
        result += element
        result += "\n"
    }
}
