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
    private let channel: Channel
    private let intake: Intake
    private let stop: StopSignal
    private let thread = Mutex<WorkerThread?>(nil)

    package init(_ channel: Channel, intake: Intake) throws(Failure) {
        self.channel = channel
        self.intake = intake
        number = channel.number
        stop = try StopSignal()
    }

    package func start(report: @escaping @Sendable (Report) -> Void) throws(Failure) {
        let started = try WorkerThread("ferry-receive") { [self] in
            do throws(Trouble) {
                try receive()
            } catch {
                channel.socket.shutDown()
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
        channel.socket.shutDown()
        thread.withLock { $0 }?.join()
    }

    package var isFinished: Bool { thread.withLock { $0?.isFinished ?? true } }

    private func receive() throws(Trouble) {
        do throws(Failure) {
            try intake.open(number)
            try channel.writer.send(
                .opened(OpenedMessage(connection: number)), until: .after(Channel.handshakeTimeout), stop: stop)
        } catch {
            throw .connection(error)
        }
        var runs: [ItemRun] = []
        runs.reserveCapacity(WireProtocol.itemRunsLimit)
        var applied: UInt64 = 0
        while !stop.isRaised {
            applied = try next(after: applied, &runs)
            do throws(Failure) {
                try channel.writer.send(
                    .acknowledgement(AcknowledgementMessage(sequence: applied)), until: .after(.seconds(30)), stop: stop
                )
            } catch {
                throw .connection(error)
            }
        }
    }

    private func next(after sequence: UInt64, _ runs: inout [ItemRun]) throws(Trouble) -> UInt64 {
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
