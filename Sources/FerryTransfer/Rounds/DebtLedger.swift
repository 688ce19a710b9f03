package import FerryCore

/// Everything that was surveyed and that the target has not yet acknowledged.
///
///     owe ──▶ owed ──take──▶ in flight ──acknowledge──▶ gone
///               ▲                │ lose
///               └───retire─── stranded
///
/// Surveying clears the tracker, so what it reported is a debt: it leaves only by acknowledgement, or all of it by
/// `giveBack` when the attempt ends. Two rules keep an older version of a page from landing on a newer one:
///
/// - Within one round no byte is handed out twice. What is surveyed again before the round's first item is taken is one
///   debt; after that it waits for the next round (`deferred`), and a round begins only when the previous one is settled.
/// - What was in flight on a lost connection is *stranded* until the target confirms that it applies nothing more from
///   that connection; only then may another connection send it.
///
/// Costs: `owe` is linear in the extents given, `take` and `acknowledge` are constant for each item.
package struct DebtLedger: ~Copyable {
    /// How a round is cut into items.
    package struct Cut: Sendable, Hashable {
        /// Most bytes of an item; extents are cut at its multiples.
        package var itemBytes: UInt64
        /// Most extents of an item.
        package var itemExtents: Int

        package init(itemBytes: UInt64 = 1 << 20, itemExtents: Int = 256) {
            precondition(itemBytes > 0 && itemExtents > 0, "an item carries something")
            self.itemBytes = itemBytes
            self.itemExtents = itemExtents
        }
    }

    private struct Portion {
        var lane: LaneKind
        var round: Int
        var extents: ArraySlice<Extent>
        var byteCount: UInt64
    }

    private struct Connection {
        var nextSequence: UInt64 = 1
        var acknowledged: UInt64 = 0
        /// Portions `acknowledged + 1 ..< nextSequence`, from `head` on.
        var portions: [Portion] = []
        var head = 0
        var isLost = false
    }

    private struct Lane {
        var meter = LaneMeter()
        /// Handed out in this round: what a second survey of the round reports of it is deferred.
        var thisRound = ExtentSet()
        var deferred = ExtentSet()
    }

    private let cut: Cut
    private var lanes: [LaneKind: Lane] = [:]
    private var connections: [ConnectionID: Connection] = [:]
    /// Came back from lost connections; sent before anything else.
    private var returned: [Portion] = []
    private var queue: [Portion] = []
    private var queueHead = 0
    private var inFlightItems = 0
    /// Whether an item of this round was handed out, so that content of the round may have been read.
    private var hasTaken = false

    /// The current round; 0 is the full pass.
    package private(set) var round = 0

    package init(lanes kinds: [LaneKind], cut: Cut = Cut()) {
        self.cut = cut
        for kind in kinds { lanes[kind] = Lane() }
    }

    // MARK: Owing

    /// Begins round `number`; what was deferred becomes work of it.
    ///
    /// The previous round must be settled: only a driver that surveys too early breaks that.
    package mutating func beginRound(_ number: Int) {
        precondition(number >= round, "rounds never go back")
        precondition(isSettled, "round \(number) begins while round \(round) is not settled")
        round = number
        queue.removeAll(keepingCapacity: true)
        queueHead = 0
        hasTaken = false
        for kind in lanes.keys.sorted() {
            guard var lane = lanes[kind] else { continue }
            let deferred = lane.deferred
            lane.deferred = ExtentSet()
            lane.thisRound = ExtentSet()
            lane.meter.deferred = 0
            lanes[kind] = lane
            enqueue(deferred, of: kind)
        }
    }

    /// Adds what a survey of `kind` reported to this round's work. May be called several times in a round, window by window.
    package mutating func owe(_ found: borrowing ExtentSet, of kind: LaneKind) {
        guard lanes[kind] != nil else { preconditionFailure("\(kind) is no lane of this move") }
        var fresh = ExtentSet()
        if !hasTaken {
            fresh = copy found
            if let known = lanes[kind]?.thisRound, !known.isEmpty { fresh.subtract(known) }
        } else {
            for extent in found.extents {
                if lanes[kind]?.thisRound.intersects(extent) == true {
                    lanes[kind]?.deferred.insert(extent)
                } else {
                    fresh.insert(extent)
                }
            }
        }
        let deferredBefore = lanes[kind]?.meter.deferred ?? 0
        let deferred = lanes[kind]?.deferred.byteCount ?? 0
        lanes[kind]?.meter.deferred = deferred
        lanes[kind]?.meter.surveyed += fresh.byteCount + (deferred - deferredBefore)
        enqueue(fresh, of: kind)
    }

    private mutating func enqueue(_ fresh: borrowing ExtentSet, of kind: LaneKind) {
        guard !fresh.isEmpty else { return }
        lanes[kind]?.meter.owed += fresh.byteCount
        lanes[kind]?.thisRound.formUnion(fresh)

        var pieces: [Extent] = []
        pieces.reserveCapacity(fresh.extents.count)
        for extent in fresh.extents {
            var offset = extent.offset
            while offset < extent.end {
                let end = min(extent.end, (offset / cut.itemBytes + 1) * cut.itemBytes)
                pieces.append(Extent(offset: offset, length: end - offset))
                offset = end
            }
        }
        var start = 0
        while start < pieces.count {
            var end = start
            var bytes: UInt64 = 0
            while end < pieces.count, end - start < cut.itemExtents,
                end == start || bytes + pieces[end].length <= cut.itemBytes
            {
                bytes += pieces[end].length
                end += 1
            }
            queue.append(Portion(lane: kind, round: round, extents: pieces[start..<end], byteCount: bytes))
            start = end
        }
    }

    // MARK: Sending

    /// The next portion for `connection`, which is in flight from now on; nil when nothing is owed.
    package mutating func take(for connection: ConnectionID) -> WorkItem? {
        guard connections[connection]?.isLost != true else { return nil }
        let portion: Portion
        if let last = returned.popLast() {
            portion = last
        } else if queueHead < queue.count {
            portion = queue[queueHead]
            queueHead += 1
        } else {
            return nil
        }
        lanes[portion.lane]?.meter.owed -= portion.byteCount
        lanes[portion.lane]?.meter.inFlight += portion.byteCount
        inFlightItems += 1
        hasTaken = true
        var state = connections.removeValue(forKey: connection) ?? Connection()
        let sequence = state.nextSequence
        state.nextSequence += 1
        state.portions.append(portion)
        connections[connection] = state
        return WorkItem(
            sequence: sequence, lane: portion.lane, round: portion.round, extents: portion.extents,
            byteCount: portion.byteCount)
    }

    /// The target has applied every item of `connection` up to and including `sequence`.
    ///
    /// An acknowledgement of a lost connection says nothing new and is ignored. A number never sent is the peer's fault and
    /// leaves the ledger unchanged. Returns the bytes that are settled by it.
    @discardableResult
    package mutating func acknowledge(
        _ connection: ConnectionID, through sequence: UInt64
    ) throws(Failure) -> UInt64 {
        guard var state = connections[connection] else {
            throw Failure(
                TransferFault.protocolViolation,
                "The target acknowledged item \(sequence) of connection \(connection.number), which carried none.")
        }
        guard !state.isLost else { return 0 }
        guard sequence < state.nextSequence else {
            throw Failure(
                TransferFault.protocolViolation,
                "The target acknowledged item \(sequence) of connection \(connection.number); the last one sent is "
                    + "\(state.nextSequence - 1).")
        }
        guard sequence > state.acknowledged else { return 0 }
        connections[connection] = nil  // so that the array below is changed in place
        var settled: UInt64 = 0
        while state.acknowledged < sequence {
            let portion = state.portions[state.head]
            lanes[portion.lane]?.meter.inFlight -= portion.byteCount
            lanes[portion.lane]?.meter.acknowledged += portion.byteCount
            settled += portion.byteCount
            state.head += 1
            state.acknowledged += 1
            inFlightItems -= 1
        }
        if state.head == state.portions.count {
            state.portions.removeAll(keepingCapacity: true)
            state.head = 0
        } else if state.head >= 1024, state.head * 2 >= state.portions.count {
            state.portions.removeSubrange(..<state.head)
            state.head = 0
        }
        connections[connection] = state
        return settled
    }

    /// `connection` is broken. What it carried unacknowledged is stranded until `retire`. Returns those bytes.
    @discardableResult
    package mutating func lose(_ connection: ConnectionID) -> UInt64 {
        guard connections[connection] != nil else { return 0 }
        connections[connection]?.isLost = true
        return unacknowledgedBytes(of: connection)
    }

    /// The target has confirmed that it applies nothing more from `connection`: what it carried is owed again.
    package mutating func retire(_ connection: ConnectionID) {
        guard let state = connections.removeValue(forKey: connection) else { return }
        for portion in state.portions[state.head...].reversed() {
            lanes[portion.lane]?.meter.inFlight -= portion.byteCount
            lanes[portion.lane]?.meter.owed += portion.byteCount
            lanes[portion.lane]?.meter.returned += portion.byteCount
            inFlightItems -= 1
            returned.append(portion)
        }
    }

    private func unacknowledgedBytes(of connection: ConnectionID) -> UInt64 {
        guard let state = connections[connection] else { return 0 }
        return state.portions[state.head...].reduce(0) { $0 + $1.byteCount }
    }

    // MARK: Reading

    /// Whether every item of this round is acknowledged. Deferred extents may remain for the next.
    package var isSettled: Bool { inFlightItems == 0 && returned.isEmpty && queueHead == queue.count }

    /// Whether the target has everything that was ever surveyed.
    package var isClear: Bool { isSettled && lanes.values.allSatisfy { $0.deferred.isEmpty } }

    /// Whether something can be taken right now.
    package var hasWork: Bool { !returned.isEmpty || queueHead < queue.count }

    package func meter(of kind: LaneKind) -> LaneMeter { lanes[kind]?.meter ?? LaneMeter() }

    /// All lanes together.
    package var total: LaneMeter {
        lanes.values.reduce(into: LaneMeter()) { $0.add($1.meter) }
    }

    /// Connections that were lost and not yet retired.
    package var strandedConnections: [ConnectionID] {
        connections.filter { $0.value.isLost }.keys.sorted()
    }

    /// All that was surveyed and not acknowledged, of each lane.
    package borrowing func debts() -> [LaneKind: ExtentSet] {
        var extents: [LaneKind: [Extent]] = [:]
        for portion in returned { extents[portion.lane, default: []] += portion.extents }
        for portion in queue[queueHead...] { extents[portion.lane, default: []] += portion.extents }
        for state in connections.values {
            for portion in state.portions[state.head...] { extents[portion.lane, default: []] += portion.extents }
        }
        for (kind, lane) in lanes { extents[kind, default: []] += lane.deferred.extents }
        return extents.mapValues { ExtentSet($0.sorted { $0.offset < $1.offset }) }
    }

    // MARK: Ending

    /// Ends the ledger: its debts go to the caller, to be restored to each lane's tracker.
    package consuming func giveBack() -> [LaneKind: ExtentSet] { debts() }
}
