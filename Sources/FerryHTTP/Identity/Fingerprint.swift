package import Crypto
import NIOSSL

/// Names a host's key: SHA-256 of the public key's SPKI in DER, as 64 lower-case hexadecimal digits.
///
/// Trust is in keys, not in certificates: a certificate with another date or name around the same key is the same host.
package enum Fingerprint {
    package static func of(spki: [UInt8]) -> String { hexadecimal(SHA256.hash(data: spki)) }

    package static func of(_ key: P256.Signing.PublicKey) -> String { of(spki: [UInt8](key.derRepresentation)) }

    /// nil when the certificate's key has no SPKI form that BoringSSL can write.
    static func of(_ certificate: NIOSSLCertificate) -> String? {
        guard let spki = try? certificate.extractPublicKey().toSPKIBytes() else { return nil }
        return of(spki: spki)
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// SHA-256 for those who may not import a cryptography library themselves.
package enum Digest {
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { [UInt8](SHA256.hash(data: bytes)) }
}
