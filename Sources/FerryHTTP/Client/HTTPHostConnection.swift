import AsyncHTTPClient
package import FerryContract
package import FerryCore
import NIOCore
import NIOHTTP1
import NIOSSL

/// A host reached over its Unix socket or its HTTPS API.
///
/// A value: connections are pooled for the whole process, opened when first needed and closed when idle, so there is nothing to
/// close. Safe to use from any number of tasks.
package struct HTTPHostConnection: HostConnection {
    package let hostName: String
    private let address: HostAddress
    private let identity: HostIdentity?
    private let patience: ClientPatience

    /// Most a host's answer may be; a list of ten thousand machines is far below it.
    private static let answerLimit = 64 << 20

    /// - Parameters:
    ///   - hostName: the host as the administrator names it; for messages.
    ///   - identity: this host's own key, shown to the other one. Needed for `.tls`; unused on a socket.
    package init(
        hostName: String, address: HostAddress, identity: HostIdentity? = nil,
        patience: ClientPatience = ClientPatience()
    ) {
        self.hostName = hostName
        self.address = address
        self.identity = identity
        self.patience = patience
    }

    package func send<Request: HostRequest>(_ request: Request) async throws(Failure) -> Request.Response {
        let answer = try await exchange(
            .perform(Request.operation), body: try ContractJSON.encode(request), within: patience.answer)
        return try decode(Request.Response.self, answer)
    }

    package func operation(_ id: String, after generation: UInt64) async throws(Failure) -> OperationReport {
        try decode(
            OperationReport.self, try await exchange(.watch(id: id, after: generation), body: [], within: patience.poll)
        )
    }

    package func cancelOperation(_ id: String) async throws(Failure) {
        let answer = try await exchange(.cancel(id: id), body: [], within: patience.answer)
        _ = try decode(Acknowledgement.self, answer)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ answer: [UInt8]) throws(Failure) -> Value {
        try ContractJSON.decode(type, from: answer, role: "The answer of host '\(hostName)'", fault: .malformedAnswer)
    }

    /// One request and the body of its answer.
    ///
    /// - Throws: the host's own failure, code intact, when it answered with a problem document; a `ConnectionFault` otherwise.
    private func exchange(_ route: Route, body: [UInt8], within limit: Duration) async throws(Failure) -> [UInt8] {
        let deadline = NIODeadline.now() + .milliseconds(Int64(limit.milliseconds))
        var request = HTTPClientRequest(url: url(of: route))
        request.method = .init(rawValue: route.method)
        if case .perform = route {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(body)
        }
        let certificate = try await pinnedCertificate()
        if let certificate { request.tlsConfiguration = .pinned(to: certificate, identity: identity) }

        let (status, answer): (UInt, [UInt8])
        do { (status, answer) = try await perform(request, deadline) } catch {
            let failure = ConnectionFailures(hostName: hostName, address: address).failure(for: error)
            // The remembered certificate is not what the host shows: it has another key, which looking again tells, or a new
            // certificate around the same one. The handshake failed, so the request has not been sent.
            guard failure.is(ConnectionFault.tlsFailed), let certificate,
                case .tls(let host, let port, _) = address
            else { throw failure }
            PinnedCertificates.shared.forget(host: host, port: port)
            guard let renewed = try await pinnedCertificate(), renewed != certificate else { throw failure }
            request.tlsConfiguration = .pinned(to: renewed, identity: identity)
            do { (status, answer) = try await perform(request, deadline) } catch {
                throw ConnectionFailures(hostName: hostName, address: address).failure(for: error)
            }
        }
        if status == 200 { return answer }
        let document = try? ContractJSON.decode(FailureDocument.self, from: answer, role: "", fault: .malformedAnswer)
        guard let document else {
            throw Failure(
                ConnectionFault.notUnderstood,
                "The host '\(hostName)' answered with HTTP status \(status) and no explanation that ferry understands.",
                target: hostName)
        }
        throw document.failure
    }

    private func perform(_ request: HTTPClientRequest, _ deadline: NIODeadline) async throws -> (UInt, [UInt8]) {
        let response = try await Self.client.execute(request, deadline: deadline)
        let buffer = try await response.body.collect(upTo: Self.answerLimit)
        return (response.status.code, [UInt8](buffer.readableBytesView))
    }

    /// nil on a socket.
    private func pinnedCertificate() async throws(Failure) -> NIOSSLCertificate? {
        guard case .tls(let host, let port, let fingerprint) = address else { return nil }
        return try await PinnedCertificates.shared.certificate(
            of: hostName, host: host, port: port, fingerprint: fingerprint)
    }

    private func url(of route: Route) -> String {
        switch address {
        case .socket(let path): "http+unix://\(path.percentEncoded)\(route.path)"
        case .tls(let host, let port, _): "https://\(host.contains(":") ? "[\(host)]" : host):\(port)\(route.path)"
        }
    }

    /// The process's pool. It is never shut down: it lives as long as the process.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(10)
        // A host that is down is an answer; the caller decides whether to ask again.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Shorter than the servers' own, so that a pooled connection is not closed at the moment it is used again.
        configuration.connectionPool.idleTimeout = .seconds(15)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
}

extension String {
    /// Everything but letters and digits as %XX: a path as a URL's host.
    fileprivate var percentEncoded: String {
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes = utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: [byte]
            default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
