import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

/// The checks of the other tests, tried on moves that are wrong on purpose: each must be caught. A control that passes means
/// that the check sees nothing.
@Suite(.tags(.slow), .serialized, .needs(.qemu, .root, .kernelTracker), .needs(CounterGuest.requirements))
struct NegativeControlTests {
    // MARK: - Our stop left out

    /// What a source does whose relay breaks while its device state is under way: whether its guest runs again without our
    /// `cont`. Two runners, had the target been granted the machine meanwhile.
    @Test(arguments: [true, false])
    func `a source that QEMU stopped runs again by itself when the peer is gone, one that we stopped does not`(
        isOurs: Bool
    ) async throws {
        let guest = CounterGuest()
        let runner = OneRunner(guest)
        let (monitor, source) = (Box<QMPClient?>(nil), Box<String?>(nil))
        let state = Box<String?>(nil)
        var options = TestHost.Options()
        options.tuning.sourceGuestFilter = { inner in
            BrokenRelayGuest(inner, pauses: isOurs, monitor: monitor) { moment in
                switch moment {
                case .standing: if let path = source.current { runner.frozen(source: path) }
                case .broken(let found):
                    state.current = found
                    guard !isOurs else { return runner.check("after the relay broke") }
                    // It is on its way already; a page or two take it no time.
                    _ = eventually {
                        runner.check("after the relay broke")
                        return !runner.violations.isEmpty
                    }
                }
            }
        }
        let pair = try await HostPair(left: options)
        defer {
            runner.close()
            pair.close()
        }
        let id = try await pair.startCounter(guest, on: pair.left)
        monitor.current = try pair.left.machine(id).requireQEMU().qmp()
        source.current = pair.left.memoryPath(id)
        await #expect(throws: Failure.self) { try await pair.move(id, from: pair.left, to: pair.right) }
        monitor.current = nil
        // The check of every other test sees it from memory alone, and QEMU says the same.
        #expect(runner.violations.contains { $0.contains("the source's guest ran") } == !isOurs)
        #expect(runner.violations.allSatisfy { $0.hasPrefix("after the relay broke: the source's guest ran") })
        #expect((state.current == "running") == !isOurs && state.current != nil)
        // Whatever was done to it: the machine goes on at the source, and nothing is at the target.
        let before = try guest.counters(in: pair.left.memoryFile(id)).total
        #expect(try eventually { try guest.counters(in: pair.left.memoryFile(id)).total > before })
        #expect(pair.right.runtime.machines.machineIfPresent(id) == nil)
    }

    // MARK: - The target started without -S

    /// A source that we stopped tells its target to stay paused; `-S` is what holds a target whose source QEMU stopped.
    @Test(arguments: [true, false])
    func `a target without -S runs before it was granted the machine`(isHeld: Bool) async throws {
        let guest = CounterGuest()
        let runner = OneRunner(guest)
        let machine = Box<(source: String, target: String)?>(nil)
        var (left, right) = (TestHost.Options(), TestHost.Options())
        left.tuning.probe = MoveProbe { point in
            if point.isPoint(.before, .ready, side: .source), let source = machine.current?.source {
                runner.frozen(source: source)
            }
        }
        right.tuning.probe = MoveProbe { point in
            guard let target = machine.current?.target else { return }
            if point.isPoint(.after, .prepare, side: .target) { runner.prepared(target: target) }
            if point.isPoint(.before, .cont) { runner.check("before cont") }
        }
        left.tuning.sourceGuestFilter = { UnstoppedGuest($0) }
        if !isHeld {
            right.commandLineFilter = { arguments, launch in
                launch == .incoming ? arguments.filter { $0 != "-S" } : arguments
            }
        }
        let pair = try await HostPair(left: left, right: right)
        defer {
            runner.close()
            pair.close()
        }
        let id = try await pair.startCounter(guest, on: pair.left)
        machine.current = (pair.left.memoryPath(id), pair.right.memoryPath(id))
        if isHeld {
            try await pair.move(id, from: pair.left, to: pair.right)
            #expect(runner.violations.isEmpty)
        } else {
            // The product notices, too: such a target never becomes READY.
            await #expect(throws: Failure.self) { try await pair.move(id, from: pair.left, to: pair.right) }
            runner.check("after the refusal")
            #expect(runner.violations.contains { $0.contains("the target's guest ran") })
            // Nothing is lost: the source has it, whole, and goes on.
            #expect(try pair.left.paused(id) { try guest.counters(in: pair.left.memoryFile(id)) }.fault == nil)
        }
    }

