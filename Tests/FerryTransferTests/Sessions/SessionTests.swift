import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

/// Whole moves with real threads: both sessions, the movers, the channels. One at a time, so that what is left over can be seen.
@Suite(.serialized) struct SessionTests {
    private let folder: TemporaryDirectory
    private let oracle = RunnerOracle()
    private let one: SimulatedMachine
    private let two: SimulatedMachine

    init() throws {
        folder = try TemporaryDirectory(inMemory: true)
        one = try SimulatedMachine("NODE1", folder: folder, oracle: oracle)
        two = try SimulatedMachine("NODE2", folder: folder, oracle: oracle)
        var random = SeededGenerator(salt: "session")
        one.fill(&random)
        one.run()
    }

    /// Both images, taken where the guest is paused on both hosts.
    private final class Images: Sendable {
        struct Pair: Sendable {
            var isEqual = false
            var count = 0
        }
        let pair = Mutex(Pair())

        func compare(_ crossing: Crossing) {
            let (source, target) = (crossing.sourceGuest.machine, crossing.targetGuest.machine)
            let memoryIsEqual = (try? source.memory()) == (try? target.memory())
            let diskIsEqual = !crossing.plan.hasDisk || source.disk.bytes == target.disk.bytes
            pair.withLock { pair in
                pair.isEqual = memoryIsEqual && diskIsEqual
                pair.count += 1
            }
        }

        var areEqual: Bool { pair.withLock { $0.isEqual && $0.count > 0 } }
    }

    private func comparing(_ images: Images, _ plan: Crossing.Plan = Crossing.Plan()) -> Crossing.Plan {
        var plan = plan
        let before = plan.probe
        plan.probe = { crossing, host, point in
            before(crossing, host, point)
            if point.isPoint(.after, .deviceState, side: .target) { images.compare(crossing) }
        }
        return plan
    }

    private func expectMoved(_ reports: (source: SourceReport, target: TargetReport), _ crossing: Crossing) {
        guard case .moved = reports.source.outcome else {
            Issue.record("The source reports \(reports.source.outcome).")
            return
        }
        guard case .runsHere = reports.target.outcome else {
            Issue.record("The target reports \(reports.target.outcome).")
            return
        }
        #expect(crossing.sourceLog.all == [.owner, .released, .gone])
        #expect(crossing.targetLog.all == [.prepared, .ready, .owner])
        #expect(oracle.running == [crossing.targetGuest.machine.host])
    }

    private func expectKept(_ reports: (source: SourceReport, target: TargetReport), _ crossing: Crossing) -> Failure? {
        guard case .keptHere(let failure) = reports.source.outcome else {
            Issue.record("The source reports \(reports.source.outcome).")
            return nil
        }
        guard case .refused = reports.target.outcome else {
            Issue.record("The target reports \(reports.target.outcome).")
            return failure
        }
        #expect(crossing.targetGuest.isDestroyed)
        #expect(oracle.running == [crossing.sourceGuest.machine.host])
        return failure
    }

    /// After every test: at most one host ever ran the guest, and no thread of the engine is left.
    private func expectTidy() throws {
        #expect(oracle.worst == 1)
        #expect(!one.tracker.isArmed)
        one.pause()
        two.pause()
        #expect(try eventually(within: .seconds(10)) { () throws in try Self.engineThreads().isEmpty })
    }

    private static func engineThreads() throws -> [String] {
        try Folder.names(in: "/proc/self/task").compactMap { id in
            guard let name = try? DurableFile.read("/proc/self/task/\(id)/comm", limit: 64) else { return nil }
            let text = String(decoding: name, as: UTF8.self)
            return text.hasPrefix("ferry-") ? text : nil
        }
    }

    // MARK: Moves that succeed

