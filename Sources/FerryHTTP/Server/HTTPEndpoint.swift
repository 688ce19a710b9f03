/// Where an `HTTPServer` listens, and how it learns who calls.
package enum HTTPEndpoint: Sendable {
    /// A Unix socket. Peer credentials say who calls; the file is 0660 and the group's, or 0600 without a group.
    case unix(path: String, administratorGroup: UInt32?)
    /// TLS 1.3 and nothing older. Callers must show a certificate; its key's fingerprint says who calls.
    case tls(address: String, port: UInt16, identity: HostIdentity)
}

/// What one server takes on at most. A caller beyond a limit gets an error or is cut off; the host goes on.
package struct HTTPServerLimits: Sendable {
    /// Bytes of a request's body.
    package var body: Int
    /// Bytes of a request's line and headers.
    package var head: Int
    /// Connections at once; more wait in the kernel's queue.
    package var connections: Int
    /// Of those, from one IP address; more are closed at once.
    package var connectionsPerAddress: Int
    /// From accepting a connection, or the end of a response, to the next complete head; covers the TLS handshake as well.
    package var headTimeout: Duration
    /// From a head to the end of its body.
    package var bodyTimeout: Duration

    package init(
        body: Int, head: Int = 16 << 10, connections: Int, connectionsPerAddress: Int = .max,
        headTimeout: Duration = .seconds(60),
        bodyTimeout: Duration = .seconds(30)
    ) {
        self.body = body
        self.head = head
        self.connections = connections
        self.connectionsPerAddress = connectionsPerAddress
        self.headTimeout = headTimeout
        self.bodyTimeout = bodyTimeout
    }

    /// For administrators on this host.
    package static let local = HTTPServerLimits(body: 4 << 20, connections: 256)
    /// For other hosts: strangers reach this port, so what all connections together can hold is kept small.
    /// Who takes all places one address can get leaves as many for the others.
    package static let remote = HTTPServerLimits(
        body: 512 << 10, connections: 128, connectionsPerAddress: 64, headTimeout: .seconds(40))
}
