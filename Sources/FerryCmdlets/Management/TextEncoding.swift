import FerryEngine
import Foundation

/// The encodings that `-Encoding` names.
enum TextEncoding: String, ScriptEnum {
    case ascii
    case utf8
    case utf8NoBOM
    case utf8BOM
    case unicode
    case bigEndianUnicode = "bigendianunicode"
    case utf32
    case latin1
    case byte
    case utf7
    case bigEndianUTF32 = "bigendianutf32"
    /// What these name on Windows is UTF-8 on Linux.
    case ansi
    case oem
    /// UTF-16, by an old name.
    case string
    case latin2 = "iso-8859-2"
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case windows1252 = "windows-1252"
    case windows1253 = "windows-1253"
    case windows1254 = "windows-1254"

    static let enumType = EnumType(
        "System.Text.Encoding", allCases.enumerated().map { ($1.rawValue, Int64($0)) },
        others: Dictionary(
            uniqueKeysWithValues: others.flatMap { encoding, names in
                names.map { ($0, Int64(allCases.firstIndex(of: encoding) ?? 0)) }
            }))

    /// Names on the Internet and code pages. .NET's own UTF-8 writes a byte order mark.
    private static let others: [(TextEncoding, [String])] = [
        (.utf8BOM, ["utf-8", "65001"]), (.ascii, ["us-ascii", "20127"]), (.unicode, ["utf-16", "utf-16le", "1200"]),
        (.bigEndianUnicode, ["utf-16be", "1201"]), (.utf32, ["utf-32", "utf-32le", "12000"]),
        (.bigEndianUTF32, ["utf-32be", "12001"]), (.latin1, ["iso-8859-1", "28591"]), (.utf7, ["utf-7", "65000"]),
        (.latin2, ["28592"]), (.windows1250, ["1250"]), (.windows1251, ["1251"]), (.windows1252, ["1252"]),
        (.windows1253, ["1253"]), (.windows1254, ["1254"]),
    ]

    /// The code pages of one byte that Foundation knows.
    private var codePage: String.Encoding? {
        switch self {
        case .latin2: .isoLatin2
        case .windows1250: .windowsCP1250
        case .windows1251: .windowsCP1251
        case .windows1252: .windowsCP1252
        case .windows1253: .windowsCP1253
        case .windows1254: .windowsCP1254
        default: nil
        }
    }

    /// Character by character: what the code page has no byte for is a question mark.
    private static func bytes(of text: String, in page: String.Encoding) -> [UInt8] {
        if let all = text.data(using: page) { return Array(all) }
        return text.unicodeScalars.flatMap { scalar in String(scalar).data(using: page).map(Array.init) ?? [0x3F] }
    }

    /// - Parameter isStart: the text begins a file, where a byte order mark goes.
    func bytes(of text: String, isStart: Bool) -> [UInt8] {
        switch self {
        case .latin2, .windows1250, .windows1251, .windows1252, .windows1253, .windows1254:
            return codePage.map { Self.bytes(of: text, in: $0) } ?? Array(text.utf8)
        case .utf8, .utf8NoBOM, .ansi, .oem: return Array(text.utf8)
        case .utf7: return UTF7Text.bytes(of: text)
        case .utf8BOM: return (isStart ? [0xEF, 0xBB, 0xBF] : []) + Array(text.utf8)
        case .ascii: return text.unicodeScalars.map { $0.isASCII ? UInt8($0.value) : 0x3F }
        case .latin1, .byte: return text.unicodeScalars.map { $0.value < 0x100 ? UInt8($0.value) : 0x3F }
        case .unicode, .string:
            return (isStart ? [0xFF, 0xFE] : []) + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case .bigEndianUnicode:
            return (isStart ? [0xFE, 0xFF] : []) + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        case .bigEndianUTF32:
            return (isStart ? [0, 0, 0xFE, 0xFF] : [])
                + text.unicodeScalars.flatMap { scalar in
                    (0..<4).reversed().map { UInt8(scalar.value >> ($0 * 8) & 0xFF) }
                }
        case .utf32:
            return (isStart ? [0xFF, 0xFE, 0, 0] : [])
                + text.unicodeScalars.flatMap { scalar in (0..<4).map { UInt8(scalar.value >> ($0 * 8) & 0xFF) } }
        }
    }

    /// UTF-8, unless a byte order mark or `encoding` says otherwise.
    static func text(of bytes: [UInt8], _ encoding: TextEncoding?) -> String {
        if encoding == .latin1 || encoding == .byte {
            return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        }
        if let page = encoding?.codePage {
            return String(bytes: bytes, encoding: page)
                ?? bytes.reduce(into: "") { $0 += String(bytes: [$1], encoding: page) ?? "\u{FFFD}" }
        }
        if encoding == .utf7 { return UTF7Text.text(of: bytes) }
        let isBigUTF32 = bytes.starts(with: [0, 0, 0xFE, 0xFF])
        if isBigUTF32 || encoding == .bigEndianUTF32 {
            var view = String.UnicodeScalarView()
            for index in stride(from: isBigUTF32 ? 4 : 0, to: bytes.count - 3, by: 4) {
                let value = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[index + $1]) }
                view.append(Unicode.Scalar(value) ?? "\u{FFFD}")
            }
            return String(view)
        }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || encoding == .utf32 {
            let start = bytes.starts(with: [0xFF, 0xFE, 0, 0]) ? 4 : 0
            var view = String.UnicodeScalarView()
            for index in stride(from: start, to: bytes.count - 3, by: 4) {
                let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << ($1 * 8) }
                view.append(Unicode.Scalar(value) ?? "\u{FFFD}")
            }
            return String(view)
        }
        let isLittle = bytes.starts(with: [0xFF, 0xFE])
        let isBig = bytes.starts(with: [0xFE, 0xFF])
        if isLittle || isBig || encoding == .unicode || encoding == .string || encoding == .bigEndianUnicode {
            let swaps = isBig || !isLittle && encoding == .bigEndianUnicode
            let units = stride(from: isLittle || isBig ? 2 : 0, to: bytes.count - 1, by: 2).map { index in
                swaps
                    ? UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
                    : UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
            }
            return String(decoding: units, as: UTF16.self)
        }
        return String(decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...], as: UTF8.self)
    }
}
