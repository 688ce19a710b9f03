import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization

/// One attempt to move a simulated machine: two sessions, real threads, socket pairs between them.
final class Crossing: Sendable {
    struct Plan: Sendable {
        var protection: TrafficProtection = .encrypted(.make())
        /// nil: the same.
        var targetProtection: TrafficProtection?
        var policy = ConvergencePolicy.fitsDowntime(.milliseconds(300), maximumRounds: 8)
        var connections = 2
        var bootFiles: [BootFile] = []
        var hasDisk = true
        var verifiesMemory = false
        var needsBarrier = false
        var ignoresPause = false
        var timeouts = CutoverTimeouts(
            disksReleased: .seconds(20), ready: .seconds(20), running: .milliseconds(300), askAgain: .milliseconds(30),
            lease: .seconds(20))
        var connectTimeout = Duration.seconds(20)
        /// Called on the session's thread at each moment; the host's name comes with it.
        var probe: @Sendable (Crossing, String, PhasePoint) -> Void = { _, _, _ in }
        /// Called with the number of stores so far, on a receiving thread.
        var onStore: @Sendable (Crossing, Int) -> Void = { _, _ in }
    }

    let plan: Plan
    let source: SourceSession
    let target: TargetSession
    let sourceGuest: SimulatedSourceGuest
    let targetGuest: SimulatedTargetGuest
    let sourceLog: ArrayLog
    let targetLog: ArrayLog
    let supply: PairSupply
    let sink: CountingSink
    let peersAreDown = Atomic<Bool>(false)
    private let wires: Wires
    let migration: MigrationID

    /// What needs the crossing while it is being made.
    private final class Wires: Sendable {
        let crossing = Mutex<Crossing?>(nil)
        func with(_ body: (Crossing) -> Void) { crossing.withLock { $0 }.map(body) }
    }

    private final class Probe: PhaseProbe {
        let host: String
        let wires: Wires
        init(_ host: String, _ wires: Wires) {
            self.host = host
            self.wires = wires
        }
        func reached(_ point: PhasePoint) { wires.with { $0.plan.probe($0, host, point) } }
    }

    /// Asks the other session's log, as the hosts do over their control interface.
    private final class Peer: OwnershipPeer {
        let isSource: Bool
        let wires: Wires
        init(isSource: Bool, _ wires: Wires) {
            self.isSource = isSource
            self.wires = wires
        }
        func ask(telling own: OwnershipStanding) throws(Failure) -> OwnershipStanding {
            guard let crossing = wires.crossing.withLock({ $0 }), !crossing.peersAreDown.load(ordering: .relaxed) else {
                throw Failure(TransferFault.connectionLost, "Nobody is there.")
            }
            if isSource {
                crossing.target.learn(own)
                return crossing.target.standing(isRunning: crossing.targetGuest.machine.isRunning)
            }
            crossing.source.learn(own)
            return crossing.source.standing(isRunning: crossing.sourceGuest.machine.isRunning)
        }
    }

