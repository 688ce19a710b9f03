/// Reads XML text into a tree. Blanks between elements are left out, as XmlDocument does; a document type is skipped, and with it
/// entities of its own.
struct XMLReader {
    /// Why text is no XML, in XmlReader's words.
    struct Failed: Error { let reason: String }

    private let bytes: [UInt8]
    private var index = 0
    /// Prefixes that open elements declare, with how many of them do.
    private var declared: [String: Int] = ["xml": 1, "xmlns": 1]

    /// An element whose end has not been read, where it began, and the prefixes it declares.
    private struct Open {
        let node: XMLTree
        let start: Int
        let prefixes: [String]
    }

    /// - Parameter declared: prefixes that stand for a namespace where the text is to go.
    static func read(_ text: String, declared: Set<String> = []) throws(Failed) -> XMLTree {
        var reader = XMLReader(bytes: Array(text.utf8))
        for prefix in declared { reader.declared[prefix, default: 0] += 1 }
        try reader.checkCharacters(text)
        return try reader.document()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func checkCharacters(_ text: String) throws(Failed) {
        var place = 0
        for scalar in text.unicodeScalars {
            guard XMLName.isCharacter(scalar) else { throw failure(XMLName.invalid(scalar), at: place) }
            place += UTF8.width(scalar)
        }
    }

    private func failure(_ reason: String, at place: Int? = nil) -> Failed {
        let (line, column) = position(place ?? index)
        return Failed(reason: "\(reason) Line \(line), position \(column).")
    }

    private func position(_ place: Int) -> (line: Int, column: Int) {
        let before = bytes[..<min(place, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return (line, String(decoding: before[start...], as: UTF8.self).utf16.count + 1)
    }

    private func starts(with text: StaticString) -> Bool {
        let wanted = Array("\(text)".utf8)
        return index + wanted.count <= bytes.count && bytes[index..<(index + wanted.count)].elementsEqual(wanted)
    }

    private mutating func skipBlanks() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    /// Everything up to `end`, which is passed.
    private mutating func upTo(_ end: String) throws(Failed) -> String {
        let wanted = Array(end.utf8)
        var place = index
        while place + wanted.count <= bytes.count {
            if bytes[place] == wanted[0], bytes[place..<(place + wanted.count)].elementsEqual(wanted) {
                let text = String(decoding: bytes[index..<place], as: UTF8.self)
                index = place + wanted.count
                return text
            }
            place += 1
        }
        index = bytes.count
        throw failure("Unexpected end of file has occurred.")
    }

    private mutating func document() throws(Failed) -> XMLTree {
        let document = XMLTree(.document)
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        if hasMark { index = 3 }
        var open: [Open] = []
        var hasDocumentType = false
        while true {
            let parent = open.last?.node ?? document
            if open.isEmpty { skipBlanks() }
            if index >= bytes.count { break }
            guard bytes[index] == 0x3C else {
                guard !open.isEmpty else { throw failure("Data at the root level is invalid.") }
                let text = try text()
                if !text.utf8.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
                    parent.append(XMLTree(.text, value: text))
                }
                continue
            }
            if starts(with: "<!--") {
                index += 4
                let content = try upTo("--")
                guard index < bytes.count, bytes[index] == 0x3E else {
                    throw failure("An XML comment cannot contain '--', and '-' cannot be the last character.")
                }
                index += 1
                parent.append(XMLTree(.comment, value: content))
            } else if starts(with: "<![CDATA[") {
                guard !open.isEmpty else { throw failure("Data at the root level is invalid.") }
                index += 9
                parent.append(XMLTree(.cdata, value: try upTo("]]>")))
            } else if starts(with: "<?") {
                try instruction(parent, isFirst: index == (hasMark ? 3 : 0))
            } else if starts(with: "<!") {
                guard starts(with: "<!DOCTYPE") else { throw failure("Expected DTD markup was not found.") }
                guard open.isEmpty else { throw failure("Unexpected DTD declaration.") }
                guard document.root == nil else {
                    throw failure("DTD must be defined before the document root element.")
                }
                guard !hasDocumentType else { throw failure("Cannot have multiple DTDs.") }
                hasDocumentType = true
                try skipDocumentType()
            } else if starts(with: "</") {
                try close(&open)
            } else {
                if open.isEmpty, document.root != nil { throw failure("There are multiple root elements.") }
                let start = index + 1
                let (node, isOpen) = try element()
                parent.append(node)
                let prefixes = try declare(node, at: start)
                guard isOpen else {
                    withdraw(prefixes)
                    continue
                }
                open.append(Open(node: node, start: start, prefixes: prefixes))
                if open.count >= XMLTree.depthLimit {
                    throw failure("The input document has exceeded a limit set by MaxDepth.")
                }
            }
        }
        if !open.isEmpty {
            let names = open.reversed().map(\.node.name).joined(separator: ", ")
            throw failure("Unexpected end of file has occurred. The following elements are not closed: \(names).")
        }
        guard document.root != nil else { throw Failed(reason: "Root element is missing.") }
        return document
    }

    private mutating func instruction(_ parent: XMLTree, isFirst: Bool) throws(Failed) {
        let start = index
        index += 2
        let target = try name()
        skipBlanks()
        let content = try upTo("?>")
        if target == "xml" {
            guard isFirst else {
                throw failure(
                    "Unexpected XML declaration. The XML declaration must be the first node in the document, and no "
                        + "whitespace characters are allowed to appear before it.", at: start + 2)
            }
            try checkDeclaration(content, at: start + 2)
            parent.append(XMLTree(.declaration, value: content))
        } else {
            parent.append(XMLTree(.instruction, name: target, value: content))
        }
    }

    /// A version, then perhaps an encoding, then perhaps `standalone`, each quoted.
    private func checkDeclaration(_ content: String, at place: Int) throws(Failed) {
        var rest = content[...]
        var expected = ["version", "encoding", "standalone"]
        while true {
            rest = rest.drop { $0.isWhitespace }
            if rest.isEmpty { break }
            let name = String(rest.prefix { $0.isLetter })
            rest = rest.dropFirst(name.count).drop { $0.isWhitespace }
            guard let index = expected.firstIndex(of: name), index == 0 || expected.count < 3, rest.first == "=" else {
                throw failure("Syntax for an XML declaration is invalid.", at: place)
            }
            expected.removeFirst(index + 1)
            rest = rest.dropFirst().drop { $0.isWhitespace }
            guard let quote = rest.first, quote == "\"" || quote == "'",
                let end = rest.dropFirst().firstIndex(of: quote)
            else { throw failure("Syntax for an XML declaration is invalid.", at: place) }
            let value = rest[rest.index(after: rest.startIndex)..<end]
            if name == "version", value != "1.0" { throw failure("Version number '\(value)' is invalid.", at: place) }
            rest = rest[rest.index(after: end)...]
        }
        guard expected.count < 3 else { throw failure("Syntax for an XML declaration is invalid.", at: place) }
    }

    /// The prefixes an element declares; an error where one that it uses is not.
    private mutating func declare(_ node: XMLTree, at start: Int) throws(Failed) -> [String] {
        let prefixes = node.attributes.filter { $0.prefix == "xmlns" }.map(\.localName)
        for prefix in prefixes {
            if node.attribute("xmlns:" + prefix)?.value.isEmpty != false {
                throw failure("Invalid namespace declaration.", at: start)
            }
            declared[prefix, default: 0] += 1
        }
        for part in [node] + node.attributes {
            let prefix = part.prefix
            guard prefix.isEmpty || declared[prefix, default: 0] > 0 else {
                throw failure("'\(prefix)' is an undeclared prefix.", at: start)
            }
        }
        return prefixes
    }

    private mutating func withdraw(_ prefixes: [String]) {
        for prefix in prefixes { declared[prefix, default: 0] -= 1 }
    }

    /// Literals, comments and instructions inside may hold what ends a document type.
    private mutating func skipDocumentType() throws(Failed) {
        var depth = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x3C, starts(with: "<!--") {
                index += 4
                _ = try upTo("-->")
                continue
            }
            if byte == 0x3C, starts(with: "<?") {
                _ = try upTo("?>")
                continue
            }
            index += 1
            switch byte {
            case 0x22: _ = try upTo("\"")
            case 0x27: _ = try upTo("'")
            case 0x3C, 0x5B: depth += 1
            case 0x3E, 0x5D: depth -= 1
            default: break
            }
            if depth == 0 { return }
        }
        throw failure("Unexpected end of file has occurred.")
    }

    private mutating func close(_ open: inout [Open]) throws(Failed) {
        let start = index + 2
        index += 2
        let name = try name()
        guard let opened = open.popLast() else { throw failure("Unexpected end tag.", at: start) }
        withdraw(opened.prefixes)
        guard opened.node.name == name else {
            let (line, column) = position(opened.start)
            throw failure(
                "The '\(opened.node.name)' start tag on line \(line) position \(column) does not match the end tag of '\(name)'.",
                at: start)
        }
        skipBlanks()
        guard index < bytes.count, bytes[index] == 0x3E else { throw failure("'>' is expected.") }
        index += 1
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x80...: true
        default: false
        }
    }

