/// Another host whose key this host trusts.
package struct TrustReport: Sendable, Codable, Hashable {
    package var name: String
    package var address: String
    /// HTTPS control port (6601 by default) and migration data port (6600 by default).
    package var controlPort: UInt16
    package var dataPort: UInt16
    /// SHA-256 of the host's public key (SPKI, DER), lower-case hexadecimal.
    package var fingerprint: String
    /// Unix time.
    package var trustedSince: Double

    package init(
        name: String, address: String, controlPort: UInt16, dataPort: UInt16, fingerprint: String, trustedSince: Double
    ) {
        self.name = name
        self.address = address
        self.controlPort = controlPort
        self.dataPort = dataPort
        self.fingerprint = fingerprint
        self.trustedSince = trustedSince
    }
}

/// A single-use invitation, printed by one host and typed at another.
package struct TrustToken: Sendable, Codable, Hashable {
    /// The text to hand over; opaque to the shell.
    package var token: String
    /// Unix time after which it is refused.
    package var expires: Double
    package var fingerprint: String

    package init(token: String, expires: Double, fingerprint: String) {
        self.token = token
        self.expires = expires
        self.fingerprint = fingerprint
    }
}
