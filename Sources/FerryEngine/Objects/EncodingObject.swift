/// `[Text.Encoding]::UTF8` and its kin.
package final class EncodingObject: Object {
    enum Kind: String, CaseIterable, Sendable {
        case utf8 = "UTF8"
        case ascii = "ASCII"
        case unicode = "Unicode"
        case bigEndianUnicode = "BigEndianUnicode"
        case utf32 = "UTF32"
        case latin1 = "Latin1"
    }

    let kind: Kind
    /// Whether a file in this encoding begins with a byte order mark.
    private let isMarked: Bool
    init(_ kind: Kind, isMarked: Bool = false) {
        self.kind = kind
        self.isMarked = isMarked
    }

    /// The types scripts make encodings of.
    static let types: [(type: RuntimeType, kind: Kind)] = [
        (made("UTF8Encoding"), .utf8), (made("ASCIIEncoding"), .ascii), (made("UnicodeEncoding"), .unicode),
        (made("UTF32Encoding"), .utf32), (made("Latin1Encoding"), .latin1),
    ]

    private static func made(_ name: String) -> RuntimeType {
        RuntimeType("System.Text." + name, bases: ["System.Text.Encoding", "System.Object"])
    }

    package override var typeName: RuntimeType {
        let kind = kind == .bigEndianUnicode ? .unicode : kind
        return (Self.types.first { $0.kind == kind } ?? Self.types[0]).type
    }
    /// What a file in this encoding begins with.
    var mark: [UInt8] {
        guard isMarked else { return [] }
        return switch kind {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .unicode: [0xFF, 0xFE]
        case .bigEndianUnicode: [0xFE, 0xFF]
        case .utf32: [0xFF, 0xFE, 0, 0]
        case .ascii, .latin1: []
        }
    }
    package override var propertyNames: [String] { ["WebName", "EncodingName", "BodyName"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "webname", "bodyname": .string(webName)
        case "encodingname": .string(kind.rawValue)
        default: nil
        }
    }

    /// The name `-Encoding` knows it by: UTF-8 with or without its byte order mark.
    var encodingName: String { kind == .utf8 && !isMarked ? "utf8NoBOM" : webName }

    private var webName: String {
        switch kind {
        case .utf8: "utf-8"
        case .ascii: "us-ascii"
        case .unicode: "utf-16"
        case .bigEndianUnicode: "utf-16BE"
        case .utf32: "utf-32"
        case .latin1: "iso-8859-1"
        }
    }

    static func kind(named name: String) -> Kind? {
        switch name {
        case "utf-8", "utf8", "65001": .utf8
        case "ascii", "us-ascii", "20127": .ascii
        case "utf-16", "unicode", "utf-16le", "1200": .unicode
        case "utf-16be", "bigendianunicode", "1201": .bigEndianUnicode
        case "utf-32", "utf32", "12000": .utf32
        case "iso-8859-1", "latin1", "28591": .latin1
        default: nil
        }
    }

    func encode(_ text: String) -> [UInt8] {
        switch kind {
        case .utf8: Array(text.utf8)
        case .ascii: text.utf16.map { $0 < 128 ? UInt8($0) : UInt8(ascii: "?") }
        case .latin1: text.utf16.map { $0 < 256 ? UInt8($0) : UInt8(ascii: "?") }
        case .unicode: text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        case .bigEndianUnicode: text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        case .utf32:
            text.unicodeScalars.flatMap { scalar in (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> ($0 * 8)) }
            }
        }
    }

    func decode(_ bytes: [UInt8]) -> String {
        switch kind {
        case .utf8: return String(decoding: bytes, as: UTF8.self)
        case .ascii: return String(bytes.map { Character(Unicode.Scalar($0 < 128 ? $0 : UInt8(ascii: "?"))) })
        case .latin1: return String(bytes.map { Character(Unicode.Scalar($0)) })
        case .unicode, .bigEndianUnicode:
            let units = stride(from: 0, to: bytes.count - 1, by: 2).map { (index: Int) -> UInt16 in
                let first = UInt16(bytes[index])
                let second = UInt16(bytes[index + 1])
                return kind == .unicode ? first | second << 8 : second | first << 8
            }
            return String(decoding: units, as: UTF16.self)
        case .utf32:
            var text = String.UnicodeScalarView()
            for index in stride(from: 0, to: bytes.count - 3, by: 4) {
                let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << ($1 * 8) }
                text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
            }
            return String(text)
        }
    }
}
