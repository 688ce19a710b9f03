import FerryCore
import FerryTransfer
import Testing

/// Both sides of the switch in a move with a witness: rules W1 and W2 of `OwnershipWitness`.
@Suite struct WitnessedCutoverTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)
    private let broken = Failure(TransferFault.connectionLost, "The cable was pulled.")
    private let silent = OwnershipStanding(role: .granted, epoch: 7, isRunning: false)

    // MARK: W1

    private func target(granted: Bool = true) -> TargetCutoverMachine {
        var machine = TargetCutoverMachine(.init(epoch: 7, sourceName: "NODE1", witness: "NODE3"))
        for event in [
            TargetCutoverMachine.Event.sealed, .disksReleased, .deviceStateArrived, .loaded, .recorded(.ready),
        ] { _ = machine.handle(event, at: start) }
        if granted { #expect(machine.handle(.granted, at: start) == [.record(.granted)]) }
        return machine
    }

    @Test func `a target goes GRANT, witness, OWNER, run`() {
        var machine = target()
        #expect(machine.handle(.recorded(.granted), at: start) == [.askWitness])
        #expect(machine.handle(.granted, at: start) == [], "a repeated grant changes nothing")
        #expect(machine.handle(.witnessed(.target), at: start) == [.record(.owner)])
        #expect(machine.handle(.recorded(.owner), at: start) == [.runGuest])
        #expect(machine.handle(.running, at: start) == [.sendRunning, .finished])
    }

    @Test func `a target that is not decided for never records OWNER`() {
        for event in [
            TargetCutoverMachine.Event.witnessed(.source), .witnessFailed(broken), .tick, .abandon(broken),
            .guestDied(broken), .standing(OwnershipStanding(role: .refused, epoch: 7, isRunning: false)),
        ] {
            var machine = target()
            _ = machine.handle(.recorded(.granted), at: start)
            let due = machine.wakeUp ?? start
            #expect(due == start + .seconds(2))
            #expect(machine.handle(event, at: due) == [.destroyGuest], "\(event)")
            #expect(machine.handle(.witnessed(.target), at: due) == [], "it comes too late")
            #expect(machine.handle(.destroyed, at: due) == [.record(.refused)])
            #expect(machine.handle(.recorded(.refused), at: due) == [.sendRefused, .finished])
        }
    }

    @Test func `a target that cannot record GRANT does not ask`() {
        var machine = target()
        #expect(machine.handle(.recordFailed(.granted, broken), at: start) == [.destroyGuest])
    }

    @Test func `RELEASED that is read is a grant like another`() {
        var machine = target(granted: false)
        let released = OwnershipStanding(role: .released, epoch: 7, isRunning: false)
        #expect(machine.handle(.standing(released), at: start) == [.record(.granted)])
    }

    @Test func `a runtime that comes back to GRANT asks for a whole lease, then gives up`() {
        var machine = TargetCutoverMachine(
            restartedWithGrant: .init(epoch: 7, sourceName: "NODE1", witness: "NODE3"), at: start)
        var asked = 0
        while let due = machine.wakeUp, due < start + .seconds(600) {
            #expect(machine.isAwaitingGrant)
            switch machine.handle(.tick, at: due) {
            case [.askWitness]:
                asked += 1
                // Sometimes an error, sometimes nothing at all.
                if asked % 2 == 0 { #expect(machine.handle(.witnessFailed(broken), at: due) == []) }
            case []: break
            case let other: Issue.record("\(other)")
            }
        }
        #expect(asked > 100)
        #expect(machine.handle(.tick, at: machine.wakeUp ?? start) == [.destroyGuest])
    }

    @Test func `a runtime that comes back to GRANT obeys the decision`() {
        for side in OwnershipSide.allCases {
            var machine = TargetCutoverMachine(
                restartedWithGrant: .init(epoch: 7, sourceName: "NODE1", witness: "NODE3"), at: start)
            #expect(machine.handle(.tick, at: start) == [.askWitness])
            #expect(
                machine.handle(.witnessed(side), at: start) == (side == .target ? [.record(.owner)] : [.destroyGuest])
            )
        }
    }

    @Test func `an administrator's word stands for the release and for the witness`() {
        var ready = target(granted: false)
        #expect(ready.handle(.vouched, at: start) == [.record(.owner)])
        var refusing = target()
        _ = refusing.handle(.recorded(.granted), at: start)
        _ = refusing.handle(.witnessed(.source), at: start)
        #expect(refusing.handle(.vouched, at: start) == [], "too late")
    }

    // MARK: W2

    private func source(witness: String? = "NODE3") -> SourceCutoverMachine {
        SourceCutoverMachine(
            restartedWithReleased: .init(needsBarrier: false, epoch: 7, targetName: "NODE2", witness: witness),
            guestIsDead: false, at: start)
    }

    /// Ticks of the first ten seconds in which the witness is asked.
    private func claims(_ machine: inout SourceCutoverMachine) -> [MonotonicTime] {
        var claims: [MonotonicTime] = []
        while let due = machine.wakeUp, due <= start + .seconds(10) {
            let actions = machine.handle(.tick, at: due)
            #expect(actions.contains(.askTarget))
            if actions.contains(.askWitness) { claims.append(due) }
            #expect(machine.handle(.standing(silent), at: due) == [.sendGrant])
        }
        return claims
    }

    @Test func `a source in doubt asks the witness only once the target had its time`() {
        var machine = source()
        let claims = claims(&machine)
        #expect(claims.first == start + .seconds(4))
        #expect(claims.count == 7, "again and again until it answers")
        var without = source(witness: nil)
        #expect(self.claims(&without).isEmpty)
        #expect(without.handle(.witnessed(.source), at: start) == [], "nobody has asked")
    }

    @Test func `decided for it, a source records REFUSED before it runs the guest`() {
        var machine = source()
        #expect(machine.handle(.witnessed(.source), at: start) == [.record(.refused)])
        #expect(machine.handle(.running, at: start) == [])
        #expect(machine.handle(.recorded(.refused), at: start) == [.resumeGuest])
        #expect(machine.handle(.resumed, at: start) == [.giveBack, .finished])
        guard case .keptHere(let failure) = machine.outcome else {
            Issue.record("not kept")
            return
        }
        #expect(failure.message.contains("the witness 'NODE3' decided that it stays on this host"))
    }

    @Test func `decided for the target, a source asks that one and nobody else`() {
        var machine = source()
        #expect(machine.handle(.witnessed(.target), at: start) == [])
        #expect(machine.isInDoubt && machine.isDecidedForTarget)
        #expect(claims(&machine).isEmpty)
        var refused = machine
        #expect(
            refused.handle(.standing(OwnershipStanding(role: .refused, epoch: 7, isRunning: false)), at: start)
                == [.record(.refused)])
        #expect(
            machine.handle(.standing(OwnershipStanding(role: .owner, epoch: 7, isRunning: true)), at: start)
                == [.record(.gone)])
    }

    @Test func `before RELEASED no witness is asked or heard`() {
        var machine = SourceCutoverMachine(
            .init(needsBarrier: false, epoch: 7, targetName: "NODE2", witness: "NODE3"))
        #expect(machine.handle(.witnessed(.source), at: start) == [])
        #expect(machine.handle(.linkLost(broken), at: start) == [.abandonTarget, .giveBack, .record(.refused)])
    }
}
