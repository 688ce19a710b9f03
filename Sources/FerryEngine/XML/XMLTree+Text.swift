extension XMLTree {
    /// Why a tree cannot be written: something in it would end where it does not.
    struct Unwritable: Error { let reason: String }

    struct Style {
        /// Elements on lines of their own, two blanks a level, as `Save` writes.
        var isIndented = false
        /// Characters beyond ASCII become references, where there can be any.
        var isASCII = false
    }

    private func check(_ text: String, without end: String, _ reason: String) throws(Unwritable) {
        // Byte by byte: a mark that combines with the last character hides nothing from who reads the text.
        let (bytes, wanted) = (Array(text.utf8), Array(end.utf8))
        let places = 0..<max(0, bytes.count - wanted.count + 1)
        if places.contains(where: { bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }) {
            throw Unwritable(reason: reason)
        }
    }

    /// `OuterXml`, and what `Save` writes.
    func outer(_ style: Style = Style(), level: Int = 0) throws(Unwritable) -> String {
        switch kind {
        case .text: return XMLText.escaped(value, isASCII: style.isASCII)
        case .attribute:
            return try ascii(name, style) + "=\"" + XMLText.escaped(value, inAttribute: true, isASCII: style.isASCII)
                + "\""
        case .document:
            var parts: [String] = []
            for child in children { parts.append(try child.outer(style)) }
            return parts.joined(separator: style.isIndented ? "\n" : "")
        case .declaration: return "<?xml \(try ascii(value, style))?>"
        case .instruction:
            try check(value, without: "?>", "Cannot have '?>' inside an XML processing instruction.")
            return try ascii(value.isEmpty ? "<?\(name)?>" : "<?\(name) \(value)?>", style)
        case .comment:
            let reason = "An XML comment cannot contain '--', and '-' cannot be the last character."
            try check(value, without: "--", reason)
            if value.hasSuffix("-") { throw Unwritable(reason: reason) }
            return try ascii("<!--\(value)-->", style)
        case .cdata:
            try check(value, without: "]]>", "Cannot have ']]>' inside an XML CDATA block.")
            return try ascii("<![CDATA[\(value)]]>", style)
        case .element: return try element(style, level)
        }
    }

    private func element(_ style: Style, _ level: Int) throws(Unwritable) -> String {
        var text = "<" + (try ascii(name, style))
        for attribute in attributes { text += " " + (try attribute.outer(style)) }
        if children.isEmpty { return text + " />" }
        text += ">"
        if style.isIndented, !children.contains(where: { $0.kind == .text || $0.kind == .cdata }) {
            let margin = String(repeating: "  ", count: level)
            for child in children { text += "\n" + margin + "  " + (try child.outer(style, level: level + 1)) }
            return text + "\n" + margin + "</\(name)>"
        }
        let inner = Style(isIndented: false, isASCII: style.isASCII)
        for child in children { text += try child.outer(inner) }
        return text + "</\(name)>"
    }

    /// Text where no reference can stand.
    private func ascii(_ text: String, _ style: Style) throws(Unwritable) -> String {
        if style.isASCII, !text.utf8.allSatisfy({ $0 < 0x80 }) {
            throw Unwritable(
                reason: "'\(text)' has characters that the declared encoding does not. Declare utf-8 to write them.")
        }
        return text
    }

    /// `InnerXml`.
    func inner() throws(Unwritable) -> String {
        var text = ""
        for child in children { text += try child.outer() }
        return text
    }
}