    init(
        from machine: SimulatedMachine, to other: SimulatedMachine, _ plan: Plan = Plan(),
        faults: FaultPlan = FaultPlan()
    ) throws {
        self.plan = plan
        migration = MigrationID.make()
        let wires = Wires()
        self.wires = wires
        sourceGuest = SimulatedSourceGuest(
            machine, faults: faults, needsBarrier: plan.needsBarrier, ignoresPause: plan.ignoresPause)
        targetGuest = SimulatedTargetGuest(other, faults: faults)
        sourceLog = ArrayLog("source", faults: faults)
        targetLog = ArrayLog("target", faults: faults)

        sink = CountingSink(MemorySink(file: other.file, mapping: other.mapping)) { count in
            wires.with { $0.plan.onStore($0, count) }
        }
        var sinks: [any LaneSink] = [sink]
        var lanes: [any CopyLane] = [MemoryLane(file: machine.file, mapping: machine.mapping, tracker: machine.tracker)]
        if plan.hasDisk {
            lanes.append(DiskLane(index: 0, source: ArrayDisk(machine.disk)))
            sinks.append(DiskSink(index: 0, target: ArrayDisk(other.disk)))
        }
        var targetConfiguration = TargetSession.Configuration(
            migration: migration, epoch: 1, sourceName: machine.host,
            protection: plan.targetProtection ?? plan.protection)
        targetConfiguration.timeouts = plan.timeouts
        targetConfiguration.connectTimeout = plan.connectTimeout
        target = try TargetSession(
            targetConfiguration, guest: targetGuest, sinks: sinks, log: targetLog,
            peer: Peer(isSource: false, wires), probe: Probe(other.host, wires))
        supply = PairSupply(target, faults: faults)

        var sourceConfiguration = SourceSession.Configuration(
            migration: migration, epoch: 1, targetName: other.host, policy: plan.policy, protection: plan.protection)
        sourceConfiguration.connections = plan.connections
        sourceConfiguration.bootFiles = plan.bootFiles
        sourceConfiguration.timeouts = plan.timeouts
        sourceConfiguration.verifiesMemory = plan.verifiesMemory
        source = SourceSession(
            sourceConfiguration, guest: sourceGuest, lanes: lanes, supply: supply, log: sourceLog,
            peer: Peer(isSource: true, wires), probe: Probe(machine.host, wires))
        wires.crossing.withLock { $0 = self }
    }

    /// Runs both sides to their ends.
    func run() throws(Failure) -> (source: SourceReport, target: TargetReport) {
        let (sourceSlot, targetSlot) = (Slot<SourceReport>(), Slot<TargetReport>())
        let targetThread = try WorkerThread("test-target") { [self] in targetSlot.fill { target.run() } }
        let sourceThread = try WorkerThread("test-source") { [self] in sourceSlot.fill { source.run() } }
        let deadline = Deadline.scaled(.seconds(120))
        defer {
            // Sessions and what they hold refer to each other through the wires.
            wires.crossing.withLock { $0 = nil }
        }
        let reports = (try sourceSlot.take(until: deadline), try targetSlot.take(until: deadline))
        sourceThread.join()
        targetThread.join()
        supply.close()
        return reports
    }
}

/// A peer that is a function.
final class AnyPeer: OwnershipPeer {
    private let answer: @Sendable (OwnershipStanding) throws(Failure) -> OwnershipStanding
    init(_ answer: @escaping @Sendable (OwnershipStanding) throws(Failure) -> OwnershipStanding) {
        self.answer = answer
    }
    func ask(telling own: OwnershipStanding) throws(Failure) -> OwnershipStanding { try answer(own) }
}

extension Crossing {
    /// Both hosts' runtimes restart after `run` ended in doubt: new sessions over the same records and hypervisors.
    func recover() throws(Failure) -> (source: SourceReport, target: TargetReport) {
        let boxes = RecoveryBoxes()
        var sourceConfiguration = SourceSession.Configuration(
            migration: migration, epoch: 1, targetName: targetGuest.machine.host, policy: plan.policy,
            protection: plan.protection)
        sourceConfiguration.timeouts = plan.timeouts
        var targetConfiguration = TargetSession.Configuration(
            migration: migration, epoch: 1, sourceName: sourceGuest.machine.host, protection: plan.protection)
        targetConfiguration.timeouts = plan.timeouts
        let (sourceGuest, targetGuest) = (sourceGuest, targetGuest)
        let source = SourceSession(
            sourceConfiguration, guest: sourceGuest, lanes: [], supply: supply, log: sourceLog,
            peer: AnyPeer { (own) throws(Failure) in
                let target = try boxes.target.take()
                target.learn(own)
                return target.standing(isRunning: targetGuest.machine.isRunning)
            })
        let target = try TargetSession(
            targetConfiguration, guest: targetGuest, sinks: [], log: targetLog,
            peer: AnyPeer { (own) throws(Failure) in
                let source = try boxes.source.take()
                source.learn(own)
                return source.standing(isRunning: sourceGuest.machine.isRunning)
            })
        boxes.source.fill { source }
        boxes.target.fill { target }
        let (sourceSlot, targetSlot) = (Slot<SourceReport>(), Slot<TargetReport>())
        let sourceThread = try WorkerThread("test-source") { sourceSlot.fill { source.recover(guestIsDead: false) } }
        let targetThread = try WorkerThread("test-target") { targetSlot.fill { target.recover() } }
        let deadline = Deadline.scaled(.seconds(60))
        let reports = (try sourceSlot.take(until: deadline), try targetSlot.take(until: deadline))
        sourceThread.join()
        targetThread.join()
        return reports
    }

