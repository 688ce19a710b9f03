/// What a caller must be allowed to do for a request.
package enum Permission: String, Sendable, Codable, CaseIterable {
    /// Read machines and settings: administrators.
    case read
    /// Change machines and settings: root and members of the group `ferry` (Hyper-V Administrators).
    case administer
    /// The migration calls: a host in the trust list, known by its certificate. Nothing else is open to it.
    case migrate
    /// Present a trust token: anyone who reached the TLS port; the token's secret decides.
    case presentToken
}

/// Who is calling, as the transport established it.
package enum Caller: Sendable, Hashable {
    /// A process on this host, by the socket's peer credentials.
    case local(userID: UInt32, groupID: UInt32, processID: Int32)
    /// A TLS peer whose certificate carries this public-key fingerprint (lower-case hexadecimal SHA-256); nil without one.
    case remote(fingerprint: String?, address: String)
}
