/// Puts the elements of CLIXML, written without space between them, on lines of their own: what PowerShell's files look like.
enum CLIXMLLayout {
    /// - Parameter text: elements that hold either text or elements, never both.
    static func lines(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count * 2)
        var depth = 1
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            let tag = rest[open...close]
            rest = rest[rest.index(after: close)...]
            if tag.hasPrefix("</") {
                depth -= 1
                add(tag, depth, &result)
            } else if tag.hasSuffix("/>") {
                add(tag, depth, &result)
            } else if rest.hasPrefix("<"), !rest.hasPrefix("</") {
                add(tag, depth, &result)
                depth += 1
            } else {
                // Text, to its end; a closing bracket in it is an entity.
                guard let last = rest.firstIndex(of: ">") else { break }
                add(tag + rest[...last], depth, &result)
                rest = rest[rest.index(after: last)...]
            }
        }
        return result
    }

    private static func add(_ element: some StringProtocol, _ depth: Int, _ result: inout String) {
        result += String(repeating: "  ", count: depth)
        result += element
        result += "\n"
    }
}