    private mutating func name() throws(Failed) -> String {
        let start = index
        while index < bytes.count, Self.isNamePart(bytes[index]) { index += 1 }
        guard index > start, !(0x30...0x39).contains(bytes[start]), bytes[start] != 0x2D, bytes[start] != 0x2E else {
            index = start
            guard index < bytes.count else { throw failure("Unexpected end of file has occurred.") }
            let character = String(decoding: bytes[index...].prefix(4), as: UTF8.self).prefix(1)
            throw failure(
                "Name cannot begin with the '\(character)' character, hexadecimal value 0x\(String(bytes[index], radix: 16, uppercase: true))."
            )
        }
        let name = String(decoding: bytes[start..<index], as: UTF8.self)
        if let fault = XMLName.fault(in: name) { throw failure(fault, at: start) }
        return name
    }

    private mutating func element() throws(Failed) -> (XMLTree, isOpen: Bool) {
        index += 1
        let node = XMLTree(.element, name: try name())
        while true {
            let before = index
            skipBlanks()
            guard index < bytes.count else { throw failure("Unexpected end of file has occurred.") }
            if bytes[index] == 0x3E {
                index += 1
                return (node, true)
            }
            if starts(with: "/>") {
                index += 2
                return (node, false)
            }
            let start = index
            let name = try name()
            guard before < start else { throw failure("Whitespace is expected.", at: start) }
            skipBlanks()
            guard index < bytes.count, bytes[index] == 0x3D else {
                throw failure("'=' is the expected token.")
            }
            index += 1
            skipBlanks()
            guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27 else {
                throw failure("The attribute value must be quoted.")
            }
            let quote = bytes[index]
            index += 1
            let from = index
            while index < bytes.count, bytes[index] != quote {
                if bytes[index] == 0x3C {
                    throw failure("'<', hexadecimal value 0x3C, is an invalid attribute character.")
                }
                index += 1
            }
            guard index < bytes.count else { throw failure("There is an unclosed literal string.") }
            if node.attribute(name) != nil { throw failure("'\(name)' is a duplicate attribute name.", at: start) }
            node.setAttribute(name, try decoded(from..<index))
            index += 1
        }
    }

