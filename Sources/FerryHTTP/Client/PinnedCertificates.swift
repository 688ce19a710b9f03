import FerryContract
import FerryCore
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Fetches the certificate that a host shows, compares its key with the pinned fingerprint, and remembers it.
///
/// AsyncHTTPClient takes roots, not a verification of ours. So a first handshake, given up before it completes, only looks at
/// the certificate; the connections that carry requests then accept nothing but this very certificate, and their handshake
/// proves that the host holds its key.
final class PinnedCertificates: Sendable {
    static let shared = PinnedCertificates()

    private struct Place: Hashable {
        var host: String
        var port: UInt16
    }

    private struct Entry {
        var fingerprint: String
        var certificate: NIOSSLCertificate
    }

    private let known = Mutex<[Place: Entry]>([:])

    /// - Throws: `ConnectionFault.keyMismatch` when the host shows another key; the failures of connecting.
    func certificate(
        of hostName: String, host: String, port: UInt16, fingerprint: String
    ) async throws(Failure) -> NIOSSLCertificate {
        let place = Place(host: host, port: port)
        if let entry = known.withLock({ $0[place] }), entry.fingerprint == fingerprint { return entry.certificate }

        let shown: NIOSSLCertificate
        do { shown = try await look(at: place) } catch {
            throw ConnectionFailures(
                hostName: hostName, address: .tls(address: host, port: port, fingerprint: fingerprint)
            ).failure(for: error)
        }
        guard Fingerprint.of(shown) == fingerprint else {
            throw Failure(
                ConnectionFault.keyMismatch,
                "The host that answers for '\(hostName)' at \(host):\(port) has another key than the one that is trusted: "
                    + "its fingerprint is \(Fingerprint.of(shown) ?? "not readable"), not \(fingerprint).",
                target: hostName)
        }
        known.withLock { $0[place] = Entry(fingerprint: fingerprint, certificate: shown) }
        return shown
    }

    func forget(host: String, port: UInt16) {
        known.withLock { _ = $0.removeValue(forKey: Place(host: host, port: port)) }
    }

    private func look(at place: Place) async throws -> NIOSSLCertificate {
        let context = try NIOSSLContext(configuration: .pinned(to: nil, identity: nil))
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let shown = loop.makePromise(of: NIOSSLCertificate.self)
        // Whatever happens first decides; the promise is kept by all who may.
        let verdict = FirstOutcome(shown)
        let deadline = loop.scheduleTask(in: .seconds(10)) { verdict.fail(ChannelError.connectTimeout(.seconds(10))) }
        defer { deadline.cancel() }

        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: loop)
                .connectTimeout(.seconds(10))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(
                                context: context, serverHostname: nil,
                                customVerificationCallback: { chain, result in
                                    if let first = chain.first { verdict.succeed(first) }
                                    result.succeed(.failed)
                                }))
                        try channel.pipeline.syncOperations.addHandler(FirstError(verdict: verdict))
                    }
                }
                .connect(host: place.host, port: Int(place.port)).get()
        } catch {
            verdict.fail(error)
            return try await shown.futureResult.get()
        }
        channel.closeFuture.whenComplete { _ in verdict.fail(ChannelError.eof) }
        defer { channel.close(promise: nil) }
        return try await shown.futureResult.get()
    }
}

/// A promise that several events compete to complete.
private final class FirstOutcome: Sendable {
    private let promise: EventLoopPromise<NIOSSLCertificate>
    private let isOpen = Mutex(true)

    init(_ promise: EventLoopPromise<NIOSSLCertificate>) { self.promise = promise }

    func succeed(_ certificate: NIOSSLCertificate) { if take() { promise.succeed(certificate) } }
    func fail(_ error: any Error) { if take() { promise.fail(error) } }

    private func take() -> Bool {
        isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
    }
}

/// Reports what ended a handshake, where the close alone would only say that it ended.
private final class FirstError: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let verdict: FirstOutcome

    init(verdict: FirstOutcome) { self.verdict = verdict }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        verdict.fail(error)
        context.close(promise: nil)
    }
}
