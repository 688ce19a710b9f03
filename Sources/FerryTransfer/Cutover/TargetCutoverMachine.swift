package import FerryCore

/// The target's side of the switch, from PREPARED to OWNER.
///
///     receiving ▶ releasingDisks ▶ awaitingState ▶ loading ▶ recordingReady ▶ ready ▶ recordingOwner ▶ starting ▶ ended
///         └────────────┴───────────────┴─────────────┴───────────┴──────────────┴─────(lease)┘               │
///                                      ▼                                              cont answered an error │
///                            destroying ▶ refusing ▶ ended (refused)                                         │
///                                ▲                                                                           │
///                                └──────────────────────── withdrawing ◀─────────────────────────────────────┘
///
/// Three rules keep two hosts from running one guest: `runGuest` comes only after the source's RELEASED (its GRANT, or its
/// standing when asked) and our own OWNER on stable storage; `record(.refused)` comes only after the hypervisor is dead; a
/// grant that arrives once the destruction began is ignored.
///
/// In a move with a witness a grant leads to `recordingGrant ▶ claiming` before `recordingOwner`: OWNER is written only when the witness
/// has decided for the target (rule W1 of `OwnershipWitness`). No answer in time is an answer: the guest that never ran is destroyed
/// and REFUSED recorded, so that the source resumes. A runtime that comes back to GRANT asks for a whole lease instead: by then
/// nobody's blackout is at stake, and the copy here may be the only one that lives.
///
/// OWNER is not told to anyone before the guest runs (`standing`): the source would erase its copy, and a `cont` that answers an
/// error could not be taken back. After such an error GRANT is recorded over OWNER before the hypervisor is killed, so that a
/// runtime that dies meanwhile finds a guest that never ran, not a crashed one.
///
/// READY without a grant waits and asks the source, for a bounded lease. When the lease ends the guest that never ran is
/// destroyed and REFUSED recorded: a source that had released it meanwhile learns that and resumes.
package struct TargetCutoverMachine: Sendable {
    private enum State: Sendable {
        /// → releasingDisks, destroying
        case receiving
        /// → awaitingState, destroying
        case releasingDisks
        /// → loading, destroying
        case awaitingState
        /// → recordingReady, destroying
        case loading
        /// → ready, destroying
        case recordingReady
        /// → recordingOwner (recordingGrant in a move with a witness), destroying
        case ready
        /// → claiming, destroying
        case recordingGrant
        /// → recordingOwner, destroying
        case claiming(isRestarted: Bool, isAsking: Bool)
        /// → starting, destroying (lease)
        case recordingOwner(isWriting: Bool)
        /// → ended, withdrawing
        case starting
        /// `cont` answered an error; GRANT is being written over OWNER. → destroying, withdrawing (again)
        case withdrawing(Failure, isWriting: Bool)
        /// → refusing, destroying (again)
        case destroying(Failure, isWaiting: Bool)
        /// → ended, refusing (again)
        case refusing(Failure, isWriting: Bool)
        case ended
    }

    private let configuration: Configuration
    private var state = State.receiving
    private var deadline: MonotonicTime?
    private var leaseEnd: MonotonicTime?
    private var isLinkLost = false

    /// nil until `finished`.
    package private(set) var outcome: Outcome?

    /// A machine whose PREPARED is on stable storage.
    package init(_ configuration: Configuration) { self.configuration = configuration }

    /// A machine for a host that restarted with READY as its newest record and the hypervisor alive. The first tick asks.
    package init(restartedWithReady configuration: Configuration, at now: MonotonicTime) {
        self.configuration = configuration
        state = .ready
        isLinkLost = true
        leaseEnd = now + configuration.timeouts.lease
        deadline = now
    }

    /// A machine for a host that restarted with GRANT as its newest record, in a move with a witness, and the hypervisor alive. The
    /// first tick asks the witness.
    package init(restartedWithGrant configuration: Configuration, at now: MonotonicTime) {
        self.configuration = configuration
        state = .claiming(isRestarted: true, isAsking: false)
        isLinkLost = true
        leaseEnd = now + configuration.timeouts.lease
        deadline = now
    }

    /// When `tick` is due; nil while nothing is waited for.
    package var wakeUp: MonotonicTime? { deadline }

    /// Whether it waits for a grant that the source may or may not have given, or, restarted, for the witness's word.
    package var isAwaitingGrant: Bool {
        switch state {
        case .ready, .claiming(isRestarted: true, _): true
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady, .recordingGrant,
            .claiming(isRestarted: false, _), .recordingOwner, .starting,
            .withdrawing, .destroying, .refusing, .ended:
            false
        }
    }

    /// Whether nothing of the machine runs here any more, and only REFUSED could not be written yet: a later life of the runtime
    /// writes it.
    package var isRefusalUnwritten: Bool {
        if case .refusing(_, isWriting: false) = state { true } else { false }
    }

    /// What this host answers to a question about the migration while this machine lives; afterwards the journal answers.
    /// OWNER shows as GRANT until it can no longer be taken back.
    package func standing(_ journal: OwnershipJournal, isRunning: Bool) -> OwnershipStanding {
        var standing = journal.standing(isRunning: isRunning)
        if outcome == nil, standing.role == .owner { standing.role = .granted }
        return standing
    }

    package mutating func handle(_ event: Event, at now: MonotonicTime) -> [Action] {
        switch event {
        case .sealed: sealed()
        case .disksReleased: disksReleased()
        case .deviceStateArrived: deviceStateArrived()
        case .loaded: loaded()
        case .granted: granted()
        case .running: running()
        case .runRefused(let failure): runRefused(failure)
        case .runUnanswered(let failure): runUnanswered(failure)
        case .recorded(let role): recorded(role, at: now)
        case .recordFailed(let role, let failure): recordFailed(role, failure, at: now)
        case .destroyed: destroyed()
        case .destroyFailed(let failure): destroyFailed(failure, at: now)
        case .failed(let failure): failed(failure)
        case .linkLost(let failure): linkLost(failure, at: now)
        case .abandon(let failure): abandon(failure)
        case .guestDied(let failure): guestDied(failure)
        case .standing(let standing): self.standing(standing)
        case .witnessed(let side): witnessed(side)
        case .witnessFailed(let failure): witnessFailed(failure, at: now)
        case .vouched: vouched()
        case .tick: tick(at: now)
        }
    }

    // MARK: The way there

    private mutating func sealed() -> [Action] {
        switch state {
        case .receiving:
            state = .releasingDisks
            return [.releaseDisks]
        case .releasingDisks, .awaitingState, .loading, .recordingReady, .ready:
            return destroy(violation("that everything is sent, twice"))
        case .recordingGrant, .claiming, .recordingOwner, .starting, .withdrawing, .destroying, .refusing, .ended:
            return []
        }
    }

    private mutating func disksReleased() -> [Action] {
        guard case .releasingDisks = state else { return [] }
        state = .awaitingState
        return [.sendDisksReleased]
    }

    private mutating func deviceStateArrived() -> [Action] {
        switch state {
        case .awaitingState:
            state = .loading
            return [.loadDeviceState]
        case .receiving, .releasingDisks, .loading, .recordingReady, .ready:
            return destroy(violation("the device state out of turn"))
        case .recordingGrant, .claiming, .recordingOwner, .starting, .withdrawing, .destroying, .refusing, .ended:
            return []
        }
    }

    private mutating func loaded() -> [Action] {
        guard case .loading = state else { return [] }
        state = .recordingReady
        return [.record(.ready)]
    }

    private mutating func granted() -> [Action] {
        switch state {
        case .ready:
            guard configuration.witness != nil else { return own() }
            deadline = nil
            state = .recordingGrant
            return [.record(.granted)]
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady:
            return destroy(violation("GRANT before READY"))
        case .recordingGrant, .claiming, .recordingOwner, .starting, .withdrawing, .destroying, .refusing, .ended:
            // A repeated grant, or one that came too late to be obeyed: the source learns REFUSED.
            return []
        }
    }

    private mutating func own() -> [Action] {
        deadline = nil
        state = .recordingOwner(isWriting: true)
        return [.record(.owner)]
    }

    private mutating func witnessed(_ side: OwnershipSide) -> [Action] {
        guard case .claiming = state, let witness = configuration.witness else { return [] }
        switch side {
        case .target: return own()
        case .source:
            return destroy(
                Failure(
                    TransferFault.witnessDecided,
                    "The witness '\(witness)' decided that the machine stays on '\(configuration.sourceName)'; what was copied here is discarded.",
                    target: witness))
        }
    }

    private mutating func witnessFailed(_ failure: Failure, at now: MonotonicTime) -> [Action] {
        guard case .claiming(let isRestarted, _) = state, let witness = configuration.witness else { return [] }
        guard isRestarted, leaseEnd.map({ $0 > now }) == true else { return destroy(silent(witness, failure)) }
        state = .claiming(isRestarted: true, isAsking: false)
        deadline = now + configuration.timeouts.askAgain
        return []
    }

    private func silent(_ witness: String, _ cause: Failure? = nil) -> Failure {
        Failure(
            TransferFault.witnessSilent,
            "The witness '\(witness)' did not answer in time, so the machine does not run on this host; what was copied here is discarded.",
            target: witness, cause: cause)
    }

    private mutating func vouched() -> [Action] {
        switch state {
        case .ready, .claiming: own()
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady, .recordingGrant, .recordingOwner,
            .starting, .withdrawing, .destroying, .refusing, .ended:
            []
        }
    }

    private mutating func running() -> [Action] {
        guard case .starting = state else { return [] }
        return [.sendRunning] + end(.runsHere)
    }

    private mutating func recorded(_ role: OwnershipRole, at now: MonotonicTime) -> [Action] {
        switch (role, state) {
        case (.ready, .recordingReady):
            state = .ready
            leaseEnd = now + configuration.timeouts.lease
            deadline = now + configuration.timeouts.askAgain
            return isLinkLost ? [.askSource] : [.sendReady]
        case (.owner, .recordingOwner(isWriting: true)):
            state = .starting
            deadline = nil
            return [.runGuest]
        case (.granted, .recordingGrant):
            state = .claiming(isRestarted: false, isAsking: true)
            deadline = now + configuration.timeouts.witness
            return [.askWitness]
        case (.granted, .withdrawing(let failure, isWriting: true)):
            return destroy(failure)
        case (.refused, .refusing(let failure, isWriting: true)):
            return [.sendRefused] + end(.refused(failure))
        case (.owner, _), (.prepared, _), (.ready, _), (.granted, _), (.released, _), (.refused, _), (.gone, _):
            return []
        }
    }

    private mutating func recordFailed(_ role: OwnershipRole, _ failure: Failure, at now: MonotonicTime) -> [Action] {
        switch (role, state) {
        case (.ready, .recordingReady), (.granted, .recordingGrant):
            return destroy(failure)
        case (.owner, .recordingOwner(isWriting: true)):
            // The source has released it: try again as long as the lease lasts.
            if let leaseEnd, leaseEnd <= now { return destroy(failure) }
            state = .recordingOwner(isWriting: false)
            deadline = now + configuration.timeouts.askAgain
            return []
        case (.granted, .withdrawing(let first, isWriting: true)):
            state = .withdrawing(first, isWriting: false)
            deadline = now + configuration.timeouts.askAgain
            return []
        case (.refused, .refusing(let first, isWriting: true)):
            state = .refusing(first, isWriting: false)
            deadline = now + configuration.timeouts.askAgain
            return []
        case (.owner, _), (.prepared, _), (.ready, _), (.granted, _), (.released, _), (.refused, _), (.gone, _):
            return []
        }
    }

    // MARK: The way back

    private mutating func failed(_ failure: Failure) -> [Action] {
        switch state {
        case .receiving, .releasingDisks, .awaitingState, .loading:
            return destroy(failure)
        case .recordingReady, .ready, .recordingGrant, .claiming, .recordingOwner, .starting, .withdrawing, .destroying,
            .refusing, .ended:
            return []
        }
    }

    private mutating func linkLost(_ failure: Failure, at now: MonotonicTime) -> [Action] {
        switch state {
        case .receiving, .releasingDisks, .awaitingState, .loading:
            // READY was never said, so nothing was or will be granted.
            return destroy(failure)
        case .recordingReady:
            isLinkLost = true
            return []
        case .ready:
            isLinkLost = true
            deadline = now + configuration.timeouts.askAgain
            return [.askSource]
        case .recordingGrant, .claiming, .recordingOwner, .starting, .withdrawing, .destroying, .refusing, .ended:
            return []
        }
    }

    private mutating func abandon(_ failure: Failure) -> [Action] {
        switch state {
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady, .ready, .recordingGrant, .claiming:
            return destroy(failure)
        case .recordingOwner, .starting:
            return [.answerTooLate]
        case .ended:
            switch outcome {
            case .runsHere, .ownedHere: return [.answerTooLate]
            case .refused: return [.sendRefused]
            case nil: return []
            }
        case .withdrawing, .destroying, .refusing:
            return []
        }
    }

    private mutating func guestDied(_ failure: Failure) -> [Action] {
        switch state {
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady, .ready, .recordingGrant, .claiming,
            .recordingOwner:
            return destroy(failure)
        case .starting:
            // `cont` may have reached it: a crashed machine of this host, never REFUSED.
            return end(.ownedHere(failure))
        case .withdrawing, .destroying, .refusing, .ended:
            return []
        }
    }

    private mutating func runRefused(_ failure: Failure) -> [Action] {
        guard case .starting = state else { return [] }
        return withdraw(failure)
    }

    private mutating func withdraw(_ failure: Failure) -> [Action] {
        state = .withdrawing(failure, isWriting: true)
        return [.record(.granted)]
    }

    private mutating func runUnanswered(_ failure: Failure) -> [Action] {
        guard case .starting = state else { return [] }
        return end(.ownedHere(failure))
    }

    private mutating func standing(_ standing: OwnershipStanding) -> [Action] {
        switch state {
        case .ready, .claiming: break
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady, .recordingGrant, .recordingOwner,
            .starting, .withdrawing, .destroying, .refusing, .ended:
            return []
        }
        guard standing.epoch == configuration.epoch, let role = standing.role else { return [] }
        switch role {
        case .released:
            return granted()
        case .refused:
            return destroy(resumed)
        case .owner:
            // It was paused when we became ready, so one that runs has been resumed.
            return standing.isRunning ? destroy(resumed) : []
        case .prepared, .ready, .granted, .gone:
            return []
        }
    }

    private mutating func tick(at now: MonotonicTime) -> [Action] {
        guard let due = deadline, due <= now else { return [] }
        deadline = nil
        switch state {
        case .ready:
            if let leaseEnd, leaseEnd <= now {
                return destroy(.timedOutReceiving("GRANT", from: configuration.sourceName))
            }
            deadline = now + configuration.timeouts.askAgain
            return [.askSource]
        case .claiming(let isRestarted, let isAsking):
            guard let witness = configuration.witness else { return [] }
            guard isRestarted, leaseEnd.map({ $0 > now }) == true else { return destroy(silent(witness)) }
            // A question of which nothing was heard is asked again.
            deadline = now + (isAsking ? configuration.timeouts.askAgain : configuration.timeouts.witness)
            state = .claiming(isRestarted: true, isAsking: !isAsking)
            return isAsking ? [] : [.askWitness]
        case .recordingOwner(isWriting: false):
            state = .recordingOwner(isWriting: true)
            return [.record(.owner)]
        case .withdrawing(let failure, isWriting: false):
            return withdraw(failure)
        case .destroying(let failure, isWaiting: true):
            return destroy(failure)
        case .refusing(let failure, isWriting: false):
            state = .refusing(failure, isWriting: true)
            return [.record(.refused)]
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady, .recordingGrant, .recordingOwner,
            .starting, .withdrawing, .destroying, .refusing, .ended:
            return []
        }
    }

    private mutating func destroy(_ failure: Failure) -> [Action] {
        deadline = nil
        state = .destroying(failure, isWaiting: false)
        return [.destroyGuest]
    }

    private mutating func destroyed() -> [Action] {
        guard case .destroying(let failure, _) = state else { return [] }
        deadline = nil
        state = .refusing(failure, isWriting: true)
        return [.record(.refused)]
    }

    private mutating func destroyFailed(_ failure: Failure, at now: MonotonicTime) -> [Action] {
        guard case .destroying(let first, false) = state else { return [] }
        state = .destroying(first, isWaiting: true)
        deadline = now + configuration.timeouts.askAgain
        return []
    }

    private mutating func end(_ outcome: Outcome) -> [Action] {
        deadline = nil
        state = .ended
        self.outcome = outcome
        return [.finished]
    }

    private var resumed: Failure {
        Failure(
            TransferFault.cancelled,
            "'\(configuration.sourceName)' kept the machine; what was copied here is discarded.",
            target: configuration.sourceName)
    }

    private func violation(_ what: String) -> Failure {
        Failure(
            TransferFault.protocolViolation, "'\(configuration.sourceName)' sent \(what).",
            target: configuration.sourceName)
    }
}
