import FerryTransfer
import Testing

/// What an administrator may decide, for every pair of records.
@Suite struct OwnershipChoiceTests {
    private let released = OwnershipStanding(role: .released, epoch: 3, isRunning: false)
    private let ready = OwnershipStanding(role: .ready, epoch: 3, isRunning: false)

    private func peers() -> [OwnershipStanding?] {
        var all: [OwnershipStanding?] = [nil]
        for role in OwnershipRole.allCases.map(Optional.some) + [nil] {
            for isRunning in [false, true] {
                all.append(OwnershipStanding(role: role, epoch: role == nil ? 0 : 3, isRunning: isRunning))
            }
        }
        return all
    }

    private func allows(_ verdict: OwnershipChoice.Verdict) -> Bool {
        switch verdict {
        case .certain, .vouched: true
        // The other host is asked to end it first.
        case .afterRefusal, .afterClaim, .excluded: false
        }
    }

    @Test func `only a source past RELEASED and a target that is READY are in doubt`() {
        for side in OwnershipSide.allCases {
            for role in OwnershipRole.allCases.map(Optional.some) + [nil] {
                let isInDoubt = (side, role) == (.source, .released) || (side, role) == (.target, .ready)
                for choice in OwnershipChoice.allCases {
                    let own = OwnershipStanding(role: role, epoch: 3, isRunning: false)
                    let verdict = OwnershipChoice.verdict(choice, side: side, own: own, peer: nil)
                    #expect(verdict == (isInDoubt ? .vouched : .excluded(.notInDoubt)))
                }
            }
        }
    }

    @Test func `a host whose peer runs the guest never keeps it`() {
        for peer in peers() where peer?.isRunning == true {
            #expect(!allows(OwnershipChoice.verdict(.keepHere, side: .source, own: released, peer: peer)))
            #expect(!allows(OwnershipChoice.verdict(.keepHere, side: .target, own: ready, peer: peer)))
        }
    }

    @Test func `two hosts that know each other's records cannot both keep the machine`() {
        #expect(
            !(allows(OwnershipChoice.verdict(.keepHere, side: .source, own: released, peer: ready))
                && allows(OwnershipChoice.verdict(.keepHere, side: .target, own: ready, peer: released))))
    }

    @Test func `where a host may still go on by itself the other keeps nothing on its own`() {
        // A target that is READY runs as soon as it learns of RELEASED.
        for role in [OwnershipRole.prepared, .ready, .granted] {
            let peer = OwnershipStanding(role: role, epoch: 3, isRunning: false)
            #expect(OwnershipChoice.verdict(.keepHere, side: .source, own: released, peer: peer) == .afterRefusal)
            #expect(
                OwnershipChoice.verdict(.giveAway, side: .source, own: released, peer: peer)
                    == .excluded(.otherGoesOn))
        }
        // A source that has not released it resumes by itself.
        let peer = OwnershipStanding(role: .owner, epoch: 3, isRunning: false)
        #expect(
            OwnershipChoice.verdict(.keepHere, side: .target, own: ready, peer: peer) == .excluded(.otherMayResume))
    }

    @Test func `nothing is given to a host that has given it up, and the last copy is not destroyed`() {
        let refused = OwnershipStanding(role: .refused, epoch: 3, isRunning: false)
        #expect(
            OwnershipChoice.verdict(.giveAway, side: .source, own: released, peer: refused)
                == .excluded(.otherRefused))
        let none = OwnershipStanding(role: nil, epoch: 0, isRunning: false)
        #expect(
            OwnershipChoice.verdict(.giveAway, side: .source, own: released, peer: none) == .excluded(.otherHasNone))
        let gone = OwnershipStanding(role: .gone, epoch: 3, isRunning: false)
        #expect(OwnershipChoice.verdict(.giveAway, side: .target, own: ready, peer: gone) == .excluded(.otherErased))
        #expect(OwnershipChoice.verdict(.keepHere, side: .target, own: ready, peer: gone) == .certain)
    }

    @Test func `an answer about another epoch says nothing of this move`() {
        let other = OwnershipStanding(role: .refused, epoch: 2, isRunning: false)
        #expect(OwnershipChoice.verdict(.keepHere, side: .source, own: released, peer: other) == .vouched)
    }

    // MARK: With a witness

    private let granted = OwnershipStanding(role: .granted, epoch: 3, isRunning: false)

    private func verdict(
        _ choice: OwnershipChoice, _ own: OwnershipStanding, _ peer: OwnershipStanding?,
        _ witness: OwnershipChoice.Witness
    ) -> OwnershipChoice.Verdict {
        OwnershipChoice.verdict(
            choice, side: own.role == .released ? .source : .target, own: own, peer: peer, witness: witness)
    }

    @Test func `without the other host's answer the witness's decision is what counts`() {
        #expect(verdict(.keepHere, released, nil, .decided(.source)) == .certain)
        #expect(verdict(.keepHere, released, nil, .undecided) == .afterClaim)
        #expect(verdict(.keepHere, released, nil, .decided(.target)) == .vouched)
        #expect(verdict(.keepHere, released, nil, .silent) == .vouched)
        #expect(verdict(.giveAway, released, nil, .decided(.source)) == .excluded(.witnessDecidedForThis))
        for own in [ready, granted] {
            #expect(verdict(.keepHere, own, nil, .decided(.target)) == .certain)
            #expect(verdict(.keepHere, own, nil, .decided(.source)) == .excluded(.witnessDecidedForOther))
            #expect(verdict(.giveAway, own, nil, .decided(.source)) == .certain)
            // The source may not have released it, whatever the witness decides now.
            #expect(verdict(.keepHere, own, nil, .undecided) == .vouched)
            #expect(verdict(.keepHere, own, released, .silent) == .vouched)
        }
    }

    @Test func `no witness makes possible what the other host's record excludes`() {
        let words: [OwnershipChoice.Witness] = [.decided(.source), .decided(.target), .undecided, .silent]
        for peer in peers() {
            for (side, own) in [(OwnershipSide.source, released), (.target, ready)] {
                for choice in OwnershipChoice.allCases {
                    guard
                        case .excluded(let reason) = OwnershipChoice.verdict(choice, side: side, own: own, peer: peer)
                    else { continue }
                    for word in words { #expect(verdict(choice, own, peer, word) == .excluded(reason)) }
                }
            }
        }
    }

    @Test func `GRANT is in doubt only where a witness is to decide`() {
        #expect(
            OwnershipChoice.verdict(.keepHere, side: .target, own: granted, peer: nil) == .excluded(.notInDoubt))
        #expect(verdict(.keepHere, granted, released, .undecided) == .certain)
    }
}
