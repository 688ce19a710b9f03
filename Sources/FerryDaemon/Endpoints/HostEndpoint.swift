import FerryContract
import FerryCore
import FerryHTTP
import FerryHost

/// Joins every route to the host: one generic endpoint, so that a new operation needs nothing here.
struct HostEndpoint: HostResponder {
    let host: HostRuntime

    func perform(_ operation: OperationID, body: [UInt8], caller: Caller) async throws(Failure) -> [UInt8] {
        try await host.perform(operation, body: body, caller: caller)
    }

    func operation(_ id: String, after generation: UInt64, caller: Caller) async throws(Failure) -> OperationReport {
        try await host.operation(id, after: generation, caller: caller)
    }

    func cancelOperation(_ id: String, caller: Caller) async throws(Failure) {
        try host.cancelOperation(id, caller: caller)
    }
}

/// Reaches other hosts over HTTPS. Each side proves its key; a host with another key than the trusted one gets no request.
struct HTTPSPeers: PeerConnector {
    private let identity: HostIdentity

    init(identity: HostIdentity) { self.identity = identity }

    func connection(to host: TrustReport) throws(Failure) -> any HostConnection {
        HTTPHostConnection(
            hostName: host.name,
            address: .tls(address: host.address, port: host.controlPort, fingerprint: host.fingerprint),
            identity: identity)
    }
}
