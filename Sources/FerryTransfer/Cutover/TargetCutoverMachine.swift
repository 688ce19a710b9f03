package import FerryCore

/// The target's side of the switch, from PREPARED to OWNER.
///
///     receiving ▶ releasingDisks ▶ awaitingState ▶ loading ▶ recordingReady ▶ ready ▶ recordingOwner ▶ starting ▶ ended
///         └────────────┴───────────────┴─────────────┴───────────┴──────────────┴──────────┴(lease)──────┘ cont answered an error
///                                      ▼
///                            destroying ▶ refusing ▶ ended (refused)
///
/// Three rules keep two hosts from running one guest: `runGuest` comes only after the source's RELEASED (its GRANT, or its
/// standing when asked) and our own OWNER on stable storage; `record(.refused)` comes only after the hypervisor is dead; a
/// grant that arrives once the destruction began is ignored.
///
/// READY without a grant waits and asks the source, for a bounded lease. When the lease ends the guest that never ran is
/// destroyed and REFUSED recorded: a source that had released it meanwhile learns that and resumes.
package struct TargetCutoverMachine: Sendable {
    package struct Configuration: Sendable {
        package var epoch: UInt64
        package var sourceName: String
        package var timeouts: CutoverTimeouts

        package init(epoch: UInt64, sourceName: String, timeouts: CutoverTimeouts = CutoverTimeouts()) {
            self.epoch = epoch
            self.sourceName = sourceName
            self.timeouts = timeouts
        }
    }

    package enum Event: Sendable {
        /// The source has every extent acknowledged and asks for flush and release.
        case sealed
        case disksReleased
        /// The whole device state is here.
        case deviceStateArrived
        /// Loaded, status paused, locks obtainable.
        case loaded
        case granted
        case running
        /// `cont` answered an error: the guest has not run.
        case runRefused(Failure)
        /// `cont` was not answered in time: the guest may run.
        case runUnanswered(Failure)
        case recorded(OwnershipRole)
        case recordFailed(OwnershipRole, Failure)
        /// The hypervisor's exit has been awaited.
        case destroyed
        case destroyFailed(Failure)
        /// A local action failed: write, flush, release, load.
        case failed(Failure)
        /// The control channel is gone.
        case linkLost(Failure)
        /// The source gives up, or an administrator here does.
        case abandon(Failure)
        case guestDied(Failure)
        /// The source's record: an answer, or its own question.
        case standing(OwnershipStanding)
        case tick
    }

    package enum Action: Sendable, Hashable {
        /// Flush the sinks, end the storage daemon and await its exit: `disksReleased` or `failed`.
        case releaseDisks
        case sendDisksReleased
        /// `loaded` or `failed`.
        case loadDeviceState
        /// Append to the journal and sync it: `recorded` or `recordFailed`.
        case record(OwnershipRole)
        case sendReady
        /// `cont`: `running`, `runRefused` or `runUnanswered`.
        case runGuest
        case sendRunning
        /// End every guest call and every receiving thread under way; kill the hypervisor, await its exit: `destroyed` or
        /// `destroyFailed`.
        case destroyGuest
        /// REFUSED is on stable storage: say so, if the source can be reached. It also learns it by asking.
        case sendRefused
        /// Ask the source for its standing on a connection of its own, telling ours; `standing`, or nothing.
        case askSource
        /// To whoever abandoned: the machine is here now.
        case answerTooLate
        case finished
    }

    package enum Outcome: Sendable {
        case runsHere
        /// The machine belongs to this host, but its guest is dead or does not answer.
        case ownedHere(Failure)
        case refused(Failure)
    }

    enum State: Sendable {
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
        /// → recordingOwner, destroying
        case ready
        /// → starting, destroying (lease)
        case recordingOwner(isWriting: Bool)
        /// → ended, destroying
        case starting
        /// → refusing, destroying (again)
        case destroying(Failure, isWaiting: Bool)
        /// → ended, refusing (again)
        case refusing(Failure, isWriting: Bool)
        case ended
    }

    private let configuration: Configuration
    var state = State.receiving
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

    /// When `tick` is due; nil while nothing is waited for.
    package var wakeUp: MonotonicTime? { deadline }

    /// Whether it waits for a grant that the source may or may not have given.
    package var isAwaitingGrant: Bool {
        switch state {
        case .ready: true
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady, .recordingOwner, .starting,
            .destroying, .refusing, .ended:
            false
        }
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
        case .recordingOwner, .starting, .destroying, .refusing, .ended:
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
        case .recordingOwner, .starting, .destroying, .refusing, .ended:
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
            deadline = nil
            state = .recordingOwner(isWriting: true)
            return [.record(.owner)]
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady:
            return destroy(violation("GRANT before READY"))
        case .recordingOwner, .starting, .destroying, .refusing, .ended:
            // A repeated grant, or one that came too late to be obeyed: the source learns REFUSED.
            return []
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
        case (.refused, .refusing(let failure, isWriting: true)):
            return [.sendRefused] + end(.refused(failure))
        case (.owner, _), (.prepared, _), (.ready, _), (.granted, _), (.released, _), (.refused, _), (.gone, _):
            return []
        }
    }

    private mutating func recordFailed(_ role: OwnershipRole, _ failure: Failure, at now: MonotonicTime) -> [Action] {
        switch (role, state) {
        case (.ready, .recordingReady):
            return destroy(failure)
        case (.owner, .recordingOwner(isWriting: true)):
            // The source has released it: try again as long as the lease lasts.
            if let leaseEnd, leaseEnd <= now { return destroy(failure) }
            state = .recordingOwner(isWriting: false)
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
        case .recordingReady, .ready, .recordingOwner, .starting, .destroying, .refusing, .ended:
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
        case .recordingOwner, .starting, .destroying, .refusing, .ended:
            return []
        }
    }

    private mutating func abandon(_ failure: Failure) -> [Action] {
        switch state {
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady, .ready:
            return destroy(failure)
        case .recordingOwner, .starting:
            return [.answerTooLate]
        case .ended:
            switch outcome {
            case .runsHere, .ownedHere: return [.answerTooLate]
            case .refused: return [.sendRefused]
            case nil: return []
            }
        case .destroying, .refusing:
            return []
        }
    }

    private mutating func guestDied(_ failure: Failure) -> [Action] {
        switch state {
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady, .ready, .recordingOwner:
            return destroy(failure)
        case .starting:
            // `cont` may have reached it: a crashed machine of this host, never REFUSED.
            return end(.ownedHere(failure))
        case .destroying, .refusing, .ended:
            return []
        }
    }

    private mutating func runRefused(_ failure: Failure) -> [Action] {
        guard case .starting = state else { return [] }
        return destroy(failure)
    }

    private mutating func runUnanswered(_ failure: Failure) -> [Action] {
        guard case .starting = state else { return [] }
        return end(.ownedHere(failure))
    }

    private mutating func standing(_ standing: OwnershipStanding) -> [Action] {
        guard case .ready = state, standing.epoch == configuration.epoch, let role = standing.role else { return [] }
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
        case .recordingOwner(isWriting: false):
            state = .recordingOwner(isWriting: true)
            return [.record(.owner)]
        case .destroying(let failure, isWaiting: true):
            return destroy(failure)
        case .refusing(let failure, isWriting: false):
            state = .refusing(failure, isWriting: true)
            return [.record(.refused)]
        case .receiving, .releasingDisks, .awaitingState, .loading, .recordingReady, .recordingOwner, .starting,
            .destroying, .refusing, .ended:
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