    private final class RecoveryBoxes: Sendable {
        let source = Slot<SourceSession>()
        let target = Slot<TargetSession>()
    }
}

/// Connects a source to the target session in the same process.
final class PairSupply: ChannelSupply {
    private let target: TargetSession
    private let faults: FaultPlan
    private let sockets = Mutex<[UInt32: StreamSocket]>([:])
    private let asked = Mutex<[UInt32]>([])
    private let threads = Mutex<[WorkerThread]>([])

    init(_ target: TargetSession, faults: FaultPlan) {
        self.target = target
        self.faults = faults
    }

    func connect(number: UInt32, until deadline: Deadline, stop: StopSignal) throws(Failure) -> StreamSocket {
        try faults.visit("connect \(number == 0 ? "control" : "data")")
        let (near, far) = try StreamSocket.pair()
        sockets.withLock { $0[number] = near }
        asked.withLock { $0.append(number) }
        hand(far)
        return near
    }

    /// Gives the target's end of some connection to the target, as its listener would.
    func hand(_ far: StreamSocket) {
        let target = self.target
        let thread = try? WorkerThread("test-accept") {
            guard let incoming = try? IncomingChannel.accept(far), target.adopt(incoming) else { return far.shutDown() }
        }
        if let thread { threads.withLock { $0.append(thread) } }
    }

    /// Of the connections that the source has asked for, in the order of their numbers.
    var numbers: [UInt32] { asked.withLock { $0.sorted() } }

    /// Pulls the cable of one connection.
    func cut(_ number: UInt32) { sockets.withLock { $0[number] }?.shutDown() }

    func cutNewest() { sockets.withLock { $0.max { $0.key < $1.key } }?.value.shutDown() }

    func close() {
        for thread in threads.withLock({ $0 }) { thread.join() }
        sockets.withLock { $0 = [:] }
    }
}

/// A sink that says how often it was used, and can be made to fail.
final class CountingSink: LaneSink, MemoryDigesting {
    let inner: MemorySink
    let failing = Atomic<Bool>(false)
    private let stores = Atomic<Int>(0)
    private let onStore: @Sendable (Int) -> Void

    init(_ inner: MemorySink, onStore: @escaping @Sendable (Int) -> Void) {
        self.inner = inner
        self.onStore = onStore
    }

    var kind: LaneKind { inner.kind }
    var size: UInt64 { inner.size }
    var unit: UInt64 { inner.unit }
    func prepare(_ extents: ExtentSet) throws(Failure) -> UInt64 { try inner.prepare(extents) }

    func store(_ bytes: RawSpan, at offset: UInt64) throws(Failure) {
        onStore(stores.add(1, ordering: .relaxed).newValue)
        if failing.load(ordering: .relaxed) { throw Failure(InjectedFault.injected, "The medium broke.") }
        try inner.store(bytes, at: offset)
    }

    func clear(_ extent: Extent, isHole: Bool) throws(Failure) { try inner.clear(extent, isHole: isHole) }
    func flush() throws(Failure) { try inner.flush() }
    func close() throws(Failure) { try inner.close() }
    func digest() throws(Failure) -> [UInt8] { try inner.digest() }
}
