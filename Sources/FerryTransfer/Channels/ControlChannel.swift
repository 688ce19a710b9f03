package import FerryCore
import FerryLinux
import Synchronization

/// The control channel after its handshake: messages go out from any thread, heartbeats by themselves, and everything that
/// arrives is handed to `deliver` on the channel's own thread.
///
/// `deliver` gets each message but heartbeats, tells silence when it begins and ends, then exactly one failure when the
/// connection ends, unless `close` came first.
package final class ControlChannel: Sendable {
    package enum Delivery: Sendable {
        case message(Message)
        /// true: nothing has come for `silenceNotice`. false: something has come again.
        case silence(Bool)
        case lost(Failure)
    }

    /// Between two heartbeats: several fit into a second, so that one that is late is not taken for silence.
    package static let heartbeatInterval = Duration.milliseconds(250)
    /// Silence that is told: within a second and a heartbeat of the last sign of life.
    package static let silenceNotice = Duration.seconds(1)
    /// Silence after which the peer is lost.
    package static let silenceLimit = Duration.seconds(5)
    private static let sendTimeout = Duration.seconds(10)

    private let channel: Channel
    private let isSource: Bool
    private let silenceLimit: Duration
    private let writer: Mutex<RecordWriter>
    private let stop: StopSignal
    private let threads = Mutex<[WorkerThread]>([])
    private let hasEnded = Mutex(false)
    private let lastHeard = Mutex(ContinuousClock.now)

    package var peerName: String { channel.socket.peerName }

    package init(
        _ channel: Channel, isSource: Bool, silenceLimit: Duration = ControlChannel.silenceLimit
    ) throws(Failure) {
        self.channel = channel
        self.isSource = isSource
        self.silenceLimit = silenceLimit
        writer = Mutex(channel.writer)
        stop = try StopSignal()
    }

    /// Starts heartbeats and delivery. Once.
    package func start(_ deliver: @escaping @Sendable (Delivery) -> Void) throws(Failure) {
        lastHeard.withLock { $0 = .now }
        let receiving = try WorkerThread("ferry-control") { [self] in receive(deliver) }
        threads.withLock { $0.append(receiving) }
        let beating = try WorkerThread("ferry-heartbeat") { [self] in beat(deliver) }
        threads.withLock { $0.append(beating) }
    }

    package func send(_ message: Message) throws(Failure) {
        try writer.withLock { (writer) throws(Failure) in
            do throws(Failure) {
                try writer.send(message, until: .after(Self.sendTimeout), stop: stop)
            } catch {
                // A record may be half out: nothing that follows would be understood.
                channel.socket.shutDown()
                throw .connectionLostSending(to: peerName, cause: error)
            }
        }
    }

    private func beat(_ deliver: (Delivery) -> Void) {
        var count: UInt64 = 0
        var isSilent = false
        while !stop.wait(until: .after(Self.heartbeatInterval)) {
            count += 1
            let isSilentNow = ContinuousClock.now - lastHeard.withLock { $0 } >= Self.silenceNotice
            if isSilentNow != isSilent {
                isSilent = isSilentNow
                // Under the lock: after the end nothing is delivered.
                hasEnded.withLock { if !$0 { deliver(.silence(isSilent)) } }
            }
            do throws(Failure) {
                try send(.heartbeat(HeartbeatMessage(count: count)))
            } catch {
                // The receiving thread sees the end of the socket and reports it.
                return
            }
        }
    }

    private func receive(_ deliver: (Delivery) -> Void) {
        do throws(Failure) {
            while true {
                let message = try next()
                lastHeard.withLock { $0 = .now }
                if case .heartbeat = message { continue }
                deliver(.message(message))
            }
        } catch {
            channel.socket.shutDown()
            let isClosed = hasEnded.withLock { ended in
                defer { ended = true }
                return ended
            }
            if !isClosed { deliver(.lost(error)) }
        }
    }

    private func next() throws(Failure) -> Message {
        let message: Message
        do throws(Failure) {
            message = try channel.reader.receiveMessage(until: .after(silenceLimit), stop: stop)
        } catch  where error.is(LinuxFault.timedOut) {
            throw .timedOutReceiving("a sign of life", from: peerName, cause: error)
        } catch  where error.is(LinuxFault.connectionLost) {
            throw .connectionLostSending(to: peerName, cause: error)
        }
        let expected: MessageTag.Sender = isSource ? .target : .source
        guard message.tag.carrier == .control, message.tag.sender == .either || message.tag.sender == expected else {
            throw Failure(
                TransferFault.protocolViolation, "'\(peerName)' sent '\(message.tag)', which is not its to send.",
                target: peerName)
        }
        return message
    }

    /// Ends the connection and its threads. Nothing is delivered afterwards. Idempotent; not to be called from `deliver`.
    package func close() {
        hasEnded.withLock { $0 = true }
        stop.raise()
        channel.socket.shutDown()
        for thread in threads.withLock({ $0 }) { thread.join() }
    }
}
