import FerryCore
import FerryTransfer
import Testing

@Suite("SourceCutoverMachine")
struct SourceCutoverMachineTests {
    private typealias Machine = SourceCutoverMachine
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)
    private let broken = Failure(TransferFault.connectionLost, "The cable was pulled.")

    private func machine(barrier: Bool = false) -> Machine {
        Machine(.init(needsBarrier: barrier, epoch: 7, targetName: "NODE2"))
    }

    private let plan = FreezePlan(forecast: .milliseconds(20), barrierLimit: .milliseconds(25))

    /// The events of a move that succeeds, each with the actions it must bring.
    private var goodStory: [(Machine.Event, [Machine.Action])] {
        [
            (.begin(plan), [.pause]),
            (.paused, [.beginDeviceState, .copyRest]),
            (.deviceStatePrepared, []),
            (.restSettled, [.seal]),
            (.disksReleased, [.finishDeviceState]),
            (.deviceStateFinished(byteCount: 300_000), [.harvestAgain]),
            (.restSettled, [.sendDeviceState]),
            (.ready, [.record(.released)]),
            (.recorded(.released), [.sendGrant]),
            (.running, [.record(.gone)]),
            (.recorded(.gone), [.finished]),
        ]
    }

    /// A machine that has had the first `count` events.
    private func machine(after count: Int) -> Machine {
        var machine = machine()
        for (event, _) in goodStory.prefix(count) { _ = machine.handle(event, at: start) }
        return machine
    }

    private let releaseBegins = 8
    private let granted = 9

    @Test
    func `a move goes barrier, stop, rest, seal, device state, second harvest, READY, RELEASED, GRANT, RUNNING, GONE`()
    {
        var machine = machine()
        for (event, actions) in goodStory { #expect(machine.handle(event, at: start) == actions, "\(event)") }
        guard case .moved = machine.outcome else {
            Issue.record("not moved")
            return
        }
    }

    @Test func `the device state waits for both its preparation and the release of the disks`() {
        var machine = machine(after: 2)
        #expect(machine.handle(.restSettled, at: start) == [.seal])
        #expect(machine.handle(.disksReleased, at: start) == [])
        #expect(machine.handle(.deviceStatePrepared, at: start) == [.finishDeviceState])
    }

    @Test func `a slow barrier postpones and the guest never pauses`() {
        var machine = machine(barrier: true)
        #expect(machine.handle(.begin(plan), at: start) == [.drain])
        #expect(machine.handle(.drained(.milliseconds(26)), at: start) == [.postpone(barrier: .milliseconds(26))])
        #expect(machine.handle(.begin(plan), at: start) == [.drain])
        #expect(machine.handle(.drained(.milliseconds(25)), at: start) == [.pause])
    }

    @Test func `before the guest pauses a failure ends the attempt without touching it`() {
        var machine = machine()
        #expect(machine.handle(.linkLost(broken), at: start) == [.abandonTarget, .giveBack, .record(.refused)])
        #expect(machine.handle(.recorded(.refused), at: start) == [.finished])
        guard case .keptHere(let failure) = machine.outcome else {
            Issue.record("not kept")
            return
        }
        #expect(failure.is(TransferFault.connectionLost))
    }

    @Test(arguments: 1...7)
    func `any failure before RELEASED resumes the guest at once`(_ count: Int) {
        let failures: [Machine.Event] = [
            .failed(broken), .linkLost(broken), .cancel, .refused(broken), .running,
        ]
        for event in failures {
            var machine = machine(after: count)
            #expect(machine.handle(event, at: start) == [.resumeGuest, .abandonTarget], "\(event) after \(count)")
            #expect(machine.handle(.resumed, at: start) == [.giveBack, .record(.refused)])
            #expect(machine.handle(.recorded(.refused), at: start) == [.finished])
            guard case .keptHere = machine.outcome else {
                Issue.record("\(event) after \(count): \(String(describing: machine.outcome))")
                continue
            }
        }
    }

    @Test func `from the moment RELEASED is being written a cancel is too late and nothing resumes`() {
        for count in [releaseBegins, granted] {
            for event in [Machine.Event.failed(broken), .linkLost(broken), .guestDied(broken)] {
                var machine = machine(after: count)
                let actions = machine.handle(event, at: start)
                #expect(!actions.contains(.resumeGuest), "\(event) after \(count)")
                #expect(machine.handle(.cancel, at: start) == [.answerTooLate])
            }
        }
    }

    @Test func `in doubt the target is asked again and again, and the guest stays paused`() {
        var machine = machine(after: granted)
        #expect(machine.handle(.linkLost(broken), at: start) == [.askTarget])
        #expect(machine.isInDoubt)
        var now = start
        for _ in 0..<1000 {
            guard let due = machine.wakeUp else {
                Issue.record("it stopped asking")
                return
            }
            now = due
            #expect(machine.handle(.tick, at: now) == [.askTarget])
        }
        let unknown = OwnershipStanding(role: nil, epoch: 0, isRunning: false)
        #expect(machine.handle(.standing(unknown), at: now) == [])
        let otherEpoch = OwnershipStanding(role: .refused, epoch: 6, isRunning: false)
        #expect(machine.handle(.standing(otherEpoch), at: now) == [])
        let ready = OwnershipStanding(role: .ready, epoch: 7, isRunning: false)
        #expect(machine.handle(.standing(ready), at: now) == [.sendGrant])
        let owner = OwnershipStanding(role: .owner, epoch: 7, isRunning: true)
        #expect(machine.handle(.standing(owner), at: now) == [.record(.gone)])
    }

    @Test func `a silent target after the grant puts the move in doubt`() {
        var machine = machine(after: granted)
        #expect(machine.handle(.tick, at: start) == [])
        #expect(machine.handle(.tick, at: start + .seconds(3)) == [.askTarget])
        #expect(machine.isInDoubt)
        #expect(machine.handle(.running, at: start + .seconds(4)) == [.record(.gone)])
    }

    @Test func `after RELEASED the target's REFUSED is recorded here before the guest resumes`() {
        var machine = machine(after: granted)
        #expect(machine.handle(.refused(broken), at: start) == [.record(.refused)])
        #expect(machine.handle(.recordFailed(.refused, broken), at: start) == [])
        #expect(machine.handle(.tick, at: start + .seconds(1)) == [.record(.refused)])
        #expect(machine.handle(.recorded(.refused), at: start) == [.resumeGuest])
        #expect(machine.handle(.resumed, at: start) == [.giveBack, .finished])
    }

    @Test func `a refusal that meets RELEASED half written resumes only after both are settled`() {
        var machine = machine(after: releaseBegins)
        #expect(machine.handle(.refused(broken), at: start) == [])
        #expect(machine.handle(.recorded(.released), at: start) == [.record(.refused)])
        #expect(machine.handle(.recorded(.refused), at: start) == [.resumeGuest])
    }

    @Test func `a RELEASED that may or may not be on disk is taken back through the target`() {
        var machine = machine(after: releaseBegins)
        #expect(machine.handle(.recordFailed(.released, broken), at: start) == [.abandonTarget, .askTarget])
        let ready = OwnershipStanding(role: .ready, epoch: 7, isRunning: false)
        #expect(machine.handle(.standing(ready), at: start) == [.abandonTarget], "it must not be granted")
        #expect(machine.handle(.tick, at: start + .seconds(1)) == [.abandonTarget, .askTarget])
        let refused = OwnershipStanding(role: .refused, epoch: 7, isRunning: false)
        #expect(machine.handle(.standing(refused), at: start) == [.record(.refused)])
    }

    @Test func `a target that never answers is given up while that is still safe`() {
        var sealed = machine(after: 4)
        #expect(sealed.handle(.tick, at: start + .seconds(29)) == [])
        #expect(sealed.handle(.tick, at: start + .seconds(30)) == [.resumeGuest, .abandonTarget])
        var unready = machine(after: 7)
        #expect(unready.handle(.tick, at: start + .seconds(60)) == [.resumeGuest, .abandonTarget])
    }

    @Test func `a device state that carries memory is refused`() {
        var machine = machine(after: 5)
        let actions = machine.handle(.deviceStateFinished(byteCount: (64 << 20) + 1), at: start)
        #expect(actions == [.resumeGuest, .abandonTarget])
        _ = machine.handle(.resumed, at: start)
        _ = machine.handle(.recorded(.refused), at: start)
        guard case .keptHere(let failure) = machine.outcome else { return }
        #expect(failure.is(TransferFault.deviceStateTooLarge))
    }

    @Test func `READY before the device state was sent is the peer's fault, not a crash`() {
        for count in 1...6 {
            var machine = machine(after: count)
            #expect(machine.handle(.ready, at: start) == [.resumeGuest, .abandonTarget])
        }
    }

    @Test func `a guest that dies once the target has everything moves all the same`() {
        var machine = machine(after: 7)
        #expect(machine.handle(.guestDied(broken), at: start) == [])
        #expect(machine.handle(.ready, at: start) == [.record(.released)])
    }

    @Test func `a guest that dies earlier is a stopped machine of this host`() {
        for count in 0...6 {
            var machine = machine(after: count)
            #expect(machine.handle(.guestDied(broken), at: start) == [.abandonTarget, .giveBack, .record(.refused)])
            #expect(machine.handle(.recorded(.refused), at: start) == [.finished])
            guard case .stoppedHere = machine.outcome else {
                Issue.record("after \(count): \(String(describing: machine.outcome))")
                continue
            }
        }
    }

    @Test func `resuming is tried five times`() {
        var machine = machine(after: 3)
        #expect(machine.handle(.cancel, at: start) == [.resumeGuest, .abandonTarget])
        var now = start
        for _ in 0..<4 {
            #expect(machine.handle(.resumeFailed(broken), at: now) == [])
            now = machine.wakeUp ?? now
            #expect(machine.handle(.tick, at: now) == [.resumeGuest])
        }
        #expect(machine.handle(.resumeFailed(broken), at: now) == [.giveBack, .record(.refused)])
    }

    @Test func `what was under way when the machine turned back is ignored`() {
        var machine = machine(after: 3)
        _ = machine.handle(.cancel, at: start)
        let late: [Machine.Event] = [
            .paused, .deviceStatePrepared, .restSettled, .disksReleased, .deviceStateFinished(byteCount: 1), .ready,
            .failed(broken), .linkLost(broken), .drained(.zero), .recorded(.released), .cancel,
        ]
        for event in late { #expect(machine.handle(event, at: start) == [], "\(event)") }
    }

    @Test func `a host that restarts with RELEASED asks at once`() {
        var machine = Machine(
            restartedWithReleased: .init(needsBarrier: false, epoch: 7, targetName: "NODE2"), guestIsDead: false,
            at: start)
        #expect(machine.wakeUp == start)
        #expect(machine.handle(.tick, at: start) == [.askTarget])
        let refused = OwnershipStanding(role: .refused, epoch: 7, isRunning: false)
        #expect(machine.handle(.standing(refused), at: start) == [.record(.refused)])
        #expect(machine.handle(.recorded(.refused), at: start) == [.resumeGuest])
    }
}