    @Test(arguments: [TrafficProtection.encrypted(.make()), .plain(.make()), .plain()])
    func `a machine moves while it writes, and both images are equal at the switch`(
        _ protection: TrafficProtection
    ) throws {
        let images = Images()
        var plan = Crossing.Plan()
        plan.protection = protection
        plan.verifiesMemory = true
        let crossing = try Crossing(from: one, to: two, comparing(images, plan))
        let reports = try crossing.run()
        expectMoved(reports, crossing)
        #expect(images.areEqual)
        #expect(reports.source.rounds >= 2)
        #expect(reports.source.memoryBytes == reports.target.memoryBytes)
        #expect(reports.source.diskBytes == reports.target.diskBytes)
        #expect(reports.source.memoryBytes > 0 && reports.source.wireBytes > 0)
        #expect(try #require(reports.source.preparationTime) < reports.source.totalTime)
        let blackout = try #require(reports.source.blackout)
        #expect(blackout.steps.map(\.name).contains("stop"))
        let sum = blackout.steps.filter { !$0.name.hasSuffix("(of it)") }.map(\.duration).reduce(.zero, +)
        #expect(sum == blackout.total)
        #expect(crossing.source.progress.percent > 0)
        try expectTidy()
    }

    @Test func `it moves back, and there again`() throws {
        var (here, there) = (one, two)
        for _ in 0..<3 {
            let images = Images()
            let fresh = try SimulatedMachine(
                "NODE\(there.host.last ?? "x")", folder: try TemporaryDirectory(inMemory: true), oracle: oracle)
            let crossing = try Crossing(from: here, to: fresh, comparing(images))
            expectMoved(try crossing.run(), crossing)
            #expect(images.areEqual)
            (here, there) = (fresh, here)
        }
        here.pause()
        try expectTidy()
    }

    @Test func `boot files arrive whole`() throws {
        var random = SeededGenerator(salt: "boot files")
        let kernel = random.bytes(1_300_000)
        let disk = random.bytes(17)
        let kernelPath = folder.file("kernel")
        let diskPath = folder.file("initrd")
        try DurableFile.replace(kernelPath, with: kernel)
        try DurableFile.replace(diskPath, with: disk)
        var plan = Crossing.Plan()
        plan.bootFiles = [BootFile(kind: .kernel, path: kernelPath), BootFile(kind: .initialRAMDisk, path: diskPath)]
        let crossing = try Crossing(from: one, to: two, plan)
        expectMoved(try crossing.run(), crossing)
        #expect(crossing.targetGuest.bootFiles == [.kernel: kernel, .initialRAMDisk: disk])
        try expectTidy()
    }

    @Test(arguments: [ConvergencePolicy.stopAndCopy, .fixedRounds(3)])
    func `other policies move it, too`(_ policy: ConvergencePolicy) throws {
        let images = Images()
        var plan = Crossing.Plan()
        plan.policy = policy
        plan.needsBarrier = true
        let crossing = try Crossing(from: one, to: two, comparing(images, plan))
        let reports = try crossing.run()
        expectMoved(reports, crossing)
        #expect(images.areEqual)
        #expect(reports.source.barrierTime > .zero)
        try expectTidy()
    }

    // MARK: Broken connections

    @Test func `a data connection lost in the middle of a round is replaced, and nothing is lost`() throws {
        let images = Images()
        var plan = Crossing.Plan()
        plan.onStore = { crossing, count in
            if count == 9 { crossing.supply.cut(1) }
            if [3, 20, 30, 40, 50, 60].contains(count) { crossing.supply.cutNewest() }
        }
        let crossing = try Crossing(from: one, to: two, comparing(images, plan))
        let reports = try crossing.run()
        expectMoved(reports, crossing)
        #expect(images.areEqual)
        // The control channel and four data connections, two more than the plan has. Counted as they are asked for: one that is cut
        // before it has been greeted is replaced, too, and was never opened.
        #expect(crossing.supply.numbers.count >= 5)
        try expectTidy()
    }

    private static let controlCuts: [PhasePoint] = [
        PhasePoint(.after, .survey, side: .source), PhasePoint(.after, .prepare, side: .target),
        PhasePoint(.after, .firstRound, side: .source), PhasePoint(.after, .freeze, side: .source),
        PhasePoint(.before, .ready, side: .source), PhasePoint(.after, .deviceState, side: .target),
        PhasePoint(.after, .released, side: .source), PhasePoint(.after, .owner, side: .target),
        PhasePoint(.after, .cont, side: .target),
    ]

