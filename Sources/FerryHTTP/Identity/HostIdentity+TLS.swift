import NIOCore
import NIOSSL

extension HostIdentity {
    /// TLS 1.3 only; a client that shows no certificate is refused in the handshake.
    var serverTLS: TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv13
        // "Required, checked by the callback": without names to check and without anybody's roots.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([])
        // A peer that does not say goodbye must not hold up the end of the host.
        configuration.shutdownTimeout = .seconds(1)
        return configuration
    }
}

extension TLSConfiguration {
    /// A client that accepts exactly `certificate`, whose key's fingerprint was compared with the pinned one before.
    ///
    /// - Parameter identity: shown to the server; without it, servers of Ferry refuse the connection.
    static func pinned(to certificate: NIOSSLCertificate?, identity: HostIdentity?) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        // The certificate is the whole root store. Its name is not compared: hosts are reached under addresses and aliases.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(certificate.map { [$0] } ?? [])
        if let identity {
            configuration.certificateChain = [.certificate(identity.certificate)]
            configuration.privateKey = .privateKey(identity.privateKey)
        }
        return configuration
    }
}
