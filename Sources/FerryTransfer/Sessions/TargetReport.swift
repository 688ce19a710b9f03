package import FerryCore

/// How a move ended at the target.
package enum TargetOutcome: Sendable {
    case runsHere
    /// The machine belongs to this host, but its guest is dead or does not answer.
    case ownedHere(Failure)
    /// Nothing of the machine is left here: its hypervisor is dead, and REFUSED is recorded.
    case refused(Failure)
    /// The session was suspended while READY, waiting for a grant. `TargetSession.recover` goes on.
    case inDoubt
}

package struct TargetReport: Sendable {
    package internal(set) var outcome: TargetOutcome
    /// Applied.
    package internal(set) var memoryBytes: UInt64 = 0
    package internal(set) var diskBytes: UInt64 = 0
    /// Rounds the source began.
    package internal(set) var rounds = 0
    package internal(set) var isEncrypted = false
    /// The source has said GONE: it has recorded that the machine is this host's.
    package internal(set) var isConfirmed = false

    init(outcome: TargetOutcome) { self.outcome = outcome }
}
