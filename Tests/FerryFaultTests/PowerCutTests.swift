import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// The power fails on both hosts at once: every process is gone, memory and sockets with them, and of what was being written only
/// what was synced remains, followed by the torn begin of what was not.
@Suite(.tags(.slow), .serialized, .needs(.qemu, .root, .kernelTracker), .needs(CounterGuest.requirements))
struct PowerCutTests {
    /// Where it fails, and which host has the machine afterwards.
    private static let cuts: [(fault: PhaseFault, staysAtSource: Bool)] = [
        (PhaseFault(.kill, .after, .prepare, side: .target), true),
        (PhaseFault(.kill, .before, .released, side: .source), true),
        // Given away and taken by nobody: the target's copy is dead, so it says REFUSED when it is asked.
        (PhaseFault(.kill, .after, .released, side: .source), true),
        (PhaseFault(.kill, .after, .owner, side: .target), false),
        (PhaseFault(.kill, .after, .cont, side: .target), false),
        (PhaseFault(.kill, .after, .gone, side: .source), false),
    ]

    @Test(arguments: 0..<6)
    func `after a power cut of both hosts one of them has the machine, whole, and it starts and moves`(
        _ index: Int
    ) async throws {
        let (fault, staysAtSource) = Self.cuts[index]
        let pair = try await FaultPair()
        defer { pair.close() }
        let (source, target) = (pair.left, pair.right)
        let faulty = fault.side == .source ? source : target
        try faulty.stop()
        try await faulty.start(PhaseFaultPlan([fault]))
        let move = pair.move(from: source).begin()
        _ = try faulty.ferryd?.waitForExit(until: .scaled(.seconds(60)))
        for host in [faulty, pair.other(faulty)] { try host.cutPower() }
        for host in [source, target] { try await host.start() }
        let owner = staysAtSource ? source : target
        let isSettled = try await settles(pair, owner)
        #expect(isSettled, "\(fault)")
        #expect(try await owner.machine(pair.id)?.state == .off)
        #expect(try CounterGuest.logFault(image: "\(owner.disks)/counter.raw") == nil)
        try await pair.startAnew(on: owner)
        #expect(try await pair.leftovers(owner: owner) == [])
        #expect(move.current != MigrationStatus.completed.rawValue || !staysAtSource)
        #expect(try await pair.move(from: owner).run().status == .completed)
        #expect(try pair.contentFaults(on: pair.other(owner)) == [])
        #expect(try await pair.leftovers(owner: pair.other(owner)) == [])
    }

    private func settles(_ pair: FaultPair, _ owner: FaultHost) async throws -> Bool {
        try await FerryFaultTests.settles(within: .seconds(60)) {
            let open = try await pair.left.openMigrations() + pair.right.openMigrations()
            guard open.isEmpty else { return false }
            return try await pair.owner() === owner
        }
    }
}
