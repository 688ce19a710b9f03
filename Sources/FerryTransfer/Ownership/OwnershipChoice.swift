/// What an administrator may decide about a move that neither host can settle by itself, from this host's side.
///
/// It comes to that only in two cases: a source whose newest record is RELEASED, and a target whose newest record is READY, while
/// the other host's record is not known. A choice is carried out by telling the session what the other host's record *would* have
/// told it, so it ends on the same path, with the same records, as if that host had answered.
///
/// Two hosts never run the guest by a choice where both records are known: a choice that the other host's answer excludes is
/// refused, and where that host might still go on it must record REFUSED first. Without its answer nobody can know; the
/// administrator vouches for it, and the words say for what.
///
/// In a move with a witness the choice is claimed there before it is carried out, so that the other host is told the same when it
/// comes back. What the witness has decided for the other host is refused here, or vouched for where that host cannot be brought back.
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
        /// Once the witness, which answers and has decided nothing yet, has decided so.
        case afterClaim
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
        /// The witness has decided that the machine is the other host's.
        case witnessDecidedForOther
        /// The witness has decided that the machine is this host's.
        case witnessDecidedForThis
    }

    /// What the witness of a move says.
    package enum Witness: Sendable, Hashable {
        case decided(OwnershipSide)
        case undecided
        case silent
    }

    /// The side that has the machine by this choice of `side`.
    package func winner(on side: OwnershipSide) -> OwnershipSide {
        switch (self, side) {
        case (.keepHere, _): side
        case (.giveAway, .source): .target
        case (.giveAway, .target): .source
        }
    }

    /// - Parameters:
    ///   - side: of this host.
    ///   - own: this host's newest record.
    ///   - peer: the other host's answer; nil when it does not answer. Of another epoch it says nothing of this move.
    ///   - witness: nil in a move without one.
    package static func verdict(
        _ choice: OwnershipChoice, side: OwnershipSide, own: OwnershipStanding, peer: OwnershipStanding?,
        witness: Witness? = nil
    ) -> Verdict {
        let peer = peer.map {
            $0.role == nil || $0.epoch == own.epoch
                ? $0 : OwnershipStanding(role: nil, epoch: 0, isRunning: $0.isRunning)
        }
        let verdict: Verdict
        switch (side, own.role) {
        case (.source, .released): verdict = source(choice, peer)
        case (.target, .ready): verdict = target(choice, peer)
        case (.target, .granted) where witness != nil: verdict = target(choice, peer)
        case (.source, _), (.target, _): return .excluded(.notInDoubt)
        }
        if case .excluded = verdict { return verdict }
        guard let witness else { return verdict }
        return witnessed(choice, side, verdict, witness)
    }

    /// - Parameter verdict: without the witness, and not excluded.
    private static func witnessed(
        _ choice: OwnershipChoice, _ side: OwnershipSide, _ verdict: Verdict, _ witness: Witness
    ) -> Verdict {
        switch (side, choice, witness) {
        case (.source, .keepHere, .decided(.source)): .certain
        // The other host may have it; its durable REFUSED, if it answers, is as good as ever.
        case (.source, .keepHere, .decided(.target)): verdict
        case (.source, .keepHere, .undecided): verdict == .certain ? .certain : .afterClaim
        case (.source, .giveAway, .decided(.source)): .excluded(.witnessDecidedForThis)
        // It claims nothing before the source has released the machine.
        case (.target, .keepHere, .decided(.target)): .certain
        case (.target, .keepHere, .decided(.source)): .excluded(.witnessDecidedForOther)
        case (.target, .keepHere, .silent): .vouched
        case (.target, .giveAway, .decided(.source)): .certain
        case (.source, _, _), (.target, _, _): verdict
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
