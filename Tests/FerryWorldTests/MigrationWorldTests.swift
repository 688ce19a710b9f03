import FerryTestKit
import FerryTransfer
import Testing

/// Whole moves in one process. Oracles are in `World`; here are the stories.
@Suite("MigrationWorld", .seeded)
struct MigrationWorldTests {
    private static let seedFile = String(#filePath.dropLast("MigrationWorldTests.swift".count)) + "Seeds/World.txt"

    /// An unoptimised build tells a tenth of the stories, and tries every fourth step.
    #if DEBUG
        private static let thoroughness = 10
        private static let stride = 4
    #else
        private static let thoroughness = 100
        private static let stride = 1
    #endif

    private func run(_ plan: WorldPlan) -> World {
        let world = World(plan)
        world.run()
        return world
    }

    /// Faults at random points of one seed's story.
    private func roughPlan(_ seed: UInt64) -> WorldPlan {
        var chance = Chance(seed: seed ^ 0x5eed)
        var plan = WorldPlan(seed: seed)
        plan.breakage = chance.happens(0.5) ? 0.05 : 0
        let faults = WorldPlan.Fault.allCases
        for _ in 0...chance.below(4) {
            plan.armed.append((1 + chance.below(90), faults[chance.below(faults.count)]))
        }
        return plan
    }

    @Test func `a move without faults arrives at the first attempt`() {
        for seed in SeedList.seeds(at: Self.seedFile, fresh: 3 * Self.thoroughness, salt: "calm") {
            let world = run(WorldPlan(seed: seed))
            #expect(world.violation == nil)
            #expect(world.attempts == 1, "\(world.story)")
            if world.violation != nil { return }
        }
    }

    @Test func `whatever fails, one host owns the machine and the next move works`() {
        var outcomes: [Int: Int] = [:]
        for seed in SeedList.seeds(at: Self.seedFile, fresh: 20 * Self.thoroughness, salt: "rough") {
            let world = run(roughPlan(seed))
            #expect(world.violation == nil, "add \(seed) to Seeds/World.txt")
            if world.violation != nil { return }
            outcomes[world.attempts, default: 0] += 1
        }
        // Both kinds of run must occur, or the faults are not where the moves are.
        let repeated = outcomes.filter { $0.key > 1 }.values.reduce(0, +)
        #expect(outcomes[1, default: 0] > Self.thoroughness && repeated > Self.thoroughness, "\(outcomes)")
    }

    @Test(arguments: WorldPlan.Fault.allCases)
    func `a fault at every single step leaves one owner`(_ fault: WorldPlan.Fault) {
        for seed in SeedList.seeds(at: Self.seedFile, fresh: 2, salt: "every step \(fault)") {
            var point = 1
            while true {
                var plan = WorldPlan(seed: seed)
                plan.armed = [(point, fault)]
                let world = run(plan)
                #expect(world.violation == nil)
                if world.violation != nil { return }
                if world.fired.isEmpty { break }
                point += Self.stride
            }
            #expect(point > 40, "the story is too short to mean anything")
        }
    }

    @Test func `two crashes in a row at every step leave one owner`() {
        let crashes: [WorldPlan.Fault] = [.sourceDaemonCrash, .targetDaemonCrash, .partition, .recordFails]
        for seed in SeedList.seeds(at: Self.seedFile, fresh: 1, salt: "two crashes") {
            for first in crashes {
                for second in crashes {
                    var point = 1
                    while true {
                        var plan = WorldPlan(seed: seed)
                        var chance = Chance(seed: seed &+ UInt64(point))
                        plan.armed = [(point, first), (point + 1 + chance.below(12), second)]
                        let world = run(plan)
                        #expect(world.violation == nil)
                        if world.violation != nil { return }
                        if world.fired.isEmpty { break }
                        point += Self.stride
                    }
                }
            }
        }
    }

    /// The source once heard OWNER from a target whose `cont` then answered an error, and erased its copy.
    @Test(arguments: [WorldPlan.Fault.controlCut, .partition, .recordFails, .targetDaemonCrash, .bothDaemonsCrash])
    func `a cont that answers an error never leaves the machine without an owner`(_ second: WorldPlan.Fault) {
        for seed in SeedList.seeds(at: Self.seedFile, fresh: 3, salt: "cont \(second)") {
            for point in Swift.stride(from: 30, to: .max, by: Self.stride) {
                var plan = WorldPlan(seed: seed)
                plan.armed = [(1, .runRefused), (point, second)]
                let world = run(plan)
                #expect(world.violation == nil)
                if world.violation != nil { return }
                if world.fired.count < 2 { break }
            }
        }
    }

    /// Each broken driver must be noticed, or the oracles above prove nothing.
    @Test(arguments: WorldPlan.Sabotage.allCases)
    func `a broken driver is noticed`(_ sabotage: WorldPlan.Sabotage) {
        var noticed = 0
        var runs = 0
        for seed in SeedList.seeds(at: Self.seedFile, fresh: 600, salt: "sabotage \(sabotage)") where noticed < 3 {
            var chance = Chance(seed: seed)
            var plan = WorldPlan(seed: seed)
            plan.sabotage = sabotage
            switch sabotage {
            case .lastHarvestSkipped, .harvestAgainSkipped, .barrierLeftOut, .runWithoutGrant:
                break
            case .resumedAfterRelease, .stopLeftOut:
                plan.armedAt = (.sendGrant, .controlCut)
            case .retiredWithoutConfirmation, .lostItemsForgotten:
                plan.breakage = 0.15
            case .grantBeforeRecord:
                plan.armedAt = (.record(.released), .sourceDaemonCrash)
            case .unansweredTakenForRefused:
                plan.armed = [(1, .runUnanswered)]
            case .givenBackToNobody:
                plan.armed = [(1 + chance.below(60), .cancel)]
            }
            runs += 1
            if run(plan).violation != nil { noticed += 1 }
        }
        #expect(noticed >= 3, "\(noticed) of \(runs) runs")
    }
}
