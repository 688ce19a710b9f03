package import FerryCore

/// The source's side of a move's end: while rounds are copied it waits (`idle`), then it runs the switch from the last barrier
/// to GONE. From its making to `finished`, every failure, cancel and lost control channel of the move goes to it.
///
///     idle ▶ draining ▶ pausing ▶ copyingRest ▶ finishing ▶ harvesting ▶ awaitingReady ▶ releasing ▶ awaitingRunning ▶ closing ▶ ended
///              │           └──────────┴────────────┴────────────┴────────────┘              │             │    ▲
///            (idle)                   │ anything fails, cancel, link lost                   │             ▼    │
///                                     ▼                                                     │          inDoubt─┘
///                                 resuming ▶ ended (kept here)                              ▼             │
///                                     ▲                                                 refusing ◀────────┘ target's REFUSED
///                                     └─────────────────────────────────────────────────────┘
///
/// The line is RELEASED. Before it the source may resume at any time by itself, because the target never runs without a
/// grant. From the moment RELEASED *may* be on stable storage, only the target's durable REFUSED brings the guest back, and
/// the source records REFUSED before it resumes; until then the guest stays paused and the target is asked again and again.
///
/// In a move with a witness its decision for the source is as good as that REFUSED (rule W2 of `OwnershipWitness`). It is asked only
/// in doubt, and only once the target had time for its own last word: asked early it would take the machine from a target that is
/// merely slow. Decided for the target, the source waits on, as without a witness.
///
/// The driver performs each action and answers with the event named on it. Events that come late (work that was under way
/// when the machine changed its mind) are ignored. It calls `handle(.tick)` at `wakeUp`.
package struct SourceCutoverMachine: Sendable {
    private enum State: Sendable {
        /// Rounds are copied. → draining, pausing, aborting
        case idle
        /// → pausing, idle (postponed), aborting
        case draining(FreezePlan)
        /// → copyingRest, resuming
        case pausing
        /// → finishing, resuming
        case copyingRest(isPrepared: Bool, isSealed: Bool, isReleased: Bool)
        /// → harvesting, resuming
        case finishing
        /// → awaitingReady, resuming
        case harvesting
        /// → releasing, resuming
        case awaitingReady
        /// RELEASED is being written. → awaitingRunning, inDoubt, refusing
        case releasing(refusal: Failure?)
        /// GRANT is sent. → closing, inDoubt, refusing
        case awaitingRunning
        /// The guest is paused here; whether it runs there is unknown. → closing, refusing
        case inDoubt(mayGrant: Bool)
        /// REFUSED is being written before the guest may run here again. → resuming, refusing
        case refusing(Failure, isWriting: Bool)
        /// → aborting, resuming (again)
        case resuming(Failure, attempts: Int, isWaiting: Bool)
        /// REFUSED is being written; the guest runs here, or is dead. → ended
        case aborting(Outcome)
        /// GONE is being written. → ended, closing
        case closing(isWriting: Bool)
        case ended
    }

    private static let resumeAttemptsMaximum = 5

    private let configuration: Configuration
    private var state = State.idle
    private var deadline: MonotonicTime?
    private var isGuestDead = false
    private var hasRecordedRefusal = false
    /// When the witness may be asked; nil without one, and once it has decided.
    private var claimDue: MonotonicTime?
    /// The witness has given the machine to the target: only the target's word ends the doubt.
    package private(set) var isDecidedForTarget = false

    /// nil until `finished`.
    package private(set) var outcome: Outcome?

    package init(_ configuration: Configuration) { self.configuration = configuration }

    /// A machine for a host that restarted with RELEASED as its newest record: in doubt from the first moment. The first tick
    /// asks.
    package init(restartedWithReleased configuration: Configuration, guestIsDead: Bool, at now: MonotonicTime) {
        self.configuration = configuration
        isGuestDead = guestIsDead
        state = .inDoubt(mayGrant: true)
        deadline = now
        if configuration.witness != nil { claimDue = now + configuration.timeouts.witnessPatience }
    }

    /// When `tick` is due; nil while nothing is waited for.
    package var wakeUp: MonotonicTime? { deadline }

    /// Whether the source may no longer resume by itself.
    package var isPastRelease: Bool {
        switch state {
        case .releasing, .awaitingRunning, .inDoubt, .refusing, .closing: true
        case .idle, .draining, .pausing, .copyingRest, .finishing, .harvesting, .awaitingReady, .resuming, .aborting,
            .ended:
            false
        }
    }

    /// Whether the guest stands still on both hosts until one of them learns more.
    package var isInDoubt: Bool {
        switch state {
        case .inDoubt: true
        case .idle, .draining, .pausing, .copyingRest, .finishing, .harvesting, .awaitingReady, .releasing,
            .awaitingRunning, .refusing, .resuming, .aborting, .closing, .ended:
            false
        }
    }

    package mutating func handle(_ event: Event, at now: MonotonicTime) -> [Action] {
        switch event {
        case .begin(let plan): begin(plan)
        case .drained(let cost): drained(cost)
        case .paused: paused()
        case .deviceStatePrepared: deviceStatePrepared()
        case .restSettled: restSettled(at: now)
        case .disksReleased: disksReleased()
        case .deviceStateFinished(let byteCount): deviceStateFinished(byteCount)
        case .ready: ready()
        case .running: running()
        case .refused(let failure): refused(failure)
        case .recorded(let role): recorded(role, at: now)
        case .recordFailed(let role, let failure): recordFailed(role, failure, at: now)
        case .resumed: resumed()
        case .resumeFailed(let failure): resumeFailed(failure, at: now)
        case .failed(let failure): failed(failure)
        case .linkLost(let failure): linkLost(failure, at: now)
        case .cancel: cancel()
        case .guestDied(let failure): guestDied(failure)
        case .standing(let standing): self.standing(standing, at: now)
        case .witnessed(let side): witnessed(side)
        case .tick: tick(at: now)
        }
    }

    // MARK: The way there

    private mutating func begin(_ plan: FreezePlan) -> [Action] {
        guard case .idle = state else { return [] }
        guard configuration.needsBarrier else {
            state = .pausing
            return [.pause]
        }
        state = .draining(plan)
        return [.drain]
    }

    private mutating func drained(_ cost: Duration) -> [Action] {
        guard case .draining(let plan) = state else { return [] }
        if let limit = plan.barrierLimit, cost > limit {
            state = .idle
            return [.postpone(barrier: cost)]
        }
        state = .pausing
        return [.pause]
    }

    private mutating func paused() -> [Action] {
        guard case .pausing = state else { return [] }
        state = .copyingRest(isPrepared: false, isSealed: false, isReleased: false)
        return [.beginDeviceState, .copyRest]
    }

    private mutating func deviceStatePrepared() -> [Action] {
        guard case .copyingRest(false, let isSealed, let isReleased) = state else { return [] }
        state = .copyingRest(isPrepared: true, isSealed: isSealed, isReleased: isReleased)
        return finishIfComplete()
    }

    private mutating func restSettled(at now: MonotonicTime) -> [Action] {
        switch state {
        case .copyingRest(let isPrepared, false, _):
            state = .copyingRest(isPrepared: isPrepared, isSealed: true, isReleased: false)
            deadline = now + configuration.timeouts.disksReleased
            return [.seal]
        case .harvesting:
            state = .awaitingReady
            deadline = now + configuration.timeouts.ready
            return [.sendDeviceState]
        case .copyingRest, .idle, .draining, .pausing, .finishing, .awaitingReady, .releasing, .awaitingRunning,
            .inDoubt,
            .refusing, .resuming, .aborting, .closing, .ended:
            return []
        }
    }

    private mutating func disksReleased() -> [Action] {
        switch state {
        case .copyingRest(let isPrepared, true, _):
            deadline = nil
            state = .copyingRest(isPrepared: isPrepared, isSealed: true, isReleased: true)
            return finishIfComplete()
        case .copyingRest, .draining, .pausing:
            return abort(violation("that its disks are released before it was asked"))
        case .idle, .finishing, .harvesting, .awaitingReady, .releasing, .awaitingRunning, .inDoubt, .refusing,
            .resuming,
            .aborting, .closing, .ended:
            return []
        }
    }

    private mutating func finishIfComplete() -> [Action] {
        guard case .copyingRest(true, true, true) = state else { return [] }
        state = .finishing
        return [.finishDeviceState]
    }

    private mutating func deviceStateFinished(_ byteCount: Int) -> [Action] {
        guard case .finishing = state else { return [] }
        guard byteCount <= configuration.deviceStateLimit else {
            return abort(
                Failure(
                    TransferFault.deviceStateTooLarge,
                    "The device state is \(ByteCount(UInt64(byteCount))), more than "
                        + "\(ByteCount(UInt64(configuration.deviceStateLimit))): it would carry guest memory."))
        }
        state = .harvesting
        return [.harvestAgain]
    }

    private mutating func ready() -> [Action] {
        switch state {
        case .awaitingReady:
            deadline = nil
            state = .releasing(refusal: nil)
            return [.record(.released)]
        case .idle, .draining, .pausing, .copyingRest, .finishing, .harvesting:
            return abort(violation("READY before it had the device state"))
        case .releasing, .awaitingRunning, .inDoubt, .refusing, .resuming, .aborting, .closing, .ended:
            return []
        }
    }

    private mutating func running() -> [Action] {
        switch state {
        case .awaitingRunning, .inDoubt:
            return close()
        case .idle, .draining, .pausing, .copyingRest, .finishing, .harvesting, .awaitingReady:
            // A peer that runs without a grant is broken. It may be lying or running: the guest here is what we vouch for.
            return abort(violation("RUNNING without a grant"))
        case .releasing, .refusing, .resuming, .aborting, .closing, .ended:
            return []
        }
    }

    private mutating func close() -> [Action] {
        deadline = nil
        state = .closing(isWriting: true)
        return [.record(.gone)]
    }

    // MARK: Records

    private mutating func recorded(_ role: OwnershipRole, at now: MonotonicTime) -> [Action] {
        switch (role, state) {
        case (.released, .releasing(let refusal)):
            if let refusal { return refuse(refusal) }
            state = .awaitingRunning
            deadline = now + configuration.timeouts.running
            return [.sendGrant]
        case (.refused, .refusing(let failure, isWriting: true)):
            hasRecordedRefusal = true
            return resume(failure)
        case (.refused, .aborting(let outcome)):
            return end(outcome)
        case (.gone, .closing(isWriting: true)):
            return end(.moved)
        case (.owner, _), (.prepared, _), (.ready, _), (.granted, _), (.released, _), (.refused, _), (.gone, _):
            return []
        }
    }

    private mutating func recordFailed(_ role: OwnershipRole, _ failure: Failure, at now: MonotonicTime) -> [Action] {
        switch (role, state) {
        case (.released, .releasing(let refusal)):
            // It may have reached the disk. Nothing is granted any more; the target's REFUSED makes it certain.
            if let refusal { return refuse(refusal) }
            doubt(mayGrant: false, at: now)
            return [.abandonTarget, .askTarget]
        case (.refused, .refusing(let first, isWriting: true)):
            state = .refusing(first, isWriting: false)
            deadline = now + configuration.timeouts.askAgain
            return []
        case (.refused, .aborting(let outcome)):
            // OWNER is still the newest record: true, only less tidy.
            return end(outcome)
        case (.gone, .closing(isWriting: true)):
            state = .closing(isWriting: false)
            deadline = now + configuration.timeouts.askAgain
            return []
        case (.owner, _), (.prepared, _), (.ready, _), (.granted, _), (.released, _), (.refused, _), (.gone, _):
            return []
        }
    }

    // MARK: The way back

    private mutating func failed(_ failure: Failure) -> [Action] {
        switch state {
        case .idle, .draining, .pausing, .copyingRest, .finishing, .harvesting, .awaitingReady:
            return abort(failure)
        case .releasing, .awaitingRunning, .inDoubt, .refusing, .resuming, .aborting, .closing, .ended:
            return []
        }
    }

    private mutating func linkLost(_ failure: Failure, at now: MonotonicTime) -> [Action] {
        switch state {
        case .idle, .draining, .pausing, .copyingRest, .finishing, .harvesting, .awaitingReady:
            return abort(failure)
        case .awaitingRunning:
            doubt(mayGrant: true, at: now)
            return [.askTarget]
        case .releasing, .inDoubt, .refusing, .resuming, .aborting, .closing, .ended:
            return []
        }
    }

    private mutating func cancel() -> [Action] {
        switch state {
        case .idle, .draining, .pausing, .copyingRest, .finishing, .harvesting, .awaitingReady:
            return abort(
                Failure(
                    TransferFault.cancelled,
                    "The move to '\(configuration.targetName)' was cancelled.", target: configuration.targetName))
        case .releasing, .awaitingRunning, .inDoubt, .closing:
            return [.answerTooLate]
        case .refusing, .resuming, .aborting, .ended:
            return []
        }
    }

    private mutating func guestDied(_ failure: Failure) -> [Action] {
        isGuestDead = true
        switch state {
        case .idle, .draining, .pausing, .copyingRest, .finishing, .harvesting:
            return abort(failure)
        case .resuming(let first, _, _):
            return settleAbort(.stoppedHere(first))
        case .awaitingReady, .releasing, .awaitingRunning, .inDoubt, .refusing, .aborting, .closing, .ended:
            // The target has every byte of it already: the move is the guest's best chance.
            return []
        }
    }

    private mutating func refused(_ failure: Failure) -> [Action] {
        switch state {
        case .idle, .draining, .pausing, .copyingRest, .finishing, .harvesting, .awaitingReady:
            return abort(refusal(failure))
        case .releasing(nil):
            state = .releasing(refusal: refusal(failure))
            return []
        case .awaitingRunning, .inDoubt:
            return refuse(refusal(failure))
        case .releasing, .refusing, .resuming, .aborting, .closing, .ended:
            return []
        }
    }

    private mutating func standing(_ standing: OwnershipStanding, at now: MonotonicTime) -> [Action] {
        switch state {
        case .awaitingRunning, .inDoubt:
            break
        case .idle, .draining, .pausing, .copyingRest, .finishing, .harvesting, .awaitingReady, .releasing, .refusing,
            .resuming, .aborting, .closing, .ended:
            return []
        }
        guard standing.epoch == configuration.epoch, let role = standing.role else { return [] }
        switch role {
        case .owner:
            return close()
        case .refused:
            return refuse(
                refusal(
                    Failure(TransferFault.targetRefused, "Its record of this migration says REFUSED.")))
        case .ready, .granted:
            guard case .inDoubt(let mayGrant) = state else { return [] }
            return mayGrant ? [.sendGrant] : [.abandonTarget]
        case .prepared, .released, .gone:
            return []
        }
    }

    private mutating func doubt(mayGrant: Bool, at now: MonotonicTime) {
        state = .inDoubt(mayGrant: mayGrant)
        deadline = now + configuration.timeouts.askAgain
        if configuration.witness != nil { claimDue = now + configuration.timeouts.witnessPatience }
    }

    private mutating func witnessed(_ side: OwnershipSide) -> [Action] {
        // Nobody but a machine in doubt has asked; what comes later says nothing that is not known.
        guard case .inDoubt = state, let witness = configuration.witness else { return [] }
        claimDue = nil
        switch side {
        case .source:
            return refuse(
                Failure(
                    TransferFault.witnessDecided,
                    "'\(configuration.targetName)' has not said whether it runs the machine, and the witness '\(witness)' decided that it stays on this host.",
                    target: configuration.targetName))
        case .target:
            isDecidedForTarget = true
            return []
        }
    }

    private mutating func tick(at now: MonotonicTime) -> [Action] {
        guard let due = deadline, due <= now else { return [] }
        deadline = nil
        switch state {
        case .copyingRest:
            return abort(.timedOutReceiving("the release of its disks", from: configuration.targetName))
        case .awaitingReady:
            return abort(.timedOutReceiving("READY", from: configuration.targetName))
        case .awaitingRunning:
            doubt(mayGrant: true, at: now)
            return [.askTarget]
        case .inDoubt(let mayGrant):
            deadline = now + configuration.timeouts.askAgain
            let claim: [Action] = claimDue.map { $0 <= now } == true ? [.askWitness] : []
            return (mayGrant ? [.askTarget] : [.abandonTarget, .askTarget]) + claim
        case .refusing(let failure, isWriting: false):
            return refuse(failure)
        case .resuming(let failure, let attempts, isWaiting: true):
            state = .resuming(failure, attempts: attempts, isWaiting: false)
            return [.resumeGuest]
        case .closing(isWriting: false):
            return close()
        case .idle, .draining, .pausing, .finishing, .harvesting, .releasing, .refusing, .resuming, .aborting, .closing,
            .ended:
            return []
        }
    }

    /// Before RELEASED: the guest is ours, at once.
    private mutating func abort(_ failure: Failure) -> [Action] {
        deadline = nil
        if isGuestDead { return [.abandonTarget] + settleAbort(.stoppedHere(failure)) }
        switch state {
        case .idle, .draining:
            // Never paused.
            return [.abandonTarget] + settleAbort(.keptHere(failure))
        case .pausing, .copyingRest, .finishing, .harvesting, .awaitingReady, .releasing, .awaitingRunning, .inDoubt,
            .refusing, .resuming, .aborting, .closing, .ended:
            return resume(failure) + [.abandonTarget]
        }
    }

    /// After RELEASED, with the target's REFUSED in hand: ours again once our own record says so.
    private mutating func refuse(_ failure: Failure) -> [Action] {
        deadline = nil
        state = .refusing(failure, isWriting: true)
        return [.record(.refused)]
    }

    private mutating func resume(_ failure: Failure) -> [Action] {
        deadline = nil
        if isGuestDead { return settleAbort(.stoppedHere(failure)) }
        state = .resuming(failure, attempts: 1, isWaiting: false)
        return [.resumeGuest]
    }

    private mutating func resumed() -> [Action] {
        guard case .resuming(let failure, _, _) = state else { return [] }
        return settleAbort(.keptHere(failure))
    }

    private mutating func resumeFailed(_ failure: Failure, at now: MonotonicTime) -> [Action] {
        guard case .resuming(let first, let attempts, false) = state else { return [] }
        guard attempts < Self.resumeAttemptsMaximum else {
            return settleAbort(.stoppedHere(first.adding(cleanUp: failure)))
        }
        state = .resuming(first, attempts: attempts + 1, isWaiting: true)
        deadline = now + configuration.timeouts.askAgain
        return []
    }

    private mutating func settleAbort(_ outcome: Outcome) -> [Action] {
        deadline = nil
        if hasRecordedRefusal { return [.giveBack] + end(outcome) }
        state = .aborting(outcome)
        return [.giveBack, .record(.refused)]
    }

    private mutating func end(_ outcome: Outcome) -> [Action] {
        deadline = nil
        state = .ended
        self.outcome = outcome
        return [.finished]
    }

    private func refusal(_ cause: Failure) -> Failure {
        Failure(
            TransferFault.targetRefused, "'\(configuration.targetName)' gave the machine up; it stays on this host.",
            target: configuration.targetName, cause: cause)
    }

    private func violation(_ what: String) -> Failure {
        Failure(
            TransferFault.protocolViolation, "'\(configuration.targetName)' said \(what).",
            target: configuration.targetName)
    }
}
