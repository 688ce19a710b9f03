import FerryHost
import FerryTransfer
import Testing

@Suite struct FaultCaseTests {
    @Test func `every phase, moment and side has every action, under a name of its own`() {
        let names = Set(FaultCase.all.map { "\($0)" })
        #expect(names.count == FaultCase.all.count)
        for phase in MigrationPhase.allCases {
            for side in phase.sides {
                for moment in PhasePoint.Moment.allCases {
                    for action in ["kill", "cut", "blackHole", "killHypervisor", "delay"] {
                        let name = "\(action)-\(moment.rawValue)-\(phase.rawValue)-\(side.rawValue)"
                        #expect(names.contains(name))
                        #expect(names.contains("\(name)-shared") == FaultCase.isReached(phase, isShared: true))
                    }
                }
            }
        }
        for name in names { #expect(FaultCase.named(name).map { "\($0)" } == name) }
    }

    @Test func `seeds one after the other come by every case`() {
        for count in [7, 30, 300] {
            let rounds = (FaultCase.all.count + count - 1) / count
            for first in [UInt64(0), 20_417] {
                let seen = Set(
                    (0..<UInt64(rounds)).flatMap { FaultCase.cases(count, seed: first + $0) }.map { "\($0)" })
                // Where the catalogue ends within a stretch, one more seed closes the gap.
                let more = Set(FaultCase.cases(count, seed: first + UInt64(rounds)).map { "\($0)" })
                #expect(seen.union(more).count == FaultCase.all.count)
            }
        }
    }

    @Test func `what must go wrong first goes wrong on its own host, and the fault on its`() throws {
        for one in FaultCase.all {
            let plans = OwnershipSide.allCases.map { side in one.plan(for: side).allSatisfy { $0.side == side } }
            #expect(plans == [true, true])
            let planned = OwnershipSide.allCases.flatMap { one.plan(for: $0) }
            #expect(planned.contains(one.fault) == (one.earlierLife == nil))
            #expect(one.prelude.allSatisfy { planned.contains($0) })
        }
    }

    @Test func `thirty cases in a row are of many phases, on both sides, with every action`() {
        for seed in UInt64(0)..<20 {
            let cases = FaultCase.cases(30, seed: seed)
            #expect(Set(cases.map(\.fault.phase)).count >= 12)
            #expect(Set(cases.map(\.side)).count == 2)
            #expect(Set(cases.map(\.isShared)).count == 2)
            #expect(Set(cases.map { $0.description.prefix { $0 != "-" } }).count >= 5)
        }
    }
}