    @Test(arguments: controlCuts)
    func `a control channel lost at any moment leaves one runner and a way on`(_ cut: PhasePoint) throws {
        var plan = Crossing.Plan()
        plan.probe = { crossing, _, point in
            if point.isPoint(cut.moment, cut.phase, side: cut.side) { crossing.supply.cut(0) }
        }
        let crossing = try Crossing(from: one, to: two, plan)
        let reports = try crossing.run()
        switch cut.phase {
        case .released, .owner, .cont: expectMoved(reports, crossing)
        default:
            let failure = expectKept(reports, crossing)
            #expect(
                failure?.is(TransferFault.connectionLost) == true || failure?.is(TransferFault.targetRefused) == true)
            try expectRetryMoves()
        }
        try expectTidy()
    }

    /// The machine is at the source: the next attempt must succeed, with equal images.
    private func expectRetryMoves() throws {
        let images = Images()
        let third = try SimulatedMachine("NODE3", folder: try TemporaryDirectory(inMemory: true), oracle: oracle)
        let crossing = try Crossing(from: one, to: third, comparing(images))
        expectMoved(try crossing.run(), crossing)
        #expect(images.areEqual)
        third.pause()
    }

    // MARK: Faults

    @Test func `whatever fails, one host runs the guest and the next attempt works`() throws {
        var nth = 1
        while true {
            let oracle = RunnerOracle()
            let folder = try TemporaryDirectory(inMemory: true)
            let source = try SimulatedMachine("NODE1", folder: folder, oracle: oracle)
            let target = try SimulatedMachine("NODE2", folder: folder, oracle: oracle)
            var random = SeededGenerator(salt: "faults")
            source.fill(&random)
            source.run()
            let faults = FaultPlan()
            faults.arm(nth: nth)
            var plan = Crossing.Plan()
            plan.needsBarrier = true
            plan.connectTimeout = .seconds(1)
            let crossing = try Crossing(from: source, to: target, plan, faults: faults)
            let reports = try crossing.run()
            let place = faults.fired ?? "nothing"
            #expect(oracle.worst == 1, "\(place) failed")
            #expect(oracle.running.count == 1, "\(place) failed")
            switch (reports.source.outcome, reports.target.outcome) {
            case (.moved, .runsHere): #expect(oracle.running == ["NODE2"], "\(place) failed")
            case (.keptHere(let failure), .refused):
                #expect(oracle.running == ["NODE1"], "\(place) failed")
                #expect(crossing.targetGuest.isDestroyed, "\(place) failed")
                // A target that could not even record PREPARED takes no connection.
                #expect(
                    failure.description.contains("The test made") || failure.is(TransferFault.targetRefused)
                        || place.contains("PREPARED"), "\(place): \(failure)")
                let third = try SimulatedMachine("NODE3", folder: folder, oracle: oracle)
                let again = try Crossing(from: source, to: third)
                guard case .moved = try again.run().source.outcome else {
                    Issue.record("The attempt after \(place) had failed did not succeed.")
                    return
                }
                third.pause()
            case (let source, let target): Issue.record("\(place) failed: \(source), \(target)")
            }
            source.pause()
            target.pause()
            guard faults.didFire else { break }
            nth += 1
        }
        #expect(nth > 12)
        one.pause()
        try expectTidy()
    }

    @Test func `a target whose memory breaks gives the machine up`() throws {
        var plan = Crossing.Plan()
        plan.onStore = { crossing, count in if count == 5 { crossing.sink.failing.store(true, ordering: .relaxed) } }
        let crossing = try Crossing(from: one, to: two, plan)
        let failure = expectKept(try crossing.run(), crossing)
        #expect(failure?.description.contains("The medium broke.") == true)
        try expectRetryMoves()
        try expectTidy()
    }

    @Test func `a source hypervisor that dies while copying is a machine that is off, and the target lets go`() throws {
        var plan = Crossing.Plan()
        plan.onStore = { crossing, count in if count == 5 { crossing.sourceGuest.die() } }
        plan.policy = .fixedRounds(500)
        let crossing = try Crossing(from: one, to: two, plan)
        let reports = try crossing.run()
        guard case .stoppedHere(let failure) = reports.source.outcome, case .refused = reports.target.outcome else {
            Issue.record("\(reports.source.outcome), \(reports.target.outcome)")
            return
        }
        #expect(failure.is(TransferFault.guestLost))
        #expect(oracle.running.isEmpty)
        #expect(oracle.worst == 1)
    }

    // MARK: Strangers and liars

    @Test func `a target with another key takes nothing, and the source says why`() throws {
        var plan = Crossing.Plan()
        plan.targetProtection = .encrypted(.make())
        plan.connectTimeout = .milliseconds(500)
        let crossing = try Crossing(from: one, to: two, plan)
        let failure = expectKept(try crossing.run(), crossing)
        #expect(failure?.is(TransferFault.authenticationFailed) == true)
        try expectTidy()
    }

    @Test func `strangers at the port do not disturb a move`() throws {
        let images = Images()
        var plan = Crossing.Plan()
        plan.onStore = { crossing, count in
            guard count < 6, let (near, far) = try? StreamSocket.pair() else { return }
            crossing.supply.hand(far)
            var random = SeededGenerator(seed: UInt64(count))
            // A good preamble of this very move, then noise; or noise at once.
            var bytes = random.bytes(4096)
            if count.isMultiple(of: 2) { bytes.replaceSubrange(0..<8, with: Preamble.magic) }
            try? near.writeFully(bytes, until: .after(.seconds(5)))
            near.shutDown()
        }
        let crossing = try Crossing(from: one, to: two, comparing(images, plan))
        expectMoved(try crossing.run(), crossing)
        #expect(images.areEqual)
        try expectTidy()
    }

    @Test func `strangers who know the move's name, take its numbers and then dawdle hold nothing up`() throws {
        let images = Images()
        let crossing = try Crossing(from: one, to: two, comparing(images))
        var dawdlers: [StreamSocket] = []
        for number in [0, 0, 0, 1, 2, 3] as [UInt32] {
            let (near, far) = try StreamSocket.pair()
            crossing.supply.hand(far)
            try near.writeFully(
                Preamble.sample(number: number, mode: .encrypted, migration: crossing.migration),
                until: .after(.seconds(5)))
            // The answer: it was taken for one of the move's own.
            _ = try near.readFully(Preamble.answerLength, until: .scaled(.seconds(10)))
            // A part of a record that it has no key for.
            try near.writeFully([9, 0, 0, 0, 0], until: .after(.seconds(5)))
            dawdlers.append(near)
        }
        expectMoved(try crossing.run(), crossing)
        // None was refused, and asked for again by another number.
        #expect(crossing.supply.numbers == [0, 1, 2])
        #expect(images.areEqual)
        withExtendedLifetime(dawdlers) {}
        try expectTidy()
    }

    // MARK: Ending early

    @Test(arguments: [
        PhasePoint(.after, .survey, side: .source), PhasePoint(.after, .laterRound, side: .source),
        PhasePoint(.after, .freeze, side: .source), PhasePoint(.before, .ready, side: .source),
    ])
    func `a cancelled move leaves the guest where it was`(_ point: PhasePoint) throws {
        var plan = Crossing.Plan()
        plan.policy = .fixedRounds(4)
        plan.probe = { crossing, _, reached in
            if reached.isPoint(point.moment, point.phase, side: .source) { crossing.source.cancel() }
        }
        let crossing = try Crossing(from: one, to: two, plan)
        let failure = expectKept(try crossing.run(), crossing)
        #expect(failure?.is(TransferFault.cancelled) == true)
        try expectRetryMoves()
        try expectTidy()
    }

    @Test func `a barrier that hangs on its storage ends with the cancellation of the move`() throws {
        var plan = Crossing.Plan()
        plan.needsBarrier = true
        let crossing = try Crossing(from: one, to: two, plan)
        crossing.sourceGuest.hangs.store(true, ordering: .sequentiallyConsistent)
        let canceller = try WorkerThread("test-cancel") {
            _ = crossing.sourceGuest.draining.wait(until: .scaled(.seconds(60)))
            crossing.source.cancel()
        }
        let failure = expectKept(try crossing.run(), crossing)
        canceller.join()
        #expect(failure?.is(TransferFault.cancelled) == true)
        try expectRetryMoves()
        try expectTidy()
    }

    @Test func `a cancellation after RELEASED comes too late, and is told so`() throws {
        var plan = Crossing.Plan()
        plan.probe = { crossing, _, reached in
            if reached.isPoint(.after, .owner) { crossing.source.cancel() }
        }
        let crossing = try Crossing(from: one, to: two, plan)
        expectMoved(try crossing.run(), crossing)
        #expect(crossing.source.progress.wasTooLateToCancel)
        try expectTidy()
    }

    @Test func `a move given up at the target leaves the guest where it was`() throws {
        var plan = Crossing.Plan()
        plan.onStore = { crossing, count in
            if count == 4 {
                crossing.target.abandon(Failure(TransferFault.cancelled, "The administrator of NODE2 gave it up."))
            }
        }
        let crossing = try Crossing(from: one, to: two, plan)
        let failure = expectKept(try crossing.run(), crossing)
        #expect(failure?.description.contains("The administrator of NODE2 gave it up.") == true)
        try expectTidy()
    }

    @Test func `a move in doubt survives both runtimes, and ends when they can talk again`() throws {
        var plan = Crossing.Plan()
        plan.probe = { crossing, host, reached in
            guard reached.isPoint(.after, .released) else { return }
            crossing.peersAreDown.store(true, ordering: .relaxed)
            crossing.supply.cut(0)
            crossing.source.suspend()
            crossing.target.suspend()
        }
        let crossing = try Crossing(from: one, to: two, plan)
        let reports = try crossing.run()
        guard case .inDoubt = reports.source.outcome, case .inDoubt = reports.target.outcome else {
            Issue.record("\(reports.source.outcome), \(reports.target.outcome)")
            return
        }
        #expect(oracle.running.isEmpty)
        let again = try crossing.recover()
        expectMoved(again, crossing)
        try expectTidy()
    }

    @Test func `in doubt with a target whose hypervisor died, the source takes the machine back`() throws {
        var plan = Crossing.Plan()
        plan.probe = { crossing, host, reached in
            guard reached.isPoint(.after, .released) else { return }
            crossing.peersAreDown.store(true, ordering: .relaxed)
            crossing.supply.cut(0)
            crossing.source.suspend()
            crossing.target.suspend()
        }
        let crossing = try Crossing(from: one, to: two, plan)
        _ = try crossing.run()
        try crossing.targetGuest.destroy()
        let failure = expectKept(try crossing.recover(), crossing)
        #expect(failure?.is(TransferFault.targetRefused) == true)
        #expect(crossing.sourceLog.all == [.owner, .released, .refused])
        #expect(crossing.targetLog.all == [.prepared, .ready, .refused])
        try expectRetryMoves()
        try expectTidy()
    }

    // MARK: The checks can fail

    @Test func `without our stop the images differ`() throws {
        let images = Images()
        var plan = Crossing.Plan()
        plan.ignoresPause = true
        plan.hasDisk = false
        let crossing = try Crossing(from: one, to: two, comparing(images, plan))
        _ = try crossing.run()
        #expect(oracle.worst == 2 || !images.areEqual)
        one.pause()
        two.pause()
    }

    @Test func `memory that is not what the source sent is found before the guest runs`() throws {
        var plan = Crossing.Plan()
        plan.verifiesMemory = true
        plan.probe = { crossing, host, point in
            if host == "NODE2", point.isPoint(.before, .deviceState, side: .target) {
                crossing.targetGuest.machine.put([1, 2, 3, 4, 5], at: 4096 * 3)
            }
        }
        let crossing = try Crossing(from: one, to: two, plan)
        let failure = expectKept(try crossing.run(), crossing)
        #expect(failure?.is(TransferFault.checksumMismatch) == true)
        try expectTidy()
    }

    /// KVM does, into the clock of a guest whose registers it is handed.
    @Test func `a move whose memory is checked is not refused for what the hypervisor writes while it loads`() throws {
        var plan = Crossing.Plan()
        plan.verifiesMemory = true
        plan.probe = { crossing, host, point in
            // The end of the load, and nothing between it and the load itself.
            if host == "NODE2", point.isPoint(.after, .deviceState, side: .target) {
                crossing.targetGuest.machine.put([1, 2, 3, 4, 5], at: 4096 * 3)
            }
        }
        let crossing = try Crossing(from: one, to: two, plan)
        expectMoved(try crossing.run(), crossing)
        try expectTidy()
    }
}
