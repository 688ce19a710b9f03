/// Finds where the elements directly inside a document's root end, byte for byte, without reading them.
struct XMLCutter {
    enum Found {
        /// The root's start tag has ended.
        case root
        /// An element inside the root has ended.
        case element
        /// The root has ended.
        case end
    }

    private enum Place {
        case text
        /// Behind `<`; of the tag nothing is known.
        case tagStart
        /// Inside a start tag; whether the last byte was a slash.
        case startTag(slash: Bool)
        case quoted(UInt8)
        case endTag
        /// Declarations and comments: up to the next `>`.
        case markup
    }

    private var place = Place.text
    private var depth = 0

    mutating func add(_ byte: UInt8) -> Found? {
        switch (place, byte) {
        case (.text, UInt8(ascii: "<")): place = .tagStart
        case (.text, _): break
        case (.tagStart, UInt8(ascii: "/")): place = .endTag
        case (.tagStart, UInt8(ascii: "?")), (.tagStart, UInt8(ascii: "!")): place = .markup
        case (.tagStart, _): place = .startTag(slash: false)
        case (.startTag(let slash), UInt8(ascii: ">")):
            place = .text
            if slash { return depth == 0 ? .end : depth == 1 ? .element : nil }
            depth += 1
            return depth == 1 ? .root : nil
        case (.startTag, UInt8(ascii: "\"")), (.startTag, UInt8(ascii: "'")): place = .quoted(byte)
        case (.startTag, _): place = .startTag(slash: byte == UInt8(ascii: "/"))
        case (.quoted(let quote), _): if byte == quote { place = .startTag(slash: false) }
        case (.endTag, UInt8(ascii: ">")):
            place = .text
            depth -= 1
            return depth == 1 ? .element : depth <= 0 ? .end : nil
        case (.markup, UInt8(ascii: ">")): place = .text
        case (.endTag, _), (.markup, _): break
        }
        return nil
    }
}
