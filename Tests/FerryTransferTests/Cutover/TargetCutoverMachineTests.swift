import FerryCore
import FerryTransfer
import Testing

@Suite("TargetCutoverMachine")
struct TargetCutoverMachineTests {
    private typealias Machine = TargetCutoverMachine
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)
    private let broken = Failure(TransferFault.connectionLost, "The cable was pulled.")

    private var goodStory: [(Machine.Event, [Machine.Action])] {
        [
            (.sealed, [.releaseDisks]),
            (.disksReleased, [.sendDisksReleased]),
            (.deviceStateArrived, [.loadDeviceState]),
            (.loaded, [.record(.ready)]),
            (.recorded(.ready), [.sendReady]),
            (.granted, [.record(.owner)]),
            (.recorded(.owner), [.runGuest]),
            (.running, [.sendRunning, .finished]),
        ]
    }

    private func machine(after count: Int) -> Machine {
        var machine = Machine(.init(epoch: 7, sourceName: "NODE1"))
        for (event, _) in goodStory.prefix(count) { _ = machine.handle(event, at: start) }
        return machine
    }

    private let ready = 5

    @Test func `a move goes release, load, READY, GRANT, OWNER, run`() {
        var machine = machine(after: 0)
        for (event, actions) in goodStory { #expect(machine.handle(event, at: start) == actions, "\(event)") }
        guard case .runsHere = machine.outcome else {
            Issue.record("does not run here")
            return
        }
    }

    @Test(arguments: 0...5)
    func `giving up destroys the guest before REFUSED is recorded`(_ count: Int) {
        for event in [Machine.Event.abandon(broken), .guestDied(broken)] {
            var machine = machine(after: count)
            #expect(machine.handle(event, at: start) == [.destroyGuest], "\(event) after \(count)")
            #expect(machine.handle(.granted, at: start) == [], "a grant that comes too late is not obeyed")
            #expect(machine.handle(.destroyed, at: start) == [.record(.refused)])
            #expect(machine.handle(.granted, at: start) == [])
            #expect(machine.handle(.recorded(.refused), at: start) == [.sendRefused, .finished])
            guard case .refused = machine.outcome else {
                Issue.record("\(event) after \(count)")
                continue
            }
            #expect(machine.handle(.abandon(broken), at: start) == [.sendRefused])
        }
    }

    @Test(arguments: 0...3)
    func `a lost link or a failed step before READY gives up`(_ count: Int) {
        for event in [Machine.Event.linkLost(broken), .failed(broken)] {
            var machine = machine(after: count)
            #expect(machine.handle(event, at: start) == [.destroyGuest])
        }
    }

    @Test func `READY without a grant asks the source until the lease ends`() {
        var machine = machine(after: ready)
        #expect(machine.handle(.linkLost(broken), at: start) == [.askSource])
        let paused = OwnershipStanding(role: .owner, epoch: 7, isRunning: false)
        var questions = 0
        while let due = machine.wakeUp, due < start + .seconds(600) {
            #expect(machine.handle(.tick, at: due) == [.askSource])
            #expect(machine.handle(.standing(paused), at: due) == [])
            questions += 1
        }
        #expect(questions > 500)
        #expect(machine.handle(.tick, at: start + .seconds(600)) == [.destroyGuest])
    }

    @Test func `the source's RELEASED is a grant`() {
        var machine = machine(after: ready)
        _ = machine.handle(.linkLost(broken), at: start)
        let otherEpoch = OwnershipStanding(role: .released, epoch: 6, isRunning: false)
        #expect(machine.handle(.standing(otherEpoch), at: start) == [])
        let released = OwnershipStanding(role: .released, epoch: 7, isRunning: false)
        #expect(machine.handle(.standing(released), at: start) == [.record(.owner)])
        #expect(machine.handle(.granted, at: start) == [], "the same grant twice runs it once")
    }

    @Test func `RELEASED heard before READY is recorded changes nothing`() {
        var machine = machine(after: 4)
        let released = OwnershipStanding(role: .released, epoch: 7, isRunning: false)
        #expect(machine.handle(.standing(released), at: start) == [])
        #expect(machine.handle(.recorded(.ready), at: start) == [.sendReady])
    }

    @Test func `a source that runs again, or says REFUSED, ends the wait`() {
        for standing in [
            OwnershipStanding(role: .owner, epoch: 7, isRunning: true),
            OwnershipStanding(role: .refused, epoch: 7, isRunning: false),
        ] {
            var machine = machine(after: ready)
            #expect(machine.handle(.standing(standing), at: start) == [.destroyGuest])
        }
    }

    @Test func `a grant before READY is the peer's fault`() {
        for count in 0...4 {
            var machine = machine(after: count)
            #expect(machine.handle(.granted, at: start) == [.destroyGuest])
        }
    }

    @Test func `messages out of turn are the peer's fault`() {
        var twice = machine(after: 1)
        #expect(twice.handle(.sealed, at: start) == [.destroyGuest])
        var early = machine(after: 1)
        #expect(early.handle(.deviceStateArrived, at: start) == [.destroyGuest])
    }

    @Test func `OWNER that cannot be written is tried until the lease ends, and the guest never runs`() {
        var machine = machine(after: 6)
        var now = start
        while now < start + .seconds(600) {
            let actions = machine.handle(.recordFailed(.owner, broken), at: now)
            #expect(actions == [])
            guard let due = machine.wakeUp else { break }
            now = due
            #expect(machine.handle(.tick, at: now) == [.record(.owner)])
        }
        #expect(machine.handle(.recordFailed(.owner, broken), at: now) == [.destroyGuest])
    }

    @Test func `after a cont that answers an error OWNER is withdrawn, then the guest killed, then REFUSED`() {
        var machine = machine(after: 7)
        #expect(machine.handle(.runRefused(broken), at: start) == [.record(.granted)])
        #expect(machine.handle(.recordFailed(.granted, broken), at: start) == [])
        #expect(machine.handle(.tick, at: start + .seconds(1)) == [.record(.granted)])
        #expect(machine.handle(.recorded(.granted), at: start) == [.destroyGuest])
        #expect(machine.handle(.destroyed, at: start) == [.record(.refused)])
    }

    @Test func `nobody is told OWNER before it can no longer be taken back`() throws {
        var journal = OwnershipJournal()
        for role in [OwnershipRole.prepared, .ready, .owner] {
            journal.append(
                synced: try OwnershipRecord(role, side: .target, machine: "m", migration: "x", epoch: 7, time: 0))
        }
        for count in 6...7 { #expect(machine(after: count).standing(journal, isRunning: false).role == .granted) }
        #expect(machine(after: 8).standing(journal, isRunning: true).role == .owner)
    }

    @Test func `a cont that is not answered is never refused`() {
        for event in [Machine.Event.runUnanswered(broken), .guestDied(broken)] {
            var machine = machine(after: 7)
            #expect(machine.handle(event, at: start) == [.finished])
            guard case .ownedHere = machine.outcome else {
                Issue.record("\(event)")
                continue
            }
            #expect(machine.handle(.abandon(broken), at: start) == [.answerTooLate])
        }
    }

    @Test func `abandoning after the grant is too late`() {
        for count in 6...8 {
            var machine = machine(after: count)
            #expect(machine.handle(.abandon(broken), at: start) == [.answerTooLate])
        }
    }

    @Test func `REFUSED is written again and again until it is on disk`() {
        var machine = machine(after: 2)
        _ = machine.handle(.abandon(broken), at: start)
        #expect(machine.handle(.destroyFailed(broken), at: start) == [])
        #expect(machine.handle(.tick, at: start + .seconds(1)) == [.destroyGuest])
        #expect(machine.handle(.destroyed, at: start) == [.record(.refused)])
        #expect(machine.handle(.recordFailed(.refused, broken), at: start) == [])
        #expect(machine.handle(.tick, at: start + .seconds(1)) == [.record(.refused)])
        #expect(machine.handle(.recorded(.refused), at: start) == [.sendRefused, .finished])
    }

    @Test func `READY that cannot be written gives up`() {
        var machine = machine(after: 4)
        #expect(machine.handle(.recordFailed(.ready, broken), at: start) == [.destroyGuest])
    }
}
