/// What is known when a survey is done and the next step is to be decided. Sizes are bytes, rates bytes a second.
package struct RoundFacts: Sendable {
    package struct Lane: Sendable {
        package var kind: LaneKind
        /// Surveyed and not acknowledged.
        package var pending: UInt64
        /// nil before the lane's first round has finished.
        package var rate: Double?

        package init(kind: LaneKind, pending: UInt64, rate: Double?) {
            self.kind = kind
            self.pending = pending
            self.rate = rate
        }
    }

    /// The round that would be copied next; 0 is the full pass.
    package var round: Int
    package var lanes: [Lane]
    /// What the guest changed, over the time since the previous survey; nil before the second survey.
    package var dirtyRate: Double?
    /// Since the first survey began.
    package var elapsed: Duration
    /// The newest measured barrier; nil when no disk needs one.
    package var barrier: Duration?
    /// The part of the blackout that does not depend on what is pending: stop, device state, load, run.
    package var deviceState: Duration

    package init(
        round: Int, lanes: [Lane], dirtyRate: Double?, elapsed: Duration, barrier: Duration?, deviceState: Duration
    ) {
        self.round = round
        self.lanes = lanes
        self.dirtyRate = dirtyRate
        self.elapsed = elapsed
        self.barrier = barrier
        self.deviceState = deviceState
    }

    /// All lanes.
    package var pending: UInt64 { lanes.reduce(0) { $0 + $1.pending } }

    /// The blackout if the guest froze now: the sum of the lanes' copy times, the barrier and the device state. A lane
    /// without a rate of its own is taken to be as slow as the slowest known; nil while none is known.
    package var blackoutForecast: Duration? {
        let slowest = lanes.compactMap(\.rate).min()
        var seconds = 0.0
        for lane in lanes where lane.pending > 0 {
            guard let rate = lane.rate ?? slowest, rate > 0 else { return nil }
            seconds += Double(lane.pending) / rate
        }
        guard seconds < 1e9 else { return nil }
        return .seconds(seconds) + deviceState + (barrier ?? .zero)
    }
}
