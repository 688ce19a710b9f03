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
    /// `cont`.
    @Test(arguments: [true, false])
    func `a source that QEMU stopped runs again by itself when the peer is gone, one that we stopped does not`(
        isOurs: Bool
    ) async throws {
        let monitor = Box<QMPClient?>(nil)
        let ranByItself = Box<Bool?>(nil)
        var options = TestHost.Options()
        options.tuning.sourceGuestFilter = { guest in
            BrokenRelayGuest(guest, pauses: isOurs, monitor: monitor) { ranByItself.current = $0 }
        }
        let pair = try await HostPair(left: options)
        defer { pair.close() }
        let guest = CounterGuest()
        let id = try await pair.startCounter(guest, on: pair.left)
        monitor.current = try pair.left.machine(id).requireQEMU().qmp()
        await #expect(throws: Failure.self) { try await pair.move(id, from: pair.left, to: pair.right) }
        monitor.current = nil
        // Two runners, had the target been granted the machine meanwhile.
        #expect(ranByItself.current == !isOurs)
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
                runner.settled(source: source)
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

    /// How many pages differ between load and `cont` when direct reads were in flight during the copy.
    @Test(.needs(SlowDisk.requirements), arguments: [(true, 50), (true, 6), (false, 6)])
    func `without the barrier direct reads in flight are lost, with it none is, in fifty rounds`(
        hasBarrier: Bool, rounds: Int
    ) async throws {
        let outcome = Box<(source: String, target: String)?>(nil)
        let machine = Box<(source: String, target: String)?>(nil)
        var options = TestHost.Options()
        // Reads take long here, and so do barriers: the freeze must come all the same.
        options.tuning.policy = PolicyCatalog.fixedRounds.policy(
            PolicyCatalog.Settings(downtimeBudget: .seconds(60), maximumRounds: rounds, upperLimit: .seconds(60)))
        options.tuning.probe = MoveProbe { point in
            guard point.isPoint(.after, .deviceState, side: .target), let machine = machine.current else { return }
            outcome.current = (
                (try? FileDigest.sha256(machine.source)) ?? "no source",
                (try? FileDigest.sha256(machine.target)) ?? "no target"
            )
        }
        if !hasBarrier { options.tuning.sourceGuestFilter = { NoBarrierGuest($0) } }
        let pair = try await HostPair(left: options, right: options)
        defer { pair.close() }
        var guest = CounterGuest()
        guest.reads = true
        let image = try guest.makeImage(in: pair.left.folder, name: "fast.raw")
        let slow = try SlowDisk(
            image: image, at: "\(pair.left.folder)/disks/counter.raw", requestsPerSecond: 25,
            log: "\(pair.left.folder)/slow.log")
        defer { slow.close() }
        let id = try await pair.startCounter(guest, on: pair.left, cache: .none, image: slow.path)
        machine.current = (pair.left.memoryPath(id), pair.right.memoryPath(id))
        let report = try await pair.move(id, from: pair.left, to: pair.right)
        #expect(report.rounds >= rounds)
        let digests = try #require(outcome.current)
        #expect((digests.source == digests.target) == hasBarrier)
        guard hasBarrier else { return }
        // The guest itself looks at every buffer before it uses it again: it has seen all of them after one time around.
        let before = try guest.counters(in: pair.right.memoryFile(id)).total
        #expect(try eventually { try guest.counters(in: pair.right.memoryFile(id)).total > before + 100_000 })
        #expect(try CounterGuest.complaint(console: pair.right.console(id)) == nil)
    }
}

/// A source's guest whose device state breaks off after it was begun, and that may leave our `stop` out.
private final class BrokenRelayGuest: SourceGuest {
    private let inner: any SourceGuest
    private let pauses: Bool
    private let monitor: Box<QMPClient?>
    private let tell: @Sendable (_ ranByItself: Bool) -> Void

    init(
        _ inner: any SourceGuest, pauses: Bool, monitor: Box<QMPClient?>, _ tell: @escaping @Sendable (Bool) -> Void
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
        // The peer dies: the relay is all QEMU sees of it.
        (inner as? QEMUSourceGuest)?.close()
        if let client = monitor.current {
            _ = try? client.execute("migrate-continue", ["state": "pre-switchover"])
            let hasEnded = eventually {
                let status = (try? client.execute("query-migrate"))?["status"]?.text
                return status == "failed" || status == "cancelled"
            }
            let state = (try? client.execute("query-status"))?["status"]?.text
            if hasEnded, let state { tell(state == "running") }
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
