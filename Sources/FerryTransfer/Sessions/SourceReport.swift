package import FerryCore

/// How a move ended at the source.
package enum SourceOutcome: Sendable {
    /// The guest runs at the target; what is left here may be removed.
    case moved
    /// The guest runs here, as before.
    case keptHere(Failure)
    /// The machine belongs to this host, but its guest is dead or cannot be made to run.
    case stoppedHere(Failure)
    /// The session was suspended while nobody knows where the guest may run. It stays paused; `SourceSession.recover` goes on.
    case inDoubt
}

package struct SourceReport: Sendable {
    package internal(set) var outcome: SourceOutcome
    /// Rounds begun, those of the frozen guest included.
    package internal(set) var rounds = 0
    /// Bytes acknowledged over all rounds, zeroes and holes counted at full length.
    package internal(set) var memoryBytes: UInt64 = 0
    package internal(set) var diskBytes: UInt64 = 0
    /// Sent on the data connections, framing included.
    package internal(set) var wireBytes: UInt64 = 0
    /// Time the guest's I/O was drained by barriers.
    package internal(set) var barrierTime = Duration.zero
    package internal(set) var totalTime = Duration.zero
    /// Of that, until the target had the planned machine and room for it, without our own first survey; nil when it never did.
    package internal(set) var preparationTime: Duration?
    /// nil when the guest never paused, or the move did not succeed.
    package internal(set) var blackout: BlackoutReport?
    package internal(set) var connectionsOpened = 0
    /// The target has the device state: from then on it may have been READY.
    package internal(set) var mayTargetBeReady = false
    /// What could not be cleaned up after a move that succeeded.
    package internal(set) var cleanUpFailures: [Failure] = []

    init(outcome: SourceOutcome) { self.outcome = outcome }
}
