import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// Connections at once from one address. Whoever holds more, idle or not, is cut off before TLS begins, and leaves room for others.
final class AddressLimit: Sendable {
    private let limit: Int
    private let counts = Mutex<[String: Int]>([:])

    init(_ limit: Int) { self.limit = limit }

    func admit(_ address: String) -> Bool {
        counts.withLock { counts in
            guard counts[address, default: 0] < limit else { return false }
            counts[address, default: 0] += 1
            return true
        }
    }

    func dismiss(_ address: String) {
        counts.withLock { counts in
            let rest = counts[address, default: 1] - 1
            counts[address] = rest == 0 ? nil : rest
        }
    }
}

/// A child channel that keeps to an `AddressLimit`.
struct LimitedChannel<Inner: ServerChildChannel>: ServerChildChannel {
    let inner: Inner
    let limit: AddressLimit

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Inner.Value> {
        guard let address = channel.remoteAddress?.ipAddress else {
            return inner.setup(channel: channel, logger: logger)
        }
        guard limit.admit(address) else {
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ClosingHandler())
            }.flatMap { inner.setup(channel: channel, logger: logger) }
        }
        channel.closeFuture.whenComplete { [limit] _ in limit.dismiss(address) }
        return inner.setup(channel: channel, logger: logger)
    }

    func handle(value: Inner.Value, logger: Logger) async { await inner.handle(value: value, logger: logger) }
}

/// Stands before everything else and closes the connection as soon as there is one.
private final class ClosingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        context.close(promise: nil)
    }
}
