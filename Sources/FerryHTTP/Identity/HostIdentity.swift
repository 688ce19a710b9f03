import Crypto
package import FerryCore
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// A host's own key and the self-signed certificate that carries it: what it shows in both directions of TLS.
///
/// The key is made once and kept; every trust that other hosts hold is in this key, so a file that cannot be read is an error
/// and never a reason to make another one.
package struct HostIdentity: Sendable {
    /// SHA-256 of the public key (SPKI, DER), lower-case hexadecimal.
    package let fingerprint: String
    /// Certificate, then private key; PEM.
    let document: String
    let certificate: NIOSSLCertificate
    let privateKey: NIOSSLPrivateKey

    /// Draws a new P-256 key and certifies it for `hostName`.
    package static func make(hostName: String) throws(Failure) -> HostIdentity {
        let key = P256.Signing.PrivateKey()
        do {
            let subject = try DistinguishedName { CommonName(hostName) }
            let certificate = try Certificate(
                version: .v3,
                serialNumber: Certificate.SerialNumber(),
                publicKey: Certificate.PublicKey(key.publicKey),
                // Trust is in the key and ends by Remove-VMHostTrust, so the dates must never matter: not on hosts whose clocks
                // disagree, not in thirty years (9999-12-31 is RFC 5280's "no expiry").
                notValidBefore: Date(timeIntervalSince1970: 1_577_836_800),
                notValidAfter: Date(timeIntervalSince1970: 253_402_300_799),
                issuer: subject,
                subject: subject,
                signatureAlgorithm: .ecdsaWithSHA256,
                // None: a key usage without certificate signing would keep the certificate from being its own root.
                extensions: Certificate.Extensions(),
                issuerPrivateKey: Certificate.PrivateKey(key))
            let document = try certificate.serializeAsPEM().pemString + "\n" + key.pemRepresentation + "\n"
            return try HostIdentity(document: document)
        } catch {
            throw Failure(
                HTTPFault.identityNotStored, "A key for the host '\(hostName)' could not be made: \(error).",
                target: hostName)
        }
    }

    /// Reads and checks what `make` wrote: a P-256 key, and a certificate signed by it around the same key.
    ///
    /// - Throws: `Mismatch`, whose description completes the sentence "the file … ".
    init(document: String) throws {
        let blocks = try PEMDocument.parseMultiple(pemString: document)
        guard blocks.count == 2, blocks[0].discriminator == "CERTIFICATE" else {
            throw Mismatch("does not hold one certificate and one private key")
        }
        let key = try P256.Signing.PrivateKey(pemRepresentation: blocks[1].pemString)
        let parsed = try Certificate(pemDocument: blocks[0])
        guard parsed.publicKey == Certificate.PublicKey(key.publicKey) else {
            throw Mismatch("holds a certificate that does not belong to its private key")
        }
        guard parsed.publicKey.isValidSignature(parsed.signature, for: parsed) else {
            throw Mismatch("holds a certificate whose signature is wrong")
        }
        self.document = document
        fingerprint = Fingerprint.of(key.publicKey)
        certificate = try NIOSSLCertificate(bytes: blocks[0].derBytes, format: .der)
        privateKey = try NIOSSLPrivateKey(bytes: Array(blocks[1].pemString.utf8), format: .pem)
    }

    struct Mismatch: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
