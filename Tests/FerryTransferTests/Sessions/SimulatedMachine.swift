import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

/// Counts who runs the guest, at any moment of the test.
final class RunnerOracle: Sendable {
    private struct State: Sendable {
        var running: Set<String> = []
        var worst = 0
    }

    private let state = Mutex(State())

    func start(_ host: String) {
        state.withLock { state in
            state.running.insert(host)
            state.worst = max(state.worst, state.running.count)
        }
    }

    func stop(_ host: String) { state.withLock { _ = $0.running.remove(host) } }

    var running: Set<String> { state.withLock { $0.running } }
    /// Most hosts that ran it at the same time.
    var worst: Int { state.withLock { $0.worst } }
}

/// One host's half of a machine: RAM on a tmpfs, a disk in an array, and a thread that writes to both while the guest runs.
final class SimulatedMachine: Sendable {
    let host: String
    let file: RAMFile
    let mapping: Mapping
    let tracker = MarkingTracker()
    let disk: ArrayMedium
    private let oracle: RunnerOracle
    private let writer = Mutex<(thread: WorkerThread, stop: Event)?>(nil)
    private let seed = Atomic<UInt64>(1)

    static let ramSize: UInt64 = 8 << 20
    static let diskSize = 4 << 20

    init(_ host: String, folder: TemporaryDirectory, oracle: RunnerOracle) throws {
        self.host = host
        self.oracle = oracle
        file = try RAMFile.create(folder.file("ram-\(host)"), size: Self.ramSize)
        mapping = try Mapping(file, writable: true)
        disk = ArrayMedium([UInt8](repeating: 0, count: Self.diskSize))
    }

    /// Half of the memory and some of the disk hold something before the guest runs.
    func fill(_ random: inout SeededGenerator) {
        for megabyte in stride(from: UInt64(0), to: Self.ramSize >> 20, by: 2) {
            put(random.bytes(64 << 10), at: megabyte << 20)
            put([UInt8](repeating: 0, count: 8192), at: (megabyte << 20) + (128 << 10))
        }
        disk.write(random.bytes(300_000), at: 70_000)
    }

    func put(_ bytes: [UInt8], at offset: UInt64) {
        let extent = Extent(offset: offset, length: UInt64(bytes.count))
        mapping.withMutableBytes(of: extent) { span in
            for index in bytes.indices { span.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self) }
        }
        tracker.mark(extent.aligned(to: 4096))
    }

    /// The guest runs: a thread writes until `pause`.
    func run() {
        oracle.start(host)
        let stop = Event()
        let first = seed.add(1, ordering: .relaxed).newValue
        let thread = try? WorkerThread("test-guest") { [self] in
            var random = SeededGenerator(seed: first)
            while !stop.isSet {
                let offset = UInt64.random(in: 0..<Self.ramSize / 4096, using: &random) * 4096
                put([UInt8(truncatingIfNeeded: random.next()), 1, 2, 3], at: offset + 64)
                if random.happens(oneIn: 8) {
                    disk.write(random.bytes(512), at: Int.random(in: 0..<Self.diskSize / 512, using: &random) * 512)
                }
                stop.wait(until: .after(.microseconds(200)))
            }
        }
        writer.withLock { writer in
            if let thread { writer = (thread, stop) }
        }
    }

    func pause() {
        let running = writer.withLock { writer in
            defer { writer = nil }
            return writer
        }
        running?.stop.set()
        running?.thread.join()
        oracle.stop(host)
    }

    var isRunning: Bool { writer.withLock { $0 != nil } }

    func memory() throws -> [UInt8] { try file.contents }
}

/// The source's hypervisor.
final class SimulatedSourceGuest: SourceGuest {
    let machine: SimulatedMachine
    let faults: FaultPlan
    let needsBarrier: Bool
    /// A negative control: the hypervisor that does not stop when it is told to.
    let ignoresPause: Bool
    private let alive = Atomic<Bool>(true)

    static let deviceState = [UInt8]((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })

