import Crypto
import CryptoExtras
import FerryEngine
import Foundation

/// The text forms of secure strings that PowerShell writes: with a key AES in CBC mode, without one (outside of Windows, where nothing
/// protects it) the bytes as they are. Characters are UTF-16, little end first; bytes are hexadecimal digits.
enum SecureTextCipher {
    enum Fault: Error {
        /// A key that is not of 16, 24 or 32 bytes.
        case keyLength
        /// Text that is no form of a secure string.
        case form
        /// The wrong key, or damaged text.
        case key
    }

    /// Begins what was encrypted with a key; behind it stands `2|initialization vector|data`, in base 64.
    private static let header = "76492d1116743f0423413b16050a5345"

    static func plain(_ text: String) -> String { hexadecimal(bytes(of: text)) }

    static func encrypt(_ text: String, key: [UInt8]) throws(Fault) -> String {
        guard [16, 24, 32].contains(key.count) else { throw .keyLength }
        var random = SystemRandomNumberGenerator()
        let vector = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        guard let start = try? AES._CBC.IV(ivBytes: vector),
            let data = try? AES._CBC.encrypt(bytes(of: text), using: SymmetricKey(data: key), iv: start)
        else { throw .key }
        let package = "2|\(Data(vector).base64EncodedString())|\(hexadecimal(Array(data)))"
        return header + Data(bytes(of: package)).base64EncodedString()
    }

    /// - Parameter key: nil for what was written without one.
    static func decrypt(_ text: String, key: [UInt8]?) throws(Fault) -> String {
        var (data, vector) = (text, nil as [UInt8]?)
        if text.lowercased().hasPrefix(header), let package = Data(base64Encoded: String(text.dropFirst(header.count)))
        {
            let parts = Self.text(of: Array(package))?.split(separator: "|", omittingEmptySubsequences: false) ?? []
            if parts.count == 3, let read = Data(base64Encoded: String(parts[1])) {
                (data, vector) = (String(parts[2]), Array(read))
            }
        }
        guard let encrypted = bytes(hexadecimal: data) else { throw .form }
        guard let key else {
            guard let plain = Self.text(of: encrypted) else { throw .form }
            return plain
        }
        guard [16, 24, 32].contains(key.count) else { throw .keyLength }
        guard let vector, let start = try? AES._CBC.IV(ivBytes: vector),
            let plain = try? AES._CBC.decrypt(encrypted, using: SymmetricKey(data: key), iv: start),
            let result = Self.text(of: Array(plain))
        else { throw .key }
        return result
    }

    /// What a secure string is as a key.
    static func key(_ text: String) -> [UInt8] { bytes(of: text) }

    private static func bytes(of text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    private static func text(of bytes: [UInt8]) -> String? {
        guard bytes.count.isMultiple(of: 2) else { return nil }
        let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
        return String(decoding: units, as: UTF16.self)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