    private mutating func text() throws(Failed) -> String {
        let start = index
        while index < bytes.count, bytes[index] != 0x3C {
            if bytes[index] == 0x5D, starts(with: "]]>") { throw failure("']]>' is not allowed in character data.") }
            index += 1
        }
        return try decoded(start..<index)
    }

    /// Text with its entities replaced.
    private func decoded(_ range: Range<Int>) throws(Failed) -> String {
        guard bytes[range].contains(0x26) else {
            return String(decoding: bytes[range], as: UTF8.self).replacing("\r\n", with: "\n")
        }
        var result: [UInt8] = []
        var place = range.lowerBound
        while place < range.upperBound {
            guard bytes[place] == 0x26 else {
                result.append(bytes[place])
                place += 1
                continue
            }
            guard let end = bytes[place..<range.upperBound].firstIndex(of: 0x3B) else {
                throw failure("An error occurred while parsing EntityName.", at: place)
            }
            let entity = String(decoding: bytes[(place + 1)..<end], as: UTF8.self)
            switch entity {
            case "amp": result.append(0x26)
            case "lt": result.append(0x3C)
            case "gt": result.append(0x3E)
            case "quot": result.append(0x22)
            case "apos": result.append(0x27)
            default:
                let digits = entity.hasPrefix("#x") ? entity.dropFirst(2) : entity.dropFirst(1)
                guard entity.hasPrefix("#"), let code = UInt32(digits, radix: entity.hasPrefix("#x") ? 16 : 10),
                    let scalar = Unicode.Scalar(code)
                else { throw failure("Reference to undeclared entity '\(entity)'.", at: place + 1) }
                guard XMLName.isCharacter(scalar) else { throw failure(XMLName.invalid(scalar), at: place + 2) }
                result += Array(String(Character(scalar)).utf8)
            }
            place = end + 1
        }
        return String(decoding: result, as: UTF8.self).replacing("\r\n", with: "\n")
    }
}
