/// Makes a single-use token with which another host can come to trust this one, and be trusted by it.
package struct NewTrustTokenRequest: HostRequest {
    package static let operation = OperationID.newTrustToken
    package typealias Response = TrustToken
    /// Seconds, 60 … 7 days.
    package var validitySeconds: UInt32
    /// Address under which the other host reaches this one; nil = the configured listen address.
    package var address: String?
    package init(validitySeconds: UInt32, address: String?) {
        self.validitySeconds = validitySeconds
        self.address = address
    }
}

/// Uses a token made by another host: both trust each other afterwards.
package struct AddTrustRequest: HostRequest {
    package static let operation = OperationID.addTrust
    package typealias Response = TrustReport
    package var token: String
    package init(token: String) { self.token = token }
}

package struct GetTrustsRequest: HostRequest {
    package static let operation = OperationID.getTrusts
    package typealias Response = [TrustReport]
    /// Names, wildcards allowed; empty = all.
    package var names: [String]
    package init(names: [String] = []) { self.names = names }
}

package struct RemoveTrustRequest: HostRequest {
    package static let operation = OperationID.removeTrust
    package var subject: String? { name }
    package typealias Response = TrustReport
    package var name: String
    package init(name: String) { self.name = name }
}

/// Host to host, over TLS where the caller has checked this host's fingerprint against the token.
package struct PresentTrustTokenRequest: HostRequest {
    package static let operation = OperationID.presentTrustToken
    package var subject: String? { presenter.name }
    package typealias Response = TrustReport
    /// Base64 of the token's secret.
    package var secret: String
    /// How the presenting host describes itself; its fingerprint must be that of its TLS certificate.
    package var presenter: TrustReport
    package init(secret: String, presenter: TrustReport) {
        self.secret = secret
        self.presenter = presenter
    }
}
