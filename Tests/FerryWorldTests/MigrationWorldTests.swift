import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// Whole moves in one process. Oracles are in `World`; here are the stories.
@Suite("MigrationWorld", .seeded, .serialized)
struct MigrationWorldTests {
    private static let seedFile = String(#filePath.dropLast("MigrationWorldTests.swift".count)) + "Seeds/World.txt"

    /// An unoptimised build tells fewer stories, and tries every fourth step.
    #if DEBUG
        private static let thoroughness = 10
        private static let stride = 4
        private static let usualRuns = 400
    #else
        private static let thoroughness = 100
        private static let stride = 1
        private static let usualRuns = 10_000
    #endif

    /// `FERRY_WORLD_RUNS` asks for more stories, or fewer.
    private static let roughRuns = Program.environmentValue("FERRY_WORLD_RUNS").flatMap { Int($0) } ?? usualRuns

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
        var count = WorldCount()
        for seed in SeedList.seeds(at: Self.seedFile, fresh: Self.roughRuns, salt: "rough") {
            let world = run(roughPlan(seed))
            count.add(world)
            guard world.violation == nil else {
                SeedList.keep(seed, at: Self.seedFile)
                Issue.record("seed \(seed), kept in Seeds/World.txt: \(world.violation ?? "")")
                break
            }
        }
        print(count.summary)
        Attachment.record(count.summary, named: "world.txt")
        // Every kind must fire, and both kinds of run must occur, or the faults are not where the moves are.
        guard Self.roughRuns >= Self.usualRuns else { return }
        for fault in WorldPlan.Fault.allCases { #expect(count.fired[fault, default: 0] > 0, "\(fault) never fired") }
        #expect(count.repeated * 10 > count.runs && (count.runs - count.repeated) * 10 > count.runs)
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

    @Test func `two faults in a row at every step leave one owner`() {
        let faults: [WorldPlan.Fault] = [
            .sourceDaemonCrash, .targetDaemonCrash, .partition, .recordFails, .controlBlackHole, .cancel,
        ]
        for seed in SeedList.seeds(at: Self.seedFile, fresh: 1, salt: "two faults") {
            for first in faults {
                for second in faults {
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
    @Test(arguments: [
        WorldPlan.Fault.controlCut, .controlBlackHole, .partition, .recordFails, .targetDaemonCrash, .bothDaemonsCrash,
    ])
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
            runs += 1
            if run(sabotaged(sabotage, seed)).violation != nil { noticed += 1 }
        }
        #expect(noticed >= 3, "\(noticed) of \(runs) runs")
    }

    /// The same runs without the sabotage: what is noticed above is the sabotage, not the faults that bring it out.
    @Test(arguments: WorldPlan.Sabotage.allCases)
    func `a sound driver survives what brings a broken one to light`(_ sabotage: WorldPlan.Sabotage) {
        for seed in SeedList.seeds(at: Self.seedFile, fresh: 4 * Self.thoroughness, salt: "sound \(sabotage)") {
            var plan = sabotaged(sabotage, seed)
            plan.sabotage = nil
            let world = run(plan)
            #expect(world.violation == nil)
            if world.violation != nil { return }
        }
    }

    /// A story with the sabotage, and with the faults that bring it out.
    private func sabotaged(_ sabotage: WorldPlan.Sabotage, _ seed: UInt64) -> WorldPlan {
        var chance = Chance(seed: seed)
        var plan = WorldPlan(seed: seed)
        plan.sabotage = sabotage
        switch sabotage {
        case .lastHarvestSkipped, .harvestAgainSkipped, .barrierLeftOut, .runWithoutGrant:
            break
        case .resumedAfterRelease, .stopLeftOut:
            plan.armedAt = [(1, .sendGrant, .controlCut)]
        case .silenceTakenForRefusal:
            plan.armedAt = [(1, .sendGrant, .controlBlackHole)]
        case .retiredWithoutConfirmation:
            // Broken, or fallen silent with items that are still to come.
            if chance.happens(0.5) {
                plan.breakage = 0.15
            } else {
                for _ in 0..<4 { plan.armed.append((8 + chance.below(40), .dataBlackHole)) }
            }
        case .lostItemsForgotten:
            plan.breakage = 0.15
        case .grantBeforeRecord:
            plan.armedAt = [(1, .record(.released), .sourceDaemonCrash)]
        case .unansweredTakenForRefused:
            plan.armed = [(1, .runUnanswered)]
        case .givenBackToNobody:
            plan.armed = [(1 + chance.below(60), .cancel)]
        case .flushAssumed:
            plan.armed = [(10 + chance.below(60), .targetStorageDeath)]
        case .failedRecordIgnored:
            plan.armed = [(20 + chance.below(60), .recordsDiskFull), (40 + chance.below(60), .bothDaemonsCrash)]
        case .recordNotSynced:
            plan.armed = [(20 + chance.below(80), .bothPowerFailure)]
        case .leaseEndTakenForGrant:
            plan.armedAt = [(1, .sendDeviceState, .leaseEnds)]
        case .answersMistaken:
            // The first move is refused after a long doubt; answers about it are still under way during the second.
            plan.armed = Swift.stride(from: 1, to: 400, by: 8).map { ($0, .connectionsDelayed) }
            plan.armedAt = [(1, .record(.released), .targetPowerFailure), (2, .sendGrant, .controlCut)]
        case .witnessNotAsked, .witnessSilenceTakenForWord:
            // The source hears nothing for longer than it waits; the target has the grant, and runs by it late or early.
            plan.hasWitness = true
            plan.armed = sabotage == .witnessNotAsked ? [] : [(1 + chance.below(30), .witnessCut)]
            plan.armedAt = [(1, .sendGrant, .partition)]
        case .witnessedNotRecorded:
            plan.hasWitness = true
            plan.armedAt = [(1, .sendGrant, .targetDaemonCrash)]
        case .claimTakenForDecision:
            plan.hasWitness = true
            plan.armedAt = [(1, .sendGrant, .partition)]
        case .claimNotWritten:
            plan.hasWitness = true
            plan.armed = (60..<100).map { ($0 + chance.below(20), .witnessCrash) }
            plan.armedAt = [(1, .sendGrant, .partition)]
        }
        return plan
    }
}
