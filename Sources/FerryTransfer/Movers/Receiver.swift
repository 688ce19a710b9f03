package import FerryCore
import FerryLinux
import Synchronization

/// One data connection at the target and its thread: receive, check, apply, acknowledge.
package final class Receiver: Sendable {
    enum Trouble: Error {
        case connection(Failure)
        case move(Failure)
    }

    package enum Report: Sendable {
        /// The connection ended. The source notices by itself and says so on the control channel.
        case ended(UInt32, Failure)
        /// The medium failed, or the source broke the protocol under its key: the move cannot succeed.
        case failed(Failure)
    }

    package let number: UInt32
    private let incoming: IncomingChannel
    private let intake: Intake
    private let stop: StopSignal
    private let thread = Mutex<WorkerThread?>(nil)

    package init(_ incoming: IncomingChannel, intake: Intake) throws(Failure) {
        self.incoming = incoming
        self.intake = intake
        number = incoming.number
        stop = try StopSignal()
    }

    package func start(protection: TrafficProtection, report: @escaping @Sendable (Report) -> Void) throws(Failure) {
        let started = try WorkerThread("ferry-receive") { [self] in
            do throws(Trouble) {
                try receive(protection)
            } catch {
                incoming.socket.shutDown()
                guard !stop.isRaised else { return }
                switch error {
                case .connection(let failure): report(.ended(number, failure))
                case .move(let failure): report(.failed(failure))
                }
            }
        }
        thread.withLock { $0 = started }
    }

    /// Ends the thread; nothing is applied from this connection afterwards.
    package func join() {
        stop.raise()
        incoming.socket.shutDown()
        thread.withLock { $0 }?.join()
    }

    package var isFinished: Bool { thread.withLock { $0?.isFinished ?? true } }

    private func receive(_ protection: TrafficProtection) throws(Trouble) {
        let channel: Channel
        do throws(Failure) {
            channel = try open(protection)
        } catch {
            // Whoever this was has not shown that it holds the key: the move is none of its business.
            throw .connection(error)
        }
        var runs: [ItemRun] = []
        runs.reserveCapacity(WireProtocol.itemRunsLimit)
        var applied: UInt64 = 0
        while !stop.isRaised {
            applied = try next(channel, after: applied, &runs)
            do throws(Failure) {
                try channel.writer.send(
                    .acknowledgement(AcknowledgementMessage(sequence: applied)), until: .after(.seconds(30)), stop: stop
                )
            } catch {
                throw .connection(error)
            }
        }
    }

    private func open(_ protection: TrafficProtection) throws(Failure) -> Channel {
        let deadline = Deadline.after(Channel.handshakeTimeout)
        let channel = try Channel.establish(incoming, protection: protection, until: deadline, stop: stop)
        guard case .opening(let opening) = try channel.reader.receiveMessage(until: deadline, stop: stop),
            opening.connection == number, opening.migration == incoming.migration
        else {
            throw Failure(
                TransferFault.protocolViolation, "'\(incoming.socket.peerName)' did not open connection \(number).",
                target: incoming.socket.peerName)
        }
        try intake.open(number)
        try channel.writer.send(.opened(OpenedMessage(connection: number)), until: deadline, stop: stop)
        return channel
    }

    private func next(
        _ channel: Channel, after sequence: UInt64, _ runs: inout [ItemRun]
    ) throws(Trouble) -> UInt64 {
        let result: Result<UInt64, Trouble>
        do throws(Failure) {
            result = try channel.reader.receive(until: .never, stop: stop) { payload in
                do throws(Trouble) {
                    return .success(try intake.apply(payload, from: number, after: sequence, scratch: &runs))
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            throw .connection(error)
        }
        return try result.get()
    }
}
