import FerryCore

/// Reads the XML that CLIXML and the channel's lines use: elements, attributes, text, the five entities and character
/// references. Document types are refused, so nothing in a document can name anything outside of it or grow.
///
/// The engine's reader of the same name is another one: it makes the nodes scripts change, leaves out blank text that is a
/// value here, passes over document types, and fails in the words of .NET with line and column.
struct XMLReader {
    /// Elements within elements.
    static let depthLimit = 256

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: `malformedDocument` with the place, in bytes.
    static func read(_ bytes: [UInt8]) throws(Failure) -> XMLNode {
        var reader = XMLReader(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
        try reader.skipMarkup()
        let root = try reader.element()
        try reader.skipMarkup()
        guard reader.position == bytes.count else { throw reader.failure("there is text after the end") }
        return root
    }

    private func failure(_ reason: String) -> Failure {
        Failure(RemotingFault.malformedDocument, "The XML document cannot be read: \(reason), at byte \(position).")
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func starts(with text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func skip(past end: String, _ what: String) throws(Failure) {
        while position < bytes.count {
            if starts(with: end) {
                position += end.utf8.count
                return
            }
            position += 1
        }
        throw failure("the \(what) has no end")
    }

    /// Space, declarations and comments around the root element.
    private mutating func skipMarkup() throws(Failure) {
        while true {
            skipSpace()
            if starts(with: "<?") {
                try skip(past: "?>", "declaration")
            } else if starts(with: "<!--") {
                try skip(past: "-->", "comment")
            } else {
                return
            }
        }
    }

    /// Iterative: a document's depth must not be our stack's.
    private mutating func element() throws(Failure) -> XMLNode {
        var open: [XMLNode] = []
        var text: [[UInt8]] = []
        func finished(_ node: XMLNode) -> XMLNode? {
            guard let last = open.indices.last else { return node }
            open[last].children.append(node)
            return nil
        }
        while true {
            guard let byte = current else { throw failure("the document ends inside an element") }
            if byte != UInt8(ascii: "<") {
                guard !open.isEmpty else { throw failure("an element is expected") }
                try character(into: &text[text.count - 1])
            } else if starts(with: "<!--") {
                try skip(past: "-->", "comment")
            } else if starts(with: "<![CDATA["), !open.isEmpty {
                position += 9
                let start = position
                try skip(past: "]]>", "character data")
                text[text.count - 1] += bytes[start..<position - 3]
            } else if starts(with: "</") {
                position += 2
                let name = try self.name()
                skipSpace()
                guard current == UInt8(ascii: ">"), var node = open.popLast(), node.name == name else {
                    throw failure("the end of \(name) has no beginning")
                }
                position += 1
                node.text = String(decoding: text.removeLast(), as: UTF8.self)
                if let root = finished(node) { return root }
            } else if starts(with: "<!") || starts(with: "<?") {
                throw failure("only elements and text may be inside")
            } else {
                position += 1
                var node = XMLNode(name: try name())
                let isEmpty = try attributes(of: &node)
                if isEmpty {
                    if let root = finished(node) { return root }
                } else {
                    guard open.count < Self.depthLimit else { throw failure("it nests deeper than \(Self.depthLimit)") }
                    open.append(node)
                    text.append([])
                }
            }
        }
    }

    private mutating func name() throws(Failure) -> String {
        let start = position
        while let byte = current, byte > 0x20, !"<>/='\"&".utf8.contains(byte) { position += 1 }
        guard position > start else { throw failure("a name is expected") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Up to and with the `>`; true for `/>`.
    private mutating func attributes(of node: inout XMLNode) throws(Failure) -> Bool {
        while true {
            skipSpace()
            if starts(with: "/>") {
                position += 2
                return true
            }
            guard let byte = current else { throw failure("the document ends inside a tag") }
            if byte == UInt8(ascii: ">") {
                position += 1
                return false
            }
            guard node.attributes.count < 64 else { throw failure("\(node.name) has too many attributes") }
            let name = try self.name()
            skipSpace()
            guard current == UInt8(ascii: "=") else { throw failure("the attribute \(name) has no value") }
            position += 1
            skipSpace()
            guard let quote = current, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
                throw failure("the value of \(name) has no quotes")
            }
            position += 1
            var value: [UInt8] = []
            while let byte = current, byte != quote {
                guard byte != UInt8(ascii: "<") else { throw failure("the value of \(name) contains '<'") }
                try character(into: &value)
            }
            guard current == quote else { throw failure("the value of \(name) has no end") }
            position += 1
            node.attributes.append((name, String(decoding: value, as: UTF8.self)))
        }
    }

    /// One byte of text, or a reference.
    private mutating func character(into text: inout [UInt8]) throws(Failure) {
        guard let byte = current, byte == UInt8(ascii: "&") else {
            text.append(bytes[position])
            position += 1
            return
        }
        guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw failure("a reference has no end")
        }
        let body = String(decoding: bytes[position + 1..<end], as: UTF8.self)
        switch body {
        case "lt": text.append(UInt8(ascii: "<"))
        case "gt": text.append(UInt8(ascii: ">"))
        case "amp": text.append(byte)
        case "quot": text.append(UInt8(ascii: "\""))
        case "apos": text.append(UInt8(ascii: "'"))
        default:
            let number =
                body.hasPrefix("#x")
                ? UInt32(body.dropFirst(2), radix: 16)
                : body.hasPrefix("#") ? UInt32(body.dropFirst()) : nil
            guard let number, let scalar = Unicode.Scalar(number) else {
                throw failure("the reference &\(body); is unknown")
            }
            text += Array(String(Character(scalar)).utf8)
        }
        position = end + 1
    }
}
