import FerryContract
package import FerryCore
import Foundation

/// What a token's text says, in the order of its bytes:
///
///     version 1 │ expiry, Unix time u64 │ control port u16 │ data port u16 │ key fingerprint 32 │ secret 32
///     name length u8, name │ address length u8, address │ first 4 bytes of SHA-256 over all before
///
/// All numbers big endian; the whole as base64url without padding, one word that terminals select with a double click. The
/// check sum is against typing and cutting, not against an attacker: what protects the token is the secret in it.
package struct TrustInvitation: Hashable, Sendable {
    static let version: UInt8 = 1
    static let secretSize = 32
    private static let fixedSize = 1 + 8 + 2 + 2 + 32 + secretSize
    private static let sumSize = 4
    /// No valid token is longer.
    private static let textLimit = 1024

    package var expires: UInt64
    package var controlPort: UInt16
    package var dataPort: UInt16
    /// Lower-case hexadecimal.
    package var fingerprint: String
    package var secret: [UInt8]
    package var name: String
    package var address: String

    package func text(_ sha256: HostTrust.Digest) -> String {
        var bytes: [UInt8] = [Self.version]
        bytes.append(contentsOf: expires.bigEndianBytes)
        bytes.append(contentsOf: controlPort.bigEndianBytes)
        bytes.append(contentsOf: dataPort.bigEndianBytes)
        bytes.append(contentsOf: Hexadecimal.bytes(fingerprint) ?? [])
        bytes.append(contentsOf: secret)
        for text in [name, address] {
            let utf8 = Array(text.utf8.prefix(255))
            bytes.append(UInt8(utf8.count))
            bytes.append(contentsOf: utf8)
        }
        bytes.append(contentsOf: sha256(bytes).prefix(Self.sumSize))
        return Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// - Throws: `TrustFault.tokenMalformed`, saying what about the text is not a token. The text itself is never quoted: it may
    ///   hold a secret.
    package init(parsing text: String, _ sha256: HostTrust.Digest) throws(Failure) {
        func malformed(_ reason: String) -> Failure {
            Failure(
                TrustFault.tokenMalformed,
                "Cannot validate argument on parameter 'Token'. The text is not a trust token: \(reason).")
        }
        let trimmed = text.filter { !$0.isWhitespace }
        guard trimmed.utf8.count <= Self.textLimit else { throw malformed("it is too long") }
        guard trimmed.utf8.allSatisfy({ $0.isBase64URL }) else { throw malformed("it has characters no token has") }
        let standard = trimmed.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: standard + padding), let version = data.first else {
            throw malformed("it is incomplete")
        }
        // The last character may have bits that decode to nothing; one token has one spelling.
        guard data.base64EncodedString() == standard + padding else { throw malformed("it was changed") }
        guard version == Self.version else {
            throw malformed("it is of version \(version), and this host knows version \(Self.version)")
        }
        let bytes = [UInt8](data)
        guard bytes.count >= Self.fixedSize + 2 + Self.sumSize else { throw malformed("it is incomplete") }
        let content = bytes.dropLast(Self.sumSize)
        guard Array(sha256(Array(content)).prefix(Self.sumSize)) == Array(bytes.suffix(Self.sumSize)) else {
            throw malformed("it was changed or cut (the check sum is wrong)")
        }

        var rest = content.dropFirst()
        func take(_ count: Int) throws(Failure) -> [UInt8] {
            guard rest.count >= count else { throw malformed("it is incomplete") }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        expires = UInt64(bigEndianBytes: try take(8))
        controlPort = UInt16(bigEndianBytes: try take(2))
        dataPort = UInt16(bigEndianBytes: try take(2))
        fingerprint = Hexadecimal.text(try take(32))
        secret = try take(Self.secretSize)
        name = String(decoding: try take(Int(try take(1)[0])), as: UTF8.self)
        address = String(decoding: try take(Int(try take(1)[0])), as: UTF8.self)
        guard rest.isEmpty else { throw malformed("something follows it") }
        if let reason = HostDescription.flaw(in: report(trustedSince: 0)) { throw malformed(reason) }
    }

    package init(
        expires: UInt64, controlPort: UInt16, dataPort: UInt16, fingerprint: String, secret: [UInt8], name: String,
        address: String
    ) {
        self.expires = expires
        self.controlPort = controlPort
        self.dataPort = dataPort
        self.fingerprint = fingerprint
        self.secret = secret
        self.name = name
        self.address = address
    }

    /// The inviting host as an entry of the trust list.
    func report(trustedSince: Double) -> TrustReport {
        TrustReport(
            name: name, address: address, controlPort: controlPort, dataPort: dataPort, fingerprint: fingerprint,
            trustedSince: trustedSince)
    }
}

/// Checks how a host describes itself before the description is stored and shown.
enum HostDescription {
    /// nil when everything is as it should be, else what is not, as the end of a sentence.
    static func flaw(in report: TrustReport) -> String? {
        func isWord(_ text: String, extra: String) -> Bool {
            (1...253).contains(text.utf8.count)
                && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || extra.utf8.contains($0) }
        }
        if !isWord(report.name, extra: "-._") { return "its host name is not one" }
        if !isWord(report.address, extra: "-._:%") { return "its address is not one" }
        if report.controlPort == 0 || report.dataPort == 0 { return "a port is 0" }
        if Hexadecimal.bytes(report.fingerprint)?.count != 32 { return "its key fingerprint is not one" }
        return nil
    }
}

enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// nil unless `text` is an even number of lower-case hexadecimal digits.
    static func bytes(_ text: String) -> [UInt8]? {
        func value(_ digit: UInt8) -> UInt8? {
            switch digit {
            case 0x30...0x39: digit - 0x30
            case 0x61...0x66: digit - 0x61 + 10
            default: nil
            }
        }
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var result: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }
}

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
    }
    fileprivate init(bigEndianBytes bytes: [UInt8]) { self = bytes.reduce(0) { $0 << 8 | Self($1) } }
}

extension UInt8 {
    fileprivate var isASCIIAlphanumeric: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }
    fileprivate var isBase64URL: Bool { isASCIIAlphanumeric || self == 0x2D || self == 0x5F }
}
