package import FerryCore
package import FerryLinux
import Synchronization

/// Numbers and counters that all data connections of a source share.
package final class MoverShare: Sendable {
    private let lastNumber = Atomic<UInt32>(0)
    private let wire = Atomic<UInt64>(0)

    package init() {}

    /// A number never used before in this migration.
    func nextNumber() -> ConnectionID { ConnectionID(lastNumber.add(1, ordering: .relaxed).newValue) }

    func count(wireBytes: UInt64) { wire.add(wireBytes, ordering: .relaxed) }

    package var wireBytes: UInt64 { wire.load(ordering: .relaxed) }
}

/// One thread of a move at the source: it owns one data connection after the other and carries items over it.
///
///     connecting ──opened──▶ carrying ──board ended──▶ done
///         ▲                     │ lost (what was in flight stays the ledger's matter)
///         └────── pause ◀───────┘
///
/// Bytes in flight are bounded by `window`: when it is full, or nothing is left to take, the thread waits for acknowledgements.
package final class Mover: Sendable {
    package struct Configuration: Sendable {
        package var migration: MigrationID
        package var protection: TrafficProtection
        /// Bytes sent and not acknowledged, on this connection.
        package var window: UInt64 = 8 << 20
        package var windowItems = 64
        /// The target may wait for its storage before it acknowledges.
        package var acknowledgementTimeout = Duration.seconds(30)
        /// Connections in a row that carried nothing before the thread gives up.
        package var attempts = 5
        /// Grows with each attempt in a row.
        package var reconnectPause = Duration.milliseconds(200)

        package init(migration: MigrationID, protection: TrafficProtection) {
            self.migration = migration
            self.protection = protection
        }
    }

    package enum Report: Sendable {
        case connected(ConnectionID)
        /// The target must be told, and confirm, before the ledger may hand out again what it carried.
        case lost(ConnectionID, Failure)
        /// A lane could not be read: the move cannot succeed.
        case laneFailed(Failure)
        /// No connection could be made any more; other movers may go on.
        case gaveUp(Failure)
    }

    private enum Trouble: Error {
        case connection(Failure)
        case lane(Failure)
    }

    private let configuration: Configuration
    private let lanes: [LaneKind: any CopyLane]
    private let board: WorkBoard
    private let supply: any ChannelSupply
    private let share: MoverShare
    private let stop: StopSignal
    private let report: @Sendable (Report) -> Void

    package init(
        _ configuration: Configuration, lanes: [any CopyLane], board: WorkBoard, supply: any ChannelSupply,
        share: MoverShare, stop: StopSignal, report: @escaping @Sendable (Report) -> Void
    ) {
        self.configuration = configuration
        self.lanes = Dictionary(uniqueKeysWithValues: lanes.map { ($0.kind, $0) })
        self.board = board
        self.supply = supply
        self.share = share
        self.stop = stop
        self.report = report
    }

    /// The thread's body: returns when the board has ended, `stop` is raised, or it gave up.
    package func run() {
        var failures = 0
        while !stop.isRaised {
            let id = share.nextNumber()
            var hasCarried = false
            do throws(Trouble) {
                let channel = try connect(id)
                defer { channel.socket.shutDown() }
                report(.connected(id))
                return try carry(over: channel, id, &hasCarried)
            } catch {
                guard !stop.isRaised else { return }
                if hasCarried { failures = 0 }
                failures += 1
                board.lose(id)
                switch error {
                case .lane(let failure):
                    report(.lost(id, failure))
                    report(.laneFailed(failure))
                    return
                case .connection(let failure):
                    report(.lost(id, failure))
                    guard failures < configuration.attempts else {
                        report(.gaveUp(failure))
                        return
                    }
                }
            }
            if stop.wait(until: .after(configuration.reconnectPause * failures)) { return }
        }
    }

    private func connect(_ id: ConnectionID) throws(Trouble) -> Channel {
        let deadline = Deadline.after(Channel.handshakeTimeout)
        do throws(Failure) {
            let socket = try supply.connect(number: id.number, until: deadline, stop: stop)
            let channel = try Channel.open(
                socket, migration: configuration.migration, number: id.number, protection: configuration.protection,
                until: deadline, stop: stop)
            try channel.writer.send(
                .opening(OpeningMessage(migration: configuration.migration, connection: id.number)), until: deadline,
                stop: stop)
            guard case .opened(let opened) = try channel.reader.receiveMessage(until: deadline, stop: stop),
                opened.connection == id.number
            else {
                throw Failure(
                    TransferFault.protocolViolation,
                    "'\(socket.peerName)' did not answer to the opening of connection \(id.number).",
                    target: socket.peerName)
            }
            return channel
        } catch {
            throw .connection(error)
        }
    }

    private func carry(over channel: Channel, _ id: ConnectionID, _ hasCarried: inout Bool) throws(Trouble) {
        var runs = RunList()
        var inFlight: [UInt64] = []
        var bytesInFlight: UInt64 = 0
        while !stop.isRaised {
            if bytesInFlight < configuration.window, inFlight.count < configuration.windowItems {
                switch board.take(for: id) {
                case .item(let item):
                    try send(item, over: channel, &runs)
                    inFlight.append(item.byteCount)
                    bytesInFlight += item.byteCount
                    continue
                case .ended:
                    // What is in flight is of no interest any more.
                    return
                case .nothingNow:
                    break
                }
            }
            guard !inFlight.isEmpty else {
                board.waitForWork(until: .after(.seconds(1)))
                continue
            }
            let count = try receiveAcknowledgement(over: channel, id)
            for bytes in inFlight.prefix(count) { bytesInFlight -= bytes }
            inFlight.removeFirst(count)
            hasCarried = true
        }
    }

    /// Items are read here, after they were taken: what the guest writes later is in a later survey.
    private func send(_ item: WorkItem, over channel: Channel, _ runs: inout RunList) throws(Trouble) {
        guard let lane = lanes[item.lane] else { preconditionFailure("the ledger hands out what is a lane") }
        runs.removeAll()
        do throws(Failure) {
            try lane.load(item.extents, into: &runs)
        } catch {
            throw .lane(error)
        }
        let writer = channel.writer
        let before = writer.wireBytes
        do throws(Failure) {
            try writer.begin()
            let head = Self.head(of: item, runs)
            // SAFETY: UInt8 has no padding.
            try writer.append(unsafe head.span.bytes)
            try runs.forEachPiece { (piece) throws(Failure) in try writer.append(piece) }
            try writer.finish(until: .after(configuration.acknowledgementTimeout), stop: stop)
        } catch {
            throw .connection(error)
        }
        share.count(wireBytes: writer.wireBytes - before)
    }

    private static func head(of item: WorkItem, _ runs: borrowing RunList) -> [UInt8] {
        var writer = WireWriter()
        let table = ItemHead.length + runs.runs.count * ItemHead.runLength
        writer.reserve(WireProtocol.headerLength + table)
        writer.put(MessageTag.item.rawValue)
        writer.put(UInt16(0))
        writer.put(UInt32(table + runs.dataByteCount))
        ItemHead(
            sequence: item.sequence, round: UInt32(item.round), lane: item.lane, runCount: runs.runs.count
        ).encode(into: &writer)
        for run in runs.runs {
            writer.put(run.extent.offset)
            writer.put(UInt32(run.extent.length))
            writer.put(run.kind.rawValue)
        }
        return writer.bytes
    }

    /// Returns how many items it settles.
    private func receiveAcknowledgement(over channel: Channel, _ id: ConnectionID) throws(Trouble) -> Int {
        do throws(Failure) {
            let message = try channel.reader.receiveMessage(
                until: .after(configuration.acknowledgementTimeout), stop: stop)
            guard case .acknowledgement(let acknowledgement) = message else {
                throw Failure(
                    TransferFault.protocolViolation,
                    "'\(channel.socket.peerName)' sent '\(message.tag)' where an acknowledgement was due.",
                    target: channel.socket.peerName)
            }
            return try board.acknowledge(id, through: acknowledgement.sequence)
        } catch  where error.is(LinuxFault.timedOut) {
            throw .connection(.timedOutReceiving("an acknowledgement", from: channel.socket.peerName, cause: error))
        } catch {
            throw .connection(error)
        }
    }
}
