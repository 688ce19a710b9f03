import FerryCore
import FerryTestKit
import FerryTransfer
import Testing

@Suite("RoundMachine", .seeded)
struct RoundMachineTests {
    private typealias Machine = RoundMachine
    private let mebibyte: UInt64 = 1 << 20
    private var now = MonotonicTime(nanoseconds: 0)
    private let broken = Failure(TransferFault.laneUntrusted, "The tracker answered an error.")

    private func machine(
        _ policy: ConvergencePolicy = .fitsDowntime(), lanes: [LaneKind] = [.memory, .disk(index: 0)],
        barrier: Bool = false
    ) -> Machine {
        Machine(.init(lanes: lanes, policy: policy, needsBarrier: barrier))
    }

    private func surveyed(_ memory: UInt64, _ disk: UInt64, barrier: Duration? = nil) -> Machine.Event {
        .surveyed(
            [
                .init(kind: .memory, found: memory, pending: memory),
                .init(kind: .disk(index: 0), found: disk, pending: disk),
            ], barrier: barrier)
    }

    /// A gigabyte a second in each lane.
    private func copied(_ memory: UInt64, _ disk: UInt64) -> Machine.Event {
        .copied(
            [(LaneKind.memory, memory), (.disk(index: 0), disk)].map { kind, bytes in
                .init(kind: kind, bytes: bytes, busy: .seconds(Double(bytes) / 1e9), pending: 0)
            })
    }

    private func order(_ action: Machine.Action) -> Machine.SurveyOrder? {
        if case .survey(let order) = action { order } else { nil }
    }

    private func plan(_ action: Machine.Action) -> FreezePlan? {
        if case .freeze(let plan) = action { plan } else { nil }
    }

    private func copies(_ action: Machine.Action) -> Int? {
        if case .copy(let round) = action { round } else { nil }
    }

    @Test func `a quiet guest takes two rounds and is frozen in the third survey`() throws {
        var machine = machine()
        let first = try #require(order(machine.handle(.start, at: now)))
        #expect(first.beginsRound && first.round == 0)
        #expect(first.lanes.map(\.scope) == [.everything, .everything])
        #expect(copies(machine.handle(surveyed(512 * mebibyte, 64 * mebibyte), at: now)) == 0)
        let second = try #require(order(machine.handle(copied(512 * mebibyte, 64 * mebibyte), at: now + .seconds(1))))
        #expect(second.round == 1 && second.lanes.map(\.scope) == [.changes, .changes])
        let freeze = try #require(plan(machine.handle(surveyed(10 * mebibyte, mebibyte), at: now + .seconds(1))))
        #expect(freeze.forecast ?? .zero < .milliseconds(50) && freeze.barrierLimit == .milliseconds(25))
    }

    @Test func `the freeze carries the judged round's work into the last round`() throws {
        var machine = machine(.stopAndCopy)
        _ = machine.handle(.start, at: now)
        #expect(plan(machine.handle(surveyed(512 * mebibyte, 0), at: now)) != nil)
        let last = try #require(order(machine.handle(.frozen, at: now)))
        #expect(!last.beginsRound, "what was surveyed is still in the ledger")
        #expect(last.lanes.map(\.scope) == [.changes, .changes] && !last.needsBarrier)
        #expect(copies(machine.handle(surveyed(513 * mebibyte, 0), at: now)) == 0)
        guard case .restSettled = machine.handle(copied(513 * mebibyte, 0), at: now) else {
            Issue.record("not settled")
            return
        }
        let again = try #require(order(machine.handle(.harvestAgain, at: now)))
        #expect(again.lanes.map(\.kind) == [.memory] && again.lanes.map(\.scope) == [.changes] && again.beginsRound)
        #expect(copies(machine.handle(surveyed(4096, 0), at: now)) == 1)
        guard case .restSettled = machine.handle(copied(4096, 0), at: now) else {
            Issue.record("not settled")
            return
        }
    }

    @Test func `one budget holds over all lanes together`() throws {
        var machine = machine()
        _ = machine.handle(.start, at: now)
        _ = machine.handle(surveyed(512 * mebibyte, 512 * mebibyte), at: now)
        _ = machine.handle(copied(512 * mebibyte, 512 * mebibyte), at: now)
        // 30 ms each would fit alone.
        #expect(copies(machine.handle(surveyed(30_000_000, 30_000_000), at: now)) == 1)
        guard case .overBudget(let forecast, _) = machine.notYet else {
            Issue.record("\(String(describing: machine.notYet))")
            return
        }
        #expect(abs(forecast.milliseconds - 75) < 1)
    }

    @Test func `a lane that loses its tracker is surveyed whole within the round, and thrice at most`() throws {
        var machine = machine()
        _ = machine.handle(.start, at: now)
        for _ in 0..<3 {
            let again = try #require(order(machine.handle(.surveyFailed([.disk(index: 0)], broken), at: now)))
            #expect(again.lanes.map(\.kind) == [.disk(index: 0)] && again.lanes.map(\.scope) == [.everything])
            #expect(!again.beginsRound)
        }
        guard case .giveUp(let failure) = machine.handle(.surveyFailed([.disk(index: 0)], broken), at: now) else {
            Issue.record("not given up")
            return
        }
        #expect(failure.is(TransferFault.laneUntrusted))
    }

    @Test func `a frozen guest whose survey fails is given up, never surveyed whole`() {
        var machine = machine(.stopAndCopy)
        _ = machine.handle(.start, at: now)
        _ = machine.handle(surveyed(mebibyte, 0), at: now)
        _ = machine.handle(.frozen, at: now)
        #expect(machine.isFrozen)
        guard case .giveUp = machine.handle(.surveyFailed([.memory], broken), at: now) else {
            Issue.record("not given up")
            return
        }
    }

