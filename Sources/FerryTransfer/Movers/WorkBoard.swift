package import FerryCore
package import FerryLinux

/// The ledger behind its lock, and what movers wait for.
///
///     closed ──open──▶ open ──everything acknowledged──▶ closed (`onSettled`)
///
/// Closed, nothing is handed out: a round is surveyed, then comes the barrier, and only then may a byte be read.
package final class WorkBoard: Sendable {
    package enum Hand: Sendable {
        case item(WorkItem)
        case nothingNow
        case ended
    }

    /// What a lane's round looked like.
    package struct LaneRound: Sendable {
        package var acknowledged: UInt64 = 0
        var firstTaken: MonotonicTime?
        var lastAcknowledged: MonotonicTime?

        package var busy: Duration {
            guard let firstTaken, let lastAcknowledged else { return .zero }
            return lastAcknowledged - firstTaken
        }
    }

    private final class State {
        var ledger: DebtLedger
        var isOpen = false
        var isEnded = false
        /// Newest acknowledged sequence of each connection that is not lost.
        var reached: [ConnectionID: UInt64] = [:]
        var rounds: [LaneKind: LaneRound] = [:]
        /// Lane and bytes of what each connection carries, oldest first.
        var carried: [ConnectionID: [(lane: LaneKind, bytes: UInt64)]] = [:]

        init(_ ledger: consuming DebtLedger) { self.ledger = ledger }
    }

    private let monitor: Monitor<State>
    private let lanes: [LaneKind]
    private let clock: any TimeSource
    private let onSettled: @Sendable () -> Void

    /// - Parameter onSettled: called, without the lock, each time an open board has nothing left.
    package init(
        lanes: [LaneKind], cut: DebtLedger.Cut = DebtLedger.Cut(), clock: any TimeSource,
        onSettled: @escaping @Sendable () -> Void
    ) {
        precondition(cut.itemBytes <= UInt64(WireProtocol.itemDataLimit), "an item fits one record")
        monitor = Monitor(State(DebtLedger(lanes: lanes, cut: cut)))
        self.lanes = lanes
        self.clock = clock
        self.onSettled = onSettled
    }

    // MARK: The session's side

    package func beginRound(_ number: Int) { monitor.update { $0.ledger.beginRound(number) } }

    package func owe(_ found: ExtentSet, of lane: LaneKind) { monitor.update { $0.ledger.owe(found, of: lane) } }

    /// Lets the movers work on what is owed.
    package func open() {
        let isSettled = monitor.update { state in
            state.rounds = [:]
            state.isOpen = !state.ledger.isSettled
            return !state.isOpen
        }
        if isSettled { onSettled() }
    }

    /// Nothing more is handed out, ever.
    package func end() { monitor.update { $0.isEnded = true } }

    package func retire(_ connection: ConnectionID) { monitor.update { $0.ledger.retire(connection) } }

    /// Everything surveyed and not acknowledged. The board is of no use afterwards; the movers have been joined.
    package func giveBack() -> [LaneKind: ExtentSet] {
        monitor.update { state in
            state.isEnded = true
            var ledger = DebtLedger(lanes: [])
            swap(&state.ledger, &ledger)
            return ledger.giveBack()
        }
    }

    package func meter(of lane: LaneKind) -> LaneMeter { monitor.read { $0.ledger.meter(of: lane) } }

    package func round(of lane: LaneKind) -> LaneRound { monitor.read { $0.rounds[lane] ?? LaneRound() } }

    package var reached: [RoundEndMessage.Reach] {
        monitor.read { state in
            state.reached.map { .init(connection: $0.key.number, sequence: $0.value) }
                .sorted { $0.connection < $1.connection }
        }
    }

    package var total: LaneMeter { monitor.read { $0.ledger.total } }

    // MARK: The movers' side

    package func take(for connection: ConnectionID) -> Hand {
        let now = clock.now()
        return monitor.update { state in
            if state.isEnded { return .ended }
            guard state.isOpen, let item = state.ledger.take(for: connection) else { return .nothingNow }
            state.rounds[item.lane, default: LaneRound()].firstTaken =
                state.rounds[item.lane]?.firstTaken ?? now
            state.carried[connection, default: []].append((item.lane, item.byteCount))
            return .item(item)
        }
    }

    /// Returns once there may be something to take, or the board has ended, or `deadline` has passed.
    package func waitForWork(until deadline: Deadline) {
        _ = monitor.wait(until: deadline) { state in
            state.isEnded || (state.isOpen && state.ledger.hasWork) ? true : nil
        }
    }

    /// Returns how many items it settled.
    package func acknowledge(_ connection: ConnectionID, through sequence: UInt64) throws(Failure) -> Int {
        let now = clock.now()
        let (count, isSettled) = try monitor.update { (state) throws(Failure) in
            let before = state.reached[connection] ?? 0
            // A number never sent is refused here.
            try state.ledger.acknowledge(connection, through: sequence)
            guard sequence > before, let carried = state.carried[connection] else { return (0, false) }
            state.reached[connection] = sequence
            let count = Int(sequence - before)
            for item in carried.prefix(count) {
                state.rounds[item.lane, default: LaneRound()].acknowledged += item.bytes
                state.rounds[item.lane]?.lastAcknowledged = now
            }
            state.carried[connection] = Array(carried.dropFirst(count))
            guard state.isOpen, state.ledger.isSettled else { return (count, false) }
            state.isOpen = false
            return (count, true)
        }
        if isSettled { onSettled() }
        return count
    }

    package func lose(_ connection: ConnectionID) {
        monitor.update { state in
            state.ledger.lose(connection)
            state.reached[connection] = nil
            state.carried[connection] = nil
        }
    }
}
