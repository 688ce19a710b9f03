/// What a host may do with a machine that has an unfinished migration, by its own record and, where known, the peer's. Used
/// when the runtime starts and finds journals it has not closed, and by whoever shows both records to an administrator.
///
/// A journal is closed (and its file retired) when the move's machine says `finished`; from then on a paused guest is one that
/// an administrator paused.
package enum OwnershipDecision: Sendable, Hashable {
    /// The machine is this host's. Record REFUSED (source), make a paused guest run, tell the peer to give up, close.
    case keepHere
    /// The machine is this host's by this migration. Make a paused guest run, answer RUNNING, close.
    case run
    /// The machine is this host's and its guest is dead: a machine that is off. Close; at the source record REFUSED first.
    case ownStopped
    /// The source has released it: record OWNER, then run.
    case becomeOwner
    /// Nobody may run it yet. Pause it should it run; go on as `…(restartedWith…)` of this side's cutover machine, which asks the
    /// other host and, in a move with a witness, the witness.
    case stayPausedAndAsk
    /// Kill the hypervisor, await its exit, record REFUSED where it is not, close.
    case destroyAndRefuse
    /// The machine is the target's: record GONE where it is not, kill what is left here, clean up after the grace time, close.
    case retire
    /// No record, nothing here.
    case nothing

    /// The hypervisor of the machine on this host, as found.
    package enum LocalGuest: Sendable, Hashable, CaseIterable {
        case absent
        case paused
        case running
    }

    /// - Parameter hasWitness: of the move. Then a release is not enough for the target to run it: see `OwnershipWitness`.
    package static func decide(
        _ journal: OwnershipJournal, guest: LocalGuest, peer: OwnershipStanding? = nil, hasWitness: Bool = false
    ) -> OwnershipDecision {
        guard let newest = journal.records.last else { return .nothing }
        let peerRole = peer.flatMap { $0.epoch == newest.epoch ? $0.role : nil }
        switch newest.side {
        case .source: return source(newest.role, guest, peerRole)
        case .target:
            let decision = target(newest.role, guest, peerRole, isPeerRunning: peer?.isRunning ?? false)
            return hasWitness && decision == .becomeOwner ? .stayPausedAndAsk : decision
        }
    }

    private static func source(
        _ role: OwnershipRole, _ guest: LocalGuest, _ peer: OwnershipRole?
    ) -> OwnershipDecision {
        switch role {
        case .owner, .refused:
            return guest == .absent ? .ownStopped : .keepHere
        case .released:
            switch peer {
            case .owner: return .retire
            case .refused: return guest == .absent ? .ownStopped : .keepHere
            case .prepared, .ready, .granted, .released, .gone, nil: return .stayPausedAndAsk
            }
        case .gone:
            return .retire
        case .prepared, .ready, .granted:
            // Never written by a source.
            return .stayPausedAndAsk
        }
    }

    private static func target(
        _ role: OwnershipRole, _ guest: LocalGuest, _ peer: OwnershipRole?, isPeerRunning: Bool
    ) -> OwnershipDecision {
        switch role {
        case .prepared:
            return .destroyAndRefuse
        case .ready:
            switch guest {
            case .absent: return .destroyAndRefuse
            case .running: return .stayPausedAndAsk
            case .paused: break
            }
            switch peer {
            case .released: return .becomeOwner
            case .refused: return .destroyAndRefuse
            case .owner: return isPeerRunning ? .destroyAndRefuse : .stayPausedAndAsk
            case .prepared, .ready, .granted, .gone, nil: return .stayPausedAndAsk
            }
        case .granted:
            switch guest {
            case .absent: return .destroyAndRefuse
            case .paused: return .becomeOwner
            case .running: return .stayPausedAndAsk
            }
        case .owner:
            return guest == .absent ? .ownStopped : .run
        case .refused:
            return guest == .absent ? .nothing : .destroyAndRefuse
        case .released, .gone:
            // Never written by a target.
            return .stayPausedAndAsk
        }
    }
}