    @Test func `a postponed freeze copies what is pending and takes a breath`() throws {
        var machine = machine(barrier: true)
        _ = machine.handle(.start, at: now)
        _ = machine.handle(surveyed(512 * mebibyte, 0, barrier: .milliseconds(1)), at: now)
        _ = machine.handle(copied(512 * mebibyte, 0), at: now)
        #expect(plan(machine.handle(surveyed(4096, 0, barrier: .milliseconds(1)), at: now)) != nil)
        #expect(copies(machine.handle(.freezePostponed(barrier: .milliseconds(30)), at: now)) == 1)
        let next = try #require(order(machine.handle(copied(4096, 0), at: now)))
        #expect(next.round == 2 && next.delay > .zero && next.needsBarrier)
    }

    @Test func `storage that never answers quickly ends in a forced freeze, not in a loop`() throws {
        var machine = machine(barrier: true)
        _ = machine.handle(.start, at: now)
        var action = machine.handle(surveyed(512 * mebibyte, 0, barrier: .milliseconds(40)), at: now)
        for _ in 0..<100 {
            switch action {
            case .copy: action = machine.handle(copied(512 * mebibyte, 0), at: now)
            case .survey: action = machine.handle(surveyed(0, 0, barrier: .milliseconds(40)), at: now)
            case .freeze(let plan):
                #expect(plan.isForced && plan.barrierLimit == .seconds(2))
                return
            case .restSettled, .giveUp, .none:
                Issue.record("\(action)")
                return
            }
        }
        Issue.record("it goes round for ever")
    }

    @Test func `a guest that writes faster than the link is given up with the reason`() {
        var machine = machine()
        var action = machine.handle(.start, at: now)
        var time = now
        for _ in 0..<100 {
            time = time + .seconds(4)
            switch action {
            case .survey: action = machine.handle(surveyed(4096 * mebibyte, 0), at: time)
            case .copy: action = machine.handle(copied(4096 * mebibyte, 0), at: time)
            case .giveUp(let failure):
                #expect(failure.is(TransferFault.didNotConverge))
                #expect(failure.message.contains("10 rounds"))
                #expect(machine.round == 10)
                return
            case .freeze, .restSettled, .none:
                Issue.record("\(action)")
                return
            }
        }
        Issue.record("it never ends")
    }

    @Test func `once stopped, what was under way changes nothing`() {
        var machine = machine()
        _ = machine.handle(.start, at: now)
        _ = machine.handle(.stopped, at: now)
        for event in [surveyed(1, 1), .surveyFailed([.memory], broken), copied(1, 1), .frozen] {
            guard case .none = machine.handle(event, at: now) else {
                Issue.record("\(event)")
                continue
            }
        }
    }

    /// Whatever a guest does, the machine ends, rounds never fall, and no frozen guest is surveyed whole.
    @Test func `any guest comes to an end`() {
        let file = String(#filePath.dropLast("Rounds/RoundMachineTests.swift".count)) + "Seeds/RoundMachine.txt"
        for seed in SeedList.seeds(at: file, fresh: 1000, salt: "rounds") {
            var chance = SeededGenerator(seed: seed)
            let policies: [ConvergencePolicy] = [
                .fitsDowntime(), .fitsDowntime(.milliseconds(5), maximumRounds: 30), .fixedRounds(4), .stopAndCopy,
            ]
            var machine = machine(
                policies[Int.random(in: 0..<4, using: &chance)], barrier: Bool.random(using: &chance))
            var time = now
            var action = machine.handle(.start, at: time)
            var rounds = 0
            var isFrozen = false
            var hasHarvestedAgain = false
            steps: for step in 0... {
                guard step < 5000 else {
                    Issue.record("seed \(seed) never ends")
                    break
                }
                #expect(machine.round >= rounds, "seed \(seed)")
                rounds = machine.round
                time = time + .milliseconds(Int.random(in: 0...2000, using: &chance))
                let some = { (chance: inout SeededGenerator) -> UInt64 in
                    Bool.random(using: &chance) ? 0 : UInt64.random(in: 0...(1 << 33), using: &chance)
                }
                switch action {
                case .survey(let order):
                    if isFrozen { #expect(order.lanes.allSatisfy { $0.scope == .changes }, "seed \(seed)") }
                    if chance.happens(oneIn: 12) {
                        action = machine.handle(.surveyFailed([order.lanes[0].kind], broken), at: time)
                    } else {
                        action = machine.handle(
                            surveyed(
                                some(&chance), some(&chance),
                                barrier: order.needsBarrier
                                    ? .milliseconds(Int.random(in: 0...3000, using: &chance)) : nil),
                            at: time)
                    }
                case .copy:
                    action = machine.handle(copied(some(&chance), some(&chance)), at: time)
                case .freeze:
                    if chance.happens(oneIn: 3) {
                        action = machine.handle(.freezePostponed(barrier: .seconds(1)), at: time)
                    } else {
                        isFrozen = true
                        action = machine.handle(.frozen, at: time)
                    }
                case .restSettled:
                    if hasHarvestedAgain { break steps }
                    hasHarvestedAgain = true
                    action = machine.handle(.harvestAgain, at: time)
                case .giveUp:
                    break steps
                case .none:
                    Issue.record("seed \(seed): it fell asleep")
                    break steps
                }
            }
        }
    }
}
