package import FerryCore
import Glibc
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// One listening socket of a host and everything behind it up to the responder.
///
///     accept ─ limits ─ [TLS 1.3, key of the peer] ─ HTTP/1.1 ─ RequestHandler ─▶ HostResponder
///
/// Runs once. It stops when its task is cancelled (calls of the responder are cancelled, too) or, inside a service group, on
/// graceful shutdown (requests that are being answered are finished).
package final class HTTPServer: Sendable {
    private let endpoint: HTTPEndpoint
    private let limits: HTTPServerLimits
    private let handler: RequestHandler
    private let inFlight = RequestsInFlight()
    private let logger: Logger
    /// Hummingbird's own lines name no host and no key of the configuration; ferryd writes its own.
    private let quiet: Logger

    package init(
        endpoint: HTTPEndpoint, limits: HTTPServerLimits, responder: any HostResponder, logger: Logger
    ) {
        self.endpoint = endpoint
        self.limits = limits
        self.logger = logger
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        self.quiet = quiet
        handler = RequestHandler(
            endpoint: endpoint, limits: limits, responder: responder, inFlight: inFlight, logger: logger)
    }

    /// Listens and serves.
    ///
    /// - Parameter onListening: called once callers can connect, with the TCP port (0 for a Unix socket).
    /// - Throws: `HTTPFault.addressInUse`, `.socketInUse` or `.listenFailed` when it cannot listen.
    package func run(onListening: @escaping @Sendable (UInt16) -> Void) async throws(Failure) {
        let address: BindAddress
        switch endpoint {
        case .unix(let path, _):
            try LocalSocket.claim(path)
            address = .unixDomainSocket(path: path)
        case .tls(let host, let port, _):
            address = .hostname(host, port: Int(port))
        }

        let http = HTTP1Channel(
            responder: { [handler] request, writer, channel in
                try await handler.respond(to: request, on: channel, writer)
            },
            configuration: .init(
                idleTimeout: .milliseconds(Int64(limits.headTimeout.milliseconds)),
                httpDecoderConfiguration: .init(maxHeaderFieldSize: limits.head, maxHeaderListSize: limits.head)))
        switch endpoint {
        case .unix: try await serve(http, at: address, onListening)
        case .tls(_, _, let identity):
            let secured: TLSChannel<HTTP1Channel>
            do {
                secured = try TLSChannel(
                    http,
                    configuration: TLSChannelConfiguration(
                        tlsConfiguration: identity.serverTLS, customVerificationCallback: Self.acceptAnyKey))
            } catch {
                throw Failure(HTTPFault.listenFailed, "TLS cannot be set up with this host's key: \(error).")
            }
            try await serve(
                LimitedChannel(inner: secured, limit: AddressLimit(limits.connectionsPerAddress)), at: address,
                onListening)
        }
    }

    /// Answers every waiting long poll with the newest report, now and from now on: call it when the host begins to shut down.
    package func finishWaiting() { inFlight.finishWaiting() }

    /// Any key may knock: who it is, and what it may do, the responder decides request by request. TLS itself has the peer
    /// prove that it holds the certificate's private key.
    private static let acceptAnyKey: TLSChannelConfiguration.CustomVerificationCallback = { chain, verdict in
        let isUsable = chain.first.map { Fingerprint.of($0) != nil } ?? false
        verdict.succeed(isUsable ? .certificateVerified : .failed)
    }

    private func serve(
        _ channel: some ServerChildChannel, at address: BindAddress, _ onListening: @escaping @Sendable (UInt16) -> Void
    ) async throws(Failure) {
        let refusal = RefusalBox()
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: address, serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: quiet)),
            onServerRunning: { [endpoint, refusal] channel in
                if case .unix(let path, let group) = endpoint, let failure = LocalSocket.restrict(path, group: group) {
                    refusal.failure = failure
                    try? await channel.close()
                    return
                }
                onListening(UInt16(channel.localAddress?.port ?? 0))
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
        // Hummingbird's server must not be cancelled itself: NIO traps on a connection that was accepted and then dropped. So it
        // runs apart, and cancellation becomes an orderly end of which the waiting parts are cut short.
        let serving = Task { try await server.run() }
        let ending = await withTaskCancellationHandler {
            await serving.result
        } onCancel: { [inFlight] in
            inFlight.cancel()
            Task { try? await server.shutdownGracefully() }
        }
        if case .failure(let error) = ending { throw listeningFailure(error) }
        if case .unix(let path, _) = endpoint { LocalSocket.remove(path) }
        if let failure = refusal.failure { throw failure }
    }

    private func listeningFailure(_ error: any Error) -> Failure {
        let (place, key): (String, String) =
            switch endpoint {
            case .unix(let path, _): (path, "socket")
            case .tls(let address, let port, _): ("\(address):\(port)", "listenAddress, controlPort")
            }
        if error is UnixDomainSocketPathWrongType {
            return Failure(
                HTTPFault.socketInUse,
                "ferryd cannot listen on '\(place)' (socket): a file that is not a socket is in the way.", target: place
            )
        }
        let reason: String
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            return Failure(
                HTTPFault.addressInUse,
                "ferryd cannot listen on \(place) (\(key)): another program already listens there.", target: place)
        case EADDRNOTAVAIL: reason = "the address is none of this computer's"
        case EACCES: reason = "permission is denied"
        case .some, nil: reason = "\(error)"
        }
        return Failure(
            HTTPFault.listenFailed, "ferryd cannot listen on \(place) (\(key)): \(reason).", target: place)
    }
}

/// Carries a failure out of the callback that runs when the socket is open.
private final class RefusalBox: Sendable {
    private let value = Mutex<Failure?>(nil)
    var failure: Failure? {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
