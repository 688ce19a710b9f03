import FerryContract
import FerryCore
import FerryHTTP
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// Three real `ferryd` processes: a machine moves between two of them with the third as the witness, and the moment in which the
/// two cannot settle it alone goes wrong.
@Suite(.tags(.slow), .serialized, .needs(.qemu, .root, .kernelTracker), .needs(CounterGuest.requirements))
struct WitnessTests {
    private func start(
        _ pair: FaultPair, source: [PhaseFault] = [], target: [PhaseFault] = [], witness: [PhaseFault] = []
    ) async throws {
        for (host, faults) in [(pair.left, source), (pair.right, target), (pair.witness, witness)] {
            guard let host, !faults.isEmpty else { continue }
            try host.stop()
            try await host.start(PhaseFaultPlan(faults))
        }
    }

    /// The newest report of the machine's moves.
    private func newest(_ host: FaultHost) async throws -> MigrationReport? {
        try await host.connection.send(GetMigrationsRequest()).first
    }

    private func decisions(_ pair: FaultPair) async throws -> [EventReport] {
        try await pair.witness?.connection.send(GetEventsRequest(ids: [1005])) ?? []
    }

    /// Everything as it must be in the end: one owner, one runner, whole, nothing left, and the next move arrives.
    private func check(_ pair: FaultPair, owner: FaultHost, _ watch: RunnerWatch) async throws {
        #expect(
            try await settles(within: .seconds(60)) {
                for host in [pair.left, pair.right] where !(try await host.openMigrations()).isEmpty { return false }
                return try await pair.owner() === owner
            })
        #expect(try watch.finish().isEmpty)
        #expect(try await owner.machine(pair.id)?.state == .running)
        #expect(try pair.contentFaults(on: owner).isEmpty)
        #expect(try await pair.leftovers(owner: owner).isEmpty)
        #expect(try await pair.move(from: owner).run().status == .completed)
    }

    private func watch(_ pair: FaultPair) throws -> RunnerWatch {
        try RunnerWatch(pair.id, source: pair.left, target: pair.right)
    }

    @Test func `a move with a witness arrives, is decided there for the target, and is forgotten there`() async throws {
        let pair = try await FaultPair(.witnessed)
        defer { pair.close() }
        let watch = try watch(pair)
        let report = try await pair.move(from: pair.left).run()
        #expect(report.status == .completed)
        try await check(pair, owner: pair.right, watch)
        // There and back: both were decided, and both hosts are done with both.
        #expect(try await settles(within: .seconds(60)) { try await decisions(pair).count == 2 })
        let witness = try #require(pair.witness)
        #expect(
            try await settles(within: .seconds(60)) {
                try WitnessLedger(DurableFile.read(witness.ledger)).entries.isEmpty
            })
    }

    @Test
    func `a target that dies with GRANT finds on its return that the witness gave the machine back to the source`()
        async throws
    {
        let pair = try await FaultPair(.witnessed)
        defer { pair.close() }
        try await start(pair, target: [PhaseFault(.kill, .before, .witness, side: .target)])
        let watch = try watch(pair)
        let move = pair.move(from: pair.left).begin()
        #expect(try await settles(within: .seconds(60)) { !pair.right.isAlive })
        // Nobody brings the target back, and the source does not wait for it.
        #expect(try await settles(within: .seconds(60)) { move.current != nil })
        #expect(move.current?.contains("the witness 'NODE3' decided that it stays on this host") == true)
        #expect(try await pair.left.machine(pair.id)?.state == .running)
        try await pair.right.start()
        try await check(pair, owner: pair.left, watch)
        #expect(pair.right.words.contains("The witness 'NODE3' has decided"))
    }

    @Test func `a source whose target has OWNER and is away stays paused and says that the witness decided so`()
        async throws
    {
        let pair = try await FaultPair(.witnessed)
        defer { pair.close() }
        try await start(pair, target: [PhaseFault(.kill, .after, .owner, side: .target)])
        let watch = try watch(pair)
        let move = pair.move(from: pair.left).begin()
        #expect(
            try await settles(within: .seconds(60)) {
                try await newest(pair.left)?.phase.contains(
                    "the witness 'NODE3' has decided for the destination host") == true
            })
        #expect(move.current == nil)
        let id = try #require(try await newest(pair.left)?.id)
        let records = try await pair.left.connection.send(GetMigrationRecordsRequest(migration: id))
        #expect(records.own.record == "RELEASED" && !records.own.isRunning)
        #expect(records.witness?.name == "NODE3" && records.witness?.decision == .target)
        #expect(
            records.keepHere.meaning.contains("The witness 'NODE3' has decided that the virtual machine is 'NODE2''s."))
        try await pair.right.start()
        #expect(try await settles(within: .seconds(60)) { move.current != nil })
        #expect(move.current == MigrationStatus.completed.rawValue)
        try await check(pair, owner: pair.right, watch)
    }

    @Test func `a witness that is gone at GRANT fails the move, and the guest runs on at the source`() async throws {
        let pair = try await FaultPair(.witnessed)
        defer { pair.close() }
        let witness = try #require(pair.witness)
        try await start(pair, target: [PhaseFault(.delay(.seconds(2)), .before, .deviceState, side: .target)])
        let watch = try watch(pair)
        let move = pair.move(from: pair.left).begin()
        #expect(try await settles(within: .seconds(60)) { pair.right.words.contains("fault plan: ") })
        try witness.kill()
        #expect(try await settles(within: .seconds(60)) { move.current != nil })
        #expect(move.current?.contains("The witness 'NODE3' did not answer in time") == true, "\(move.current ?? "")")
        #expect(try await pair.left.machine(pair.id)?.state == .running)
        try await witness.start()
        try await check(pair, owner: pair.left, watch)
    }

    @Test func `a witness that dies between writing and answering has decided`() async throws {
        let pair = try await FaultPair(.witnessed)
        defer { pair.close() }
        let witness = try #require(pair.witness)
        // The target hears nothing and refuses; had the link broken too, the source would be told the decision.
        try await start(pair, witness: [PhaseFault(.kill, .after, .record, side: .target)])
        let watch = try watch(pair)
        let move = pair.move(from: pair.left).begin()
        #expect(try await settles(within: .seconds(60)) { !witness.isAlive })
        #expect(try await settles(within: .seconds(60)) { move.current != nil })
        let ledger = try WitnessLedger(DurableFile.read(witness.ledger))
        #expect(ledger.entries.values.map(\.decision) == [.target])
        #expect(try await pair.left.machine(pair.id)?.state == .running)
        try await witness.start()
        try await check(pair, owner: pair.left, watch)
    }

    @Test func `a move whose witness does not answer at its begin goes without, and says so`() async throws {
        let pair = try await FaultPair(.witnessed)
        defer { pair.close() }
        let witness = try #require(pair.witness)
        try witness.stop()
        let report = try await pair.move(from: pair.left).run()
        #expect(report.status == .completed)
        let words = "is moved without the witness 'NODE3': it does not answer 'NODE1'"
        let events = try await pair.left.connection.send(GetEventsRequest(ids: [1005]))
        #expect(events.count == 1 && events.first?.message.contains(words) == true)
        #expect(try await pair.owner() === pair.right)
        try await witness.start()
        #expect(try await decisions(pair).isEmpty)
    }
}
