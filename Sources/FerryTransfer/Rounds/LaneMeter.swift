/// One lane's counters, in bytes. `surveyed`, `acknowledged` and `returned` only grow.
package struct LaneMeter: Sendable, Hashable {
    /// Became a debt, over all rounds: `surveyed == acknowledged + pending` at every moment.
    package internal(set) var surveyed: UInt64 = 0
    /// Waiting to be sent in this round.
    package internal(set) var owed: UInt64 = 0
    /// Sent or stranded, not acknowledged.
    package internal(set) var inFlight: UInt64 = 0
    /// Reported a second time within the round: work of the next.
    package internal(set) var deferred: UInt64 = 0
    /// Applied by the target, over all rounds.
    package internal(set) var acknowledged: UInt64 = 0
    /// Came back from lost connections and was sent again.
    package internal(set) var returned: UInt64 = 0

    package init() {}

    /// Known to differ at the target: everything surveyed and not acknowledged.
    package var pending: UInt64 { owed + inFlight + deferred }

    mutating func add(_ other: LaneMeter) {
        surveyed += other.surveyed
        owed += other.owed
        inFlight += other.inFlight
        deferred += other.deferred
        acknowledged += other.acknowledged
        returned += other.returned
    }
}

/// Percent of a move that never falls, though every round adds to the whole. −1 before the first survey.
package struct MonotonePercent: Sendable, Hashable {
    package private(set) var value = -1

    package init() {}

    package mutating func update(_ meter: LaneMeter) {
        let whole = meter.acknowledged + meter.pending
        guard whole > 0 else { return }
        let percent = Int(Double(meter.acknowledged) / Double(whole) * 100)
        value = max(value, min(percent, 100))
    }
}