    // MARK: - The barrier off

    /// What reads are directed at while a machine moves.
    struct SlowMove: Sendable, CustomStringConvertible {
        var hasBarrier: Bool
        var rounds = 6
        var isQEMU10 = false
        /// The disk is copied; else it stays on storage that both hosts see.
        var copiesDisk = true

        var description: String {
            "\(hasBarrier ? "with" : "without") the barrier, \(rounds) rounds, \(isQEMU10 ? "QEMU 10" : "this host's QEMU"), "
                + (copiesDisk ? "with the disk" : "the disk stays")
        }
    }

    @Test(
        .needs(SlowDisk.requirements),
        arguments: [
            SlowMove(hasBarrier: true, rounds: 50), SlowMove(hasBarrier: true), SlowMove(hasBarrier: false),
        ])
    func `without the barrier direct reads in flight are lost, with it none is, in fifty rounds`(
        move: SlowMove
    ) async throws { try await Self.moveUnderDirectReads(move) }

    /// The control moves a machine whose disk stays where it is. With a disk that is copied it would prove nothing: QEMU 10's
    /// `block-export-add` waits for all requests in flight by itself, and each round's look at the disk adds an export between the
    /// harvest of memory and the reading of it. Measured, six rounds without the barrier and eight reads at 25 a second in flight:
    /// while the guest ran, the look at the disk took 260 to 315 ms in each round but the first, which has nothing to export
    /// (QEMU 7.2: 1 to 12 ms), and 11 of 11 moves were whole (7.2: 1 of 11). With the disk left where it is, 8 of 8 moves lost
    /// pages on either version.
    @Test(
        .needs(SlowDisk.requirements + [.debian13]),
        arguments: [
            SlowMove(hasBarrier: true, isQEMU10: true), SlowMove(hasBarrier: true, isQEMU10: true, copiesDisk: false),
            SlowMove(hasBarrier: false, isQEMU10: true, copiesDisk: false),
        ])
    func `without the barrier direct reads in flight are lost on QEMU 10 as well, with it none is`(
        move: SlowMove
    ) async throws { try await Self.moveUnderDirectReads(move) }

    private static func moveUnderDirectReads(_ move: SlowMove) async throws {
        guard !move.hasBarrier else {
            let isWhole = try await isWholeAfterMove(move)
            #expect(isWhole)
            return
        }
        // Whether a read is in flight at the very moment its page is harvested is chance: one loss in a few moves is the proof.
        for _ in 1...4 where try await !isWholeAfterMove(move) { return }
        Issue.record("four moves without the barrier lost nothing")
    }

    /// Whether memory is the same on both hosts between load and `cont` when direct reads were in flight during the copy.
    private static func isWholeAfterMove(_ move: SlowMove) async throws -> Bool {
        let outcome = Box<(source: String, target: String)?>(nil)
        let machine = Box<(source: String, target: String)?>(nil)
        var options = TestHost.Options()
        if move.isQEMU10 { options.debian = Requirement.debian13Folder }
        // Reads take long here, and so do barriers: the freeze must come all the same.
        options.tuning.policy = PolicyCatalog.fixedRounds.policy(
            PolicyCatalog.Settings(downtimeBudget: .seconds(60), maximumRounds: move.rounds, upperLimit: .seconds(60)))
        options.tuning.probe = MoveProbe { point in
            guard point.isPoint(.after, .deviceState, side: .target), let machine = machine.current else { return }
            outcome.current = (
                (try? FileDigest.sha256(machine.source)) ?? "no source",
                (try? FileDigest.sha256(machine.target)) ?? "no target"
            )
        }
        if !move.hasBarrier { options.tuning.sourceGuestFilter = { NoBarrierGuest($0) } }
        let pair = try await HostPair(left: options, right: options)
        defer { pair.close() }
        var guest = CounterGuest()
        guest.reads = true
        let image = try guest.makeImage(in: pair.left.folder, name: "fast.raw")
        let folder = move.copiesDisk ? "\(pair.left.folder)/disks" : TestHost.sharedStorage(in: pair.folder.path)
        let slow = try SlowDisk(
            image: image, at: "\(folder)/counter.raw", requestsPerSecond: 25, log: "\(pair.left.folder)/slow.log")
        defer { slow.close() }
        try Folder.setMode(slow.path, 0o666)
        let id = try await pair.startCounter(guest, on: pair.left, cache: .none, image: slow.path)
        machine.current = (pair.left.memoryPath(id), pair.right.memoryPath(id))
        #expect(try pair.left.qemuVersion().major == (move.isQEMU10 ? 10 : pair.right.qemuVersion().major))
        let report = try await pair.move(id, from: pair.left, to: pair.right, withStorage: move.copiesDisk)
        #expect(report.rounds >= move.rounds)
        // Reads take 40 ms here: a drain that was as fast has waited for none.
        #expect((report.barrierTime > .zero) == move.hasBarrier)
        let digests = try #require(outcome.current)
        guard move.hasBarrier else { return digests.source == digests.target }
        // The guest itself looks at every buffer before it uses it again: it has seen all of them after one time around.
        let before = try guest.counters(in: pair.right.memoryFile(id)).total
        #expect(try eventually { try guest.counters(in: pair.right.memoryFile(id)).total > before + 100_000 })
        #expect(try CounterGuest.complaint(console: pair.right.console(id)) == nil)
        return digests.source == digests.target
    }
}

