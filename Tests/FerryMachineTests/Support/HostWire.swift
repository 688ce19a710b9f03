import FerryContract
import FerryCore
import FerryHost
import Glibc
import Synchronization

/// The hosts of a test, and how they reach each other in this process: by name and fingerprint, as TLS would prove them.
final class HostWire: Sendable {
    private let hosts = Mutex<[String: HostRuntime]>([:])

    func attach(_ host: HostRuntime, fingerprint: String) { hosts.withLock { $0[fingerprint] = host } }
    func detach(fingerprint: String) { hosts.withLock { _ = $0.removeValue(forKey: fingerprint) } }
    func host(fingerprint: String) -> HostRuntime? { hosts.withLock { $0[fingerprint] } }

    /// One fingerprint a name: 32 bytes in hexadecimal.
    static func fingerprint(of name: String) -> String {
        let bytes = Array(name.utf8)
        return (0..<32).map { index in
            let text = String(bytes[index % bytes.count] ^ UInt8(index), radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}

/// Calls a host in this process, with every value through its JSON.
struct LocalConnection: HostConnection {
    let hostName: String
    let caller: Caller
    let host: @Sendable () -> HostRuntime?

    func send<Request: HostRequest>(_ request: Request) async throws(Failure) -> Request.Response {
        let body = try ContractJSON.encode(request)
        let answer = try await reach().perform(Request.operation, body: body, caller: caller)
        return try ContractJSON.decode(Request.Response.self, from: answer, role: "\(hostName)'s answer")
    }

    func operation(_ id: String, after generation: UInt64) async throws(Failure) -> OperationReport {
        try await reach().operation(id, after: generation, caller: caller)
    }

    func cancelOperation(_ id: String) async throws(Failure) { try reach().cancelOperation(id, caller: caller) }

    private func reach() throws(Failure) -> HostRuntime {
        guard let found = host() else {
            throw Failure(HostFault.hostStopping, "The host \(hostName) cannot be reached.", target: hostName)
        }
        return found
    }

    /// Sends a long request and waits for its end.
    func complete<Request: LongHostRequest>(
        _ request: Request, progress: (ProgressReport) -> Void = { _ in }
    ) async throws(Failure) -> Request.Result {
        var report = try await send(request)
        while report.state == .running {
            report = try await operation(report.id, after: report.progress.generation)
            progress(report.progress)
        }
        if let failure = report.failure { throw failure.failure }
        return try ContractJSON.decode(
            Request.Result.self, from: Array((report.result ?? "").utf8), role: "the operation's result")
    }
}

/// What one host knows of the others: all hosts of the wire trust each other.
final class WireTrust: TrustService, PeerConnector {
    private let own: String
    private let peers: [TrustReport]
    private let wire: HostWire

    init(own: String, peers: [String], port: UInt16, addresses: [String: String], wire: HostWire) {
        self.own = own
        self.wire = wire
        self.peers = peers.map { name in
            TrustReport(
                name: name, address: addresses[name] ?? "127.0.0.1", controlPort: 6601, dataPort: port,
                fingerprint: HostWire.fingerprint(of: name), trustedSince: 0)
        }
    }

    func connection(to host: TrustReport) throws(Failure) -> any HostConnection {
        let wire = wire
        return LocalConnection(
            hostName: host.name, caller: .remote(fingerprint: HostWire.fingerprint(of: own), address: "127.0.0.1"),
            host: { wire.host(fingerprint: host.fingerprint) })
    }

    func trustedHost(fingerprint: String) -> TrustReport? { peers.first { $0.fingerprint == fingerprint } }
    func trustedHost(named name: String) -> TrustReport? {
        peers.first { $0.name.lowercased() == name.lowercased() || $0.address == name }
    }
    func trusts(_ request: GetTrustsRequest) throws(Failure) -> [TrustReport] { peers }

    func newToken(_ request: NewTrustTokenRequest) throws(Failure) -> TrustToken { throw notHere }
    func add(_ request: AddTrustRequest) throws(Failure) -> TrustReport { throw notHere }
    func remove(_ request: RemoveTrustRequest) throws(Failure) -> TrustReport { throw notHere }
    func present(
        _ request: PresentTrustTokenRequest, fingerprint: String?, address: String
    ) throws(Failure) -> TrustReport { throw notHere }

    private var notHere: Failure {
        Failure(HostFault.hostStopping, "Trust is fixed in this test.", target: own)
    }
}
