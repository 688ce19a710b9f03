package import FerryCore

/// Plans the rounds of a move over all lanes: survey, judge, copy, and again, until the policy freezes the guest; then the
/// last rounds on the frozen guest. One policy, so one downtime budget, for all lanes together.
///
///     idle ──start──▶ surveying ──surveyed──▶ (judge) ──copy──▶ copying ──copied──▶ surveying …
///                        │  ▲                    │
///                        │  └────postponed───┐   └─freeze──▶ freezing ──frozen──▶ surveying the rest ⇄ copying the rest
///                        │                   └─────────────────┘                        │          ▲
///                        └── gives up / failed ──▶ ended                             settled ──harvest again
///
/// A planner: it never touches a lane. The driver performs each action and answers with the event named on it. What a
/// survey found stays in the `DebtLedger` when the guest is frozen, so it is carried into the last round. After `frozen`
/// no lane is ever told to survey everything.
package struct RoundMachine: Sendable {
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

    enum State: Sendable {
        /// → surveying, ended
        case idle
        /// → surveying (a failed lane again), copying, freezing, ended
        case surveying(SurveyOrder, isFrozen: Bool)
        /// → surveying, settled (frozen), copying (frozen), ended
        case copying(isFrozen: Bool)
        /// → surveying (frozen or postponed), ended
        case freezing
        /// → surveying (harvest again), ended
        case settled
        case ended
    }

    /// A lane that loses its tracker more often than this ends the move.
    private static let surveyFailuresMaximum = 3
    /// Rounds no policy may exceed, so that a broken one ends.
    private static let roundsMaximum = 1_000
    /// Rounds of the frozen guest, each of which can only be the previous one's deferred rest.
    private static let frozenRoundsMaximum = 16
    private static let pauseAfterSlowBarrier = Duration.milliseconds(500)

    private let configuration: Configuration
    private var state = State.idle
    private var rates: [LaneKind: RateEstimate] = [:]
    private var pending: [LaneKind: UInt64] = [:]
    private var found: UInt64 = 0
    private var barrier: Duration?
    private var startedAt: MonotonicTime?
    private var surveyedAt: MonotonicTime?
    private var surveyFailures = 0
    private var frozenRounds = 0
    private var dirtyRate: Double?
    private var nextDelay = Duration.zero

    /// The round being surveyed or copied; 0 is the full pass.
    package private(set) var round = 0
    /// The facts of the newest judgement; nil before the first.
    package private(set) var facts: RoundFacts?
    /// Why the guest is not frozen; nil before the first judgement and once it is.
    package private(set) var notYet: NotYet?

    package init(_ configuration: Configuration) { self.configuration = configuration }

    /// Whether the guest is paused and no survey of everything is allowed.
    package var isFrozen: Bool {
        switch state {
        case .surveying(_, let isFrozen), .copying(let isFrozen): isFrozen
        case .settled: true
        case .idle, .freezing, .ended: false
        }
    }

    package mutating func handle(_ event: Event, at now: MonotonicTime) -> Action {
        switch (event, state) {
        case (.stopped, _):
            state = .ended
            return .none
        case (_, .ended):
            // What was under way when the move ended still reports.
            return .none
        case (.start, .idle):
            startedAt = now
            return survey(configuration.lanes, .everything, isFrozen: false)
        case (.surveyed(let lanes, let cost), .surveying(let order, let isFrozen)):
            return surveyed(lanes, barrier: cost, order: order, isFrozen: isFrozen, at: now)
        case (.surveyFailed(let lanes, let failure), .surveying(_, let isFrozen)):
            return surveyFailed(lanes, failure, isFrozen: isFrozen)
        case (.copied(let lanes), .copying(let isFrozen)):
            return copied(lanes, isFrozen: isFrozen)
        case (.frozen, .freezing):
            // The judged round was not copied: what is found now joins it.
            notYet = nil
            return survey(configuration.lanes, .changes, isFrozen: true, beginsRound: false)
        case (.freezePostponed(let cost), .freezing):
            barrier = cost
            notYet = .barrierTooSlow(cost, limit: (configuration.policy.downtimeBudget ?? .zero) / 2)
            nextDelay = Self.pauseAfterSlowBarrier
            return copyOrLookAgain()
        case (.harvestAgain, .settled):
            let memory = configuration.lanes.filter { $0 == .memory }
            guard !memory.isEmpty else { return .restSettled }
            round += 1
            return survey(memory, .changes, isFrozen: true)
        case (.start, _), (.surveyed, _), (.surveyFailed, _), (.copied, _), (.frozen, _), (.freezePostponed, _),
            (.harvestAgain, _):
            preconditionFailure("the driver reported \(event) while \(state)")
        }
    }

    private mutating func survey(
        _ lanes: [LaneKind], _ scope: SurveyScope, isFrozen: Bool, beginsRound: Bool = true
    ) -> Action {
        precondition(!isFrozen || scope == .changes, "a frozen guest is not surveyed whole")
        let order = SurveyOrder(
            round: round, beginsRound: beginsRound, lanes: lanes.map { .init(kind: $0, scope: scope) },
            needsBarrier: configuration.needsBarrier && !isFrozen, delay: isFrozen ? .zero : nextDelay)
        nextDelay = .zero
        if beginsRound { found = 0 }
        state = .surveying(order, isFrozen: isFrozen)
        return .survey(order)
    }

    private mutating func surveyFailed(_ lanes: [LaneKind], _ failure: Failure, isFrozen: Bool) -> Action {
        surveyFailures += 1
        let names = lanes.map(\.description).joined(separator: ", ")
        guard !isFrozen, surveyFailures <= Self.surveyFailuresMaximum else {
            state = .ended
            return .giveUp(
                Failure(
                    TransferFault.laneUntrusted,
                    isFrozen
                        ? "The \(names) of the paused machine could not be surveyed, so what the target lacks is unknown."
                        : "Surveying \(names) failed \(surveyFailures) times.",
                    cause: failure))
        }
        return survey(lanes, .everything, isFrozen: false, beginsRound: false)
    }

    private mutating func surveyed(
        _ lanes: [Surveyed], barrier cost: Duration?, order: SurveyOrder, isFrozen: Bool, at now: MonotonicTime
    ) -> Action {
        for lane in lanes {
            pending[lane.kind] = lane.pending
            found += lane.found
        }
        if let cost { barrier = cost }
        if let surveyedAt, round > 0 {
            let seconds = (now - surveyedAt).inSeconds
            if seconds > 0 { dirtyRate = Double(found) / seconds }
        }
        surveyedAt = now
        if isFrozen {
            return pending.values.reduce(0, +) > 0 ? copyRest() : settle()
        }
        let facts = RoundFacts(
            round: round,
            lanes: configuration.lanes.map {
                RoundFacts.Lane(kind: $0, pending: pending[$0] ?? 0, rate: rates[$0]?.bytesPerSecond)
            },
            dirtyRate: dirtyRate, elapsed: now - (startedAt ?? now),
            barrier: configuration.needsBarrier ? barrier : nil,
            deviceState: configuration.deviceState)
        self.facts = facts
        guard round < Self.roundsMaximum else {
            return giveUp(.didNotConverge(rounds: round, forecast: nil, limit: .zero), facts)
        }
        switch configuration.policy.judge(facts) {
        case .copyAgain(let reason):
            notYet = reason
            if facts.pending == 0 { nextDelay = Self.pauseAfterSlowBarrier }
            return copyOrLookAgain()
        case .freeze(let plan):
            notYet = nil
            state = .freezing
            return .freeze(plan)
        case .giveUp(let reason):
            return giveUp(reason, facts)
        }
    }

    /// The guest runs on: copy the round, or look again after a breath where there is nothing to copy.
    private mutating func copyOrLookAgain() -> Action {
        if pending.values.contains(where: { $0 > 0 }) {
            state = .copying(isFrozen: false)
            return .copy(round: round)
        }
        round += 1
        return survey(configuration.lanes, .changes, isFrozen: false)
    }

    private mutating func giveUp(_ reason: GiveUpReason, _ facts: RoundFacts) -> Action {
        state = .ended
        return .giveUp(reason.failure(facts))
    }

    private mutating func copyRest() -> Action {
        state = .copying(isFrozen: true)
        return .copy(round: round)
    }

    private mutating func settle() -> Action {
        state = .settled
        return .restSettled
    }

    private mutating func copied(_ lanes: [Copied], isFrozen: Bool) -> Action {
        for lane in lanes {
            rates[lane.kind, default: RateEstimate()].learn(bytes: lane.bytes, busy: lane.busy)
            pending[lane.kind] = lane.pending
        }
        let deferred = pending.values.reduce(0, +)
        if isFrozen {
            guard deferred > 0 else { return settle() }
            frozenRounds += 1
            guard frozenRounds <= Self.frozenRoundsMaximum else {
                state = .ended
                return .giveUp(
                    Failure(
                        TransferFault.laneUntrusted,
                        "The paused machine still changes after \(frozenRounds) rounds: \(ByteCount(deferred)) left."))
            }
            round += 1
            return survey(configuration.lanes, .changes, isFrozen: true)
        }
        round += 1
        return survey(configuration.lanes, .changes, isFrozen: false)
    }
}
