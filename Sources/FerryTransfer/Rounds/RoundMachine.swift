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
    private enum State: Sendable {
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
