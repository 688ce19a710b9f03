import FerryCore
import FerryLinux
import FerryTransfer

/// Both ends of a channel with somebody between them who sees and forwards every byte.
struct Relay {
    let source: Channel
    let target: Channel
    private let sourceWire: StreamSocket
    let targetWire: StreamSocket
    static let deadline = Deadline.after(.seconds(60))

    /// - Parameter tamper: changes the preamble on its way.
    init(
        _ sourceProtection: TrafficProtection, _ targetProtection: TrafficProtection? = nil,
        rekeyInterval: UInt64 = 1 << 24,
        tamper: @Sendable (inout [UInt8]) -> Void = { _ in }
    ) throws {
        let migration = MigrationID.make()
        let (sourceEnd, sourceWire) = try StreamSocket.pair()
        let (targetEnd, targetWire) = try StreamSocket.pair()
        let opened = Slot<Channel>()
        let opening = try WorkerThread("test-open") {
            opened.fill {
                () throws(Failure) in
                try Channel.open(
                    sourceEnd, migration: migration, number: 1, protection: sourceProtection, until: Self.deadline,
                    rekeyInterval: rekeyInterval)
            }
        }
        var preamble = try sourceWire.readFully(Preamble.length, until: Self.deadline)
        tamper(&preamble)
        try targetWire.writeFully(preamble, until: Self.deadline)
        let incoming = try IncomingChannel.accept(targetEnd)
        target = try Channel.establish(
            incoming, protection: targetProtection ?? sourceProtection, until: Self.deadline,
            rekeyInterval: rekeyInterval)
        try sourceWire.writeFully(try targetWire.readFully(48, until: Self.deadline), until: Self.deadline)
        opening.join()
        source = try opened.take()
        self.sourceWire = sourceWire
        self.targetWire = targetWire
    }

    /// The next record from the source, whole.
    func capture() throws -> [UInt8] {
        let header = try sourceWire.readFully(8, until: Self.deadline)
        let length = header[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        return header + (try sourceWire.readFully(length + 16, until: Self.deadline))
    }

    func deliver(_ bytes: [UInt8]) throws { try targetWire.writeFully(bytes, until: Self.deadline) }

    func send(_ number: UInt64) throws {
        try source.writer.send(.heartbeat(HeartbeatMessage(count: number)), until: Self.deadline)
    }

    func receive() throws(Failure) -> Message { try target.reader.receiveMessage(until: Self.deadline) }
}

/// What a thread brings about, for the one that waits for it.
final class Slot<Value: Sendable>: Sendable {
    private let monitor = Monitor<Result<Value, Failure>?>(nil)

    func fill(_ body: () throws(Failure) -> Value) {
        let result = Result(catching: body)
        monitor.update { $0 = result }
    }

    func take(until deadline: Deadline = .after(.seconds(60))) throws(Failure) -> Value {
        guard let result = monitor.wait(until: deadline, { $0 }) else {
            throw Failure(TransferFault.timedOut, "Nothing came.")
        }
        return try result.get()
    }
}
