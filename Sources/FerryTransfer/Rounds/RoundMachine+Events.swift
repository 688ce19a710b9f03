package import FerryCore

extension RoundMachine {
    package struct Configuration: Sendable {
        /// At least one lane.
        package var lanes: [LaneKind]
        package var policy: ConvergencePolicy
        /// Whether device requests can reach the medium behind the tracker's back: then every survey is followed by a barrier,
        /// before a byte is read.
        package var needsBarrier: Bool
        /// Stop, device state, load and run, measured on this host; part of every forecast.
        package var deviceState: Duration

        package init(
            lanes: [LaneKind], policy: ConvergencePolicy, needsBarrier: Bool,
            deviceState: Duration = .milliseconds(15)
        ) {
            precondition(!lanes.isEmpty, "a move copies something")
            self.lanes = lanes.sorted()
            self.policy = policy
            self.needsBarrier = needsBarrier
            self.deviceState = deviceState
        }
    }

    /// Survey these lanes, put what they report into the ledger, run the barrier if asked, then answer `surveyed` or
    /// `surveyFailed`.
    package struct SurveyOrder: Sendable, Hashable {
        package struct Lane: Sendable, Hashable {
            package var kind: LaneKind
            package var scope: SurveyScope
        }

        package var round: Int
        /// `ledger.beginRound(round)` comes first. Otherwise what is found joins the round's unsent work.
        package var beginsRound: Bool
        package var lanes: [Lane]
        /// After the survey and before anything is read.
        package var needsBarrier: Bool
        /// Wait so long first (until cancelled): a guest is not drained again and again without a breath.
        package var delay: Duration
    }

    /// What the ledger says of a lane after a survey.
    package struct Surveyed: Sendable, Hashable {
        package var kind: LaneKind
        /// Reported by this survey.
        package var found: UInt64
        /// Owed in all, this survey included.
        package var pending: UInt64
        package init(kind: LaneKind, found: UInt64, pending: UInt64) {
            self.kind = kind
            self.found = found
            self.pending = pending
        }
    }

    /// What a round carried of a lane.
    package struct Copied: Sendable, Hashable {
        package var kind: LaneKind
        /// Acknowledged in this round.
        package var bytes: UInt64
        /// From the lane's first item taken to its last acknowledged.
        package var busy: Duration
        /// Deferred by the ledger to the next round; usually 0.
        package var pending: UInt64
        package init(kind: LaneKind, bytes: UInt64, busy: Duration, pending: UInt64) {
            self.kind = kind
            self.bytes = bytes
            self.busy = busy
            self.pending = pending
        }
    }

    package enum Event: Sendable {
        case start
        /// Every lane of the move, also those the order did not name.
        case surveyed([Surveyed], barrier: Duration?)
        /// These lanes' trackers cannot be trusted any more. While the guest runs they are surveyed whole, at once; the other
        /// lanes of the order have been surveyed and their finds are in the ledger.
        case surveyFailed([LaneKind], Failure)
        /// Every item of the round is acknowledged (`ledger.isSettled`).
        case copied([Copied])
        /// The guest is paused: copy what is left.
        case frozen
        /// The cutover found the barrier too slow; the guest runs on.
        case freezePostponed(barrier: Duration)
        /// The device state is complete: look once more at what its saving may have written to memory.
        case harvestAgain
        /// Cancelled, or something else failed: nothing more is planned.
        case stopped
    }

    package enum Action: Sendable {
        /// Answered by `surveyed` or `surveyFailed`.
        case survey(SurveyOrder)
        /// Let the movers work until `ledger.isSettled`; answered by `copied`.
        case copy(round: Int)
        /// Begin the cutover; answered by `frozen`, `freezePostponed` or `stopped`.
        case freeze(FreezePlan)
        /// The guest is frozen and `ledger.isClear`: tell the cutover `restSettled`.
        case restSettled
        /// Nothing more is planned; the guest goes on at the source. While frozen: tell the cutover.
        case giveUp(Failure)
        case none
    }
}
