import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// A host's state folder whose disk answers EIO, at each call of a move that would reach it: one that fails once, and one that
/// fails from then on until it is mended.
///
/// `FERRY_WRITE_ERRORS=all` tries every call of both hosts, which takes minutes; without it some of them.
@Suite(.tags(.slow), .serialized, .needs(.qemu, .root, .kernelTracker), .needs(CounterGuest.requirements))
struct WriteErrorTests {
    private static let isThorough = Program.environmentValue("FERRY_WRITE_ERRORS") == "all"

    @Test(.needs(FailingWrites.requirements), arguments: OwnershipSide.allCases)
    func `whichever write of a move fails with EIO, one machine is left, whole, and moves again`(side: OwnershipSide)
        async throws
    {
        let pair = try await FaultPair()
        defer { pair.close() }
        let library = try FailingWrites.build(in: pair.folder.path)
        var call = 1
        var failed = 0
        while true {
            let writes = FailingWrites(call: call, isLasting: call.isMultiple(of: 3))
            guard try await survives(writes, side, pair, library) else { break }
            failed += 1
            call += Self.isThorough ? 1 : call < 6 ? 2 : 5
        }
        // A move has that many at least; a library that sees none would let everything pass.
        #expect(call > 10 && failed >= 4, "\(failed) calls failed, the last of them before call \(call)")
    }

    /// false when the move had fewer calls than that.
    private func survives(
        _ writes: FailingWrites, _ side: OwnershipSide, _ pair: FaultPair, _ library: String
    ) async throws -> Bool {
        let source = try #require(try await pair.owner())
        let target = pair.other(source)
        let faulty = side == .source ? source : target
        let (armed, counts) = ("\(pair.folder.path)/armed", "\(pair.folder.path)/counts")
        try DurableFile.remove(counts)
        try faulty.stop()
        try await faulty.start(
            environment: writes.environment(
                library: library, under: "\(faulty.folder)/state", armed: armed, counts: counts))
        let watch = try RunnerWatch(pair.id, source: source, target: target)
        try DurableFile.replace(armed, with: [])
        let move = pair.move(from: source).begin()
        // A disk that is dead is mended in the end: while it is not, some moves stay in doubt.
        _ = await move.wait(within: .seconds(writes.isLasting ? 6 : 60))
        try DurableFile.remove(armed)
        let told = try DurableFile.readIfPresent(counts).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let what = "\(side) call \(writes.call)\(writes.isLasting ? " and all later ones" : ""): \(told.suffix(600))"
        let isOver = await move.wait(within: .seconds(90)) != nil
        #expect(isOver, "\(what): the move does not end")
        // What could not be undone or closed is the next life's to settle.
        try faulty.stop()
        try await faulty.start()
        let isSettled = try await settles(within: .seconds(90)) {
            for host in [source, target] where try await !host.openMigrations().isEmpty { return false }
            guard let owner = try await pair.owner() else { return false }
            return try await owner.machine(pair.id)?.state == .running
        }
        #expect(isSettled, "\(what): not settled; the move: \(move.current ?? "-")")
        #expect(try watch.finish().isEmpty, "\(what)")
        let owner = try #require(try await pair.owner())
        #expect(try pair.contentFaults(on: owner) == [], "\(what)")
        #expect(try await pair.leftovers(owner: owner) == [], "\(what); the move: \(move.current ?? "-")")
        if owner === source { #expect(try await pair.move(from: source).run().status == .completed, "\(what)") }
        return told.contains(" failed\n")
    }
}
