/// What an administrator may decide about a move that neither host can settle by itself, from this host's side.
///
/// It comes to that only in two cases: a source whose newest record is RELEASED, and a target whose newest record is READY, while
/// the other host's record is not known. A choice is carried out by telling the session what the other host's record *would* have
/// told it, so it ends on the same path, with the same records, as if that host had answered.
///
/// Two hosts never run the guest by a choice where both records are known: a choice that the other host's answer excludes is
/// refused, and where that host might still go on it must record REFUSED first. Without its answer nobody can know; the
/// administrator vouches for it, and the words say for what.
package enum OwnershipChoice: String, Sendable, Hashable, CaseIterable {
    /// The machine is this host's: it runs here.
    case keepHere
    /// The machine is the other host's: what is here goes.
    case giveAway

    package enum Verdict: Sendable, Hashable {
        /// The records say so themselves; the sessions find out sooner or later.
        case certain
        /// Once the other host, which answers, has recorded REFUSED.
        case afterRefusal
        /// Only an administrator can know that the other host will not run it, or has it.
        case vouched
        case excluded(Reason)
    }

    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// By its own record the machine is this host's: there is nothing to give.
        case ownRecorded
        /// Nothing is in doubt here.
        case notInDoubt
        /// The other host owns it.
        case otherOwns
        /// The other host may run it at any moment by itself.
        case otherMayResume
        /// The other host has given it up: there is nobody to give it to.
        case otherRefused
        /// The other host has erased its copy: this is the only one.
        case otherErased
        /// The other host answers and takes the machine by itself.
        case otherGoesOn
        /// The other host has no record of the move: it cannot have the machine.
        case otherHasNone
    }

    /// - Parameters:
    ///   - side: of this host.
    ///   - own: this host's newest record.
    ///   - peer: the other host's answer; nil when it does not answer. Of another epoch it says nothing of this move.
    package static func verdict(
        _ choice: OwnershipChoice, side: OwnershipSide, own: OwnershipStanding, peer: OwnershipStanding?
    ) -> Verdict {
        let peer = peer.map {
            $0.role == nil || $0.epoch == own.epoch
                ? $0 : OwnershipStanding(role: nil, epoch: 0, isRunning: $0.isRunning)
        }
        switch (side, own.role) {
        case (.source, .released): return source(choice, peer)
        case (.target, .ready): return target(choice, peer)
        case (.source, _), (.target, _): return .excluded(.notInDoubt)
        }
    }

    private static func source(_ choice: OwnershipChoice, _ peer: OwnershipStanding?) -> Verdict {
        guard let peer else { return .vouched }
        switch (choice, peer.role) {
        case (_, _) where peer.isRunning: return choice == .giveAway ? .certain : .excluded(.otherOwns)
        case (.keepHere, .owner): return .excluded(.otherOwns)
        case (.keepHere, .refused): return .certain
        case (.keepHere, .prepared), (.keepHere, .ready), (.keepHere, .granted): return .afterRefusal
        case (.keepHere, nil): return .vouched
        case (.giveAway, .owner): return .certain
        case (.giveAway, .refused): return .excluded(.otherRefused)
        case (.giveAway, .prepared), (.giveAway, .ready), (.giveAway, .granted): return .excluded(.otherGoesOn)
        case (.giveAway, nil): return .excluded(.otherHasNone)
        // Never written by a target.
        case (_, .released), (_, .gone): return .excluded(.otherOwns)
        }
    }

    private static func target(_ choice: OwnershipChoice, _ peer: OwnershipStanding?) -> Verdict {
        guard let peer else { return .vouched }
        switch (choice, peer.role) {
        case (_, _) where peer.isRunning: return choice == .giveAway ? .certain : .excluded(.otherOwns)
        case (.keepHere, .released), (.keepHere, .gone): return .certain
        // Its guest is paused, and no record keeps the source from making it run.
        case (.keepHere, .owner): return .excluded(.otherMayResume)
        case (.keepHere, .refused): return .excluded(.otherOwns)
        case (.keepHere, nil): return .vouched
        case (.giveAway, .released), (.giveAway, .owner), (.giveAway, .refused): return .certain
        case (.giveAway, .gone): return .excluded(.otherErased)
        case (.giveAway, nil): return .vouched
        // Never written by a source.
        case (_, .prepared), (_, .ready), (_, .granted): return .excluded(.otherOwns)
        }
    }
}
