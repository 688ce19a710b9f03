/// How a client reaches a host.
package enum HostAddress: Sendable, Hashable {
    /// The ferryd on this computer.
    case socket(path: String)
    /// Another host's HTTPS API. Only the host whose key has `fingerprint` is talked to.
    case tls(address: String, port: UInt16, fingerprint: String)
}

/// How long a client waits. Connecting has its own limit of 10 s.
package struct ClientPatience: Sendable {
    /// For an operation's answer. Long operations answer at once and are watched.
    package var answer: Duration
    /// For a long poll, which the host answers after at most 20 s.
    package var poll: Duration

    package init(answer: Duration = .seconds(120), poll: Duration = .seconds(40)) {
        self.answer = answer
        self.poll = poll
    }
}