/// A source's guest whose device state breaks off after it was begun, and that may leave our `stop` out.
private final class BrokenRelayGuest: SourceGuest {
    enum Moment {
        /// QEMU waits before the switchover: the guest stands still, whoever stopped it.
        case standing
        /// QEMU has given the migration up; its state now.
        case broken(String)
    }

    private let inner: any SourceGuest
    private let pauses: Bool
    private let monitor: Box<QMPClient?>
    private let tell: @Sendable (Moment) -> Void

    init(
        _ inner: any SourceGuest, pauses: Bool, monitor: Box<QMPClient?>, _ tell: @escaping @Sendable (Moment) -> Void
    ) {
        self.inner = inner
        self.pauses = pauses
        self.monitor = monitor
        self.tell = tell
    }

    var needsBarrier: Bool { inner.needsBarrier }
    func drain() throws(Failure) -> Duration { try inner.drain() }
    func pause() throws(Failure) { if pauses { try inner.pause() } }
    func beginDeviceState() throws(Failure) { try inner.beginDeviceState() }

    func finishDeviceState() throws(Failure) -> [UInt8] {
        tell(.standing)
        // The peer dies: the relay is all QEMU sees of it.
        (inner as? QEMUSourceGuest)?.close()
        if let client = monitor.current {
            _ = try? client.execute("migrate-continue", ["state": "pre-switchover"])
            let hasEnded = eventually {
                let status = (try? client.execute("query-migrate"))?["status"]?.text
                return status == "failed" || status == "cancelled"
            }
            let state = (try? client.execute("query-status"))?["status"]?.text
            if hasEnded, let state { tell(.broken(state)) }
        }
        throw Failure(InjectedFault.injected, "The test broke the relay.")
    }

    func resume() throws(Failure) { try inner.resume() }
    var isAlive: Bool { inner.isAlive }
}

/// A source's guest that is not stopped: QEMU does it, on its way to `pre-switchover`.
private final class UnstoppedGuest: SourceGuest {
    private let inner: any SourceGuest
    init(_ inner: any SourceGuest) { self.inner = inner }

    var needsBarrier: Bool { inner.needsBarrier }
    func drain() throws(Failure) -> Duration { try inner.drain() }
    func pause() throws(Failure) {}
    func beginDeviceState() throws(Failure) { try inner.beginDeviceState() }
    func finishDeviceState() throws(Failure) -> [UInt8] { try inner.finishDeviceState() }
    func resume() throws(Failure) { try inner.resume() }
    var isAlive: Bool { inner.isAlive }
}

/// A source's guest that claims to need no barrier.
private final class NoBarrierGuest: SourceGuest {
    private let inner: any SourceGuest
    init(_ inner: any SourceGuest) { self.inner = inner }

    var needsBarrier: Bool { false }
    func drain() throws(Failure) -> Duration { try inner.drain() }
    func pause() throws(Failure) { try inner.pause() }
    func beginDeviceState() throws(Failure) { try inner.beginDeviceState() }
    func finishDeviceState() throws(Failure) -> [UInt8] { try inner.finishDeviceState() }
    func resume() throws(Failure) { try inner.resume() }
    var isAlive: Bool { inner.isAlive }
}