    init(_ machine: SimulatedMachine, faults: FaultPlan, needsBarrier: Bool = false, ignoresPause: Bool = false) {
        self.machine = machine
        self.faults = faults
        self.needsBarrier = needsBarrier
        self.ignoresPause = ignoresPause
    }

    /// The storage under it hangs: a drain ends with its interruption only.
    let hangs = Atomic<Bool>(false)
    private let interruption = Event()
    let draining = Event()

    func interrupt() { interruption.set() }

    func drain() throws(Failure) -> Duration {
        try faults.visit("drain")
        if hangs.load(ordering: .sequentiallyConsistent) {
            draining.set()
            guard interruption.wait(until: .scaled(.seconds(60))) else {
                throw Failure(TransferFault.storageWaiting, "Nobody interrupted the drain.")
            }
            throw Failure(TransferFault.cancelled, "The drain was interrupted.")
        }
        return .milliseconds(1)
    }

    func pause() throws(Failure) {
        if !ignoresPause { machine.pause() }
        try faults.visit("pause")
    }

    func resume() throws(Failure) {
        try faults.visit("resume")
        if !machine.isRunning { machine.run() }
    }

    func beginDeviceState() throws(Failure) { try faults.visit("begin device state") }

    func finishDeviceState() throws(Failure) -> [UInt8] {
        try faults.visit("finish device state")
        return Self.deviceState
    }

    func die() {
        machine.pause()
        alive.store(false, ordering: .sequentiallyConsistent)
    }

    var isAlive: Bool { alive.load(ordering: .sequentiallyConsistent) }
}

/// The target's hypervisor.
final class SimulatedTargetGuest: TargetGuest {
    private struct State: Sendable {
        var isPrepared = false
        var isLoaded = false
        var isDestroyed = false
        var files: [BootFileKind: [UInt8]] = [:]
    }

    let machine: SimulatedMachine
    let faults: FaultPlan
    private let state = Mutex(State())

    init(_ machine: SimulatedMachine, faults: FaultPlan) {
        self.machine = machine
        self.faults = faults
    }

    func store(_ bytes: [UInt8], of file: BootFileKind, at offset: UInt64) throws(Failure) {
        try faults.visit("store boot file")
        state.withLock { state in
            #expect(UInt64(state.files[file]?.count ?? 0) == offset)
            state.files[file, default: []] += bytes
        }
    }

    func prepare() throws(Failure) {
        try faults.visit("prepare")
        state.withLock { $0.isPrepared = true }
    }

    func releaseDisks() throws(Failure) { try faults.visit("release disks") }

    func load(deviceState: [UInt8]) throws(Failure) {
        try faults.visit("load")
        #expect(deviceState == SimulatedSourceGuest.deviceState)
        state.withLock { state in
            #expect(state.isPrepared && !state.isDestroyed)
            state.isLoaded = true
        }
    }

    func run() throws(GuestStartFailure) {
        do throws(Failure) { try faults.visit("run") } catch { throw .answered(error) }
        state.withLock { #expect($0.isLoaded && !$0.isDestroyed) }
        machine.run()
    }

    func destroy() throws(Failure) {
        try faults.visit("destroy")
        machine.pause()
        state.withLock { $0.isDestroyed = true }
    }

    var isAlive: Bool { !isDestroyed }
    var isDestroyed: Bool { state.withLock { $0.isDestroyed } }
    var bootFiles: [BootFileKind: [UInt8]] { state.withLock { $0.files } }
}

/// A journal in memory.
final class ArrayLog: OwnershipLog {
    private let name: String
    private let faults: FaultPlan
    private let records = Mutex<[OwnershipRole]>([])

    init(_ name: String, faults: FaultPlan) {
        self.name = name
        self.faults = faults
    }

    func append(_ role: OwnershipRole) throws(Failure) {
        try faults.visit("record \(role.rawValue) at the \(name)")
        records.withLock { $0.append(role) }
    }

    var role: OwnershipRole? { records.withLock { $0.last } }
    var all: [OwnershipRole] { records.withLock { $0 } }
}
