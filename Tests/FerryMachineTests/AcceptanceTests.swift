import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// The acceptance list of moves, as far as `CrossingTests` (load, both images, reboot, other versions), `NegativeControlTests`
/// (direct reads under the barrier) and the tests of faults do not have it.
///
/// Not here because nothing of it is built: balloon and free page reporting (`QEMUCommandLineTests` holds that no machine has
/// them), a rate cap, post-copy, and guests that suspend.
@Suite(.tags(.slow), .serialized, .needs(.qemu, .root, .kernelTracker), .needs(CounterGuest.requirements))
struct AcceptanceTests {
    // MARK: Cancel in every state

    /// From here on it is too late, or the phase is none of a move's that goes on.
    private static let tooLate: Set<MigrationPhase> = [
        .released, .grant, .witness, .running, .gone, .settle, .cleanUp, .retire, .recover,
    ]

    /// Every phase of a source that may still be cancelled; a new phase is here without anyone's thinking of it.
    private static let phases = MigrationPhase.allCases.filter {
        $0.sides.contains(.source) && !tooLate.contains($0)
    }

    /// Cancels the running operation when the armed point is reached, once.
    private final class Canceller: Sendable {
        let armed = Box<PhasePoint?>(nil)
        let operation = Box<(host: TestHostName, id: String)?>(nil)
        let hosts = Box<[TestHostName: HostRuntime]>([:])

        typealias TestHostName = String

        func reached(_ point: PhasePoint) {
            guard let armed = armed.current, point.isPoint(armed.moment, armed.phase, side: .source) else { return }
            self.armed.current = nil
            // The first phases come before whoever asked has heard the operation's name.
            guard eventually({ operation.current != nil }), let running = operation.current else { return }
            try? hosts.current[running.host]?.cancelOperation(
                running.id, caller: .local(userID: 0, groupID: 0, processID: 1))
        }
    }

    private static func attempt(
        _ id: String, from source: TestHost, to target: TestHost, _ canceller: Canceller
    ) async throws -> Failure? {
        canceller.operation.current = nil
        var report = try await source.connection.send(
            MoveMachineRequest(
                machine: id, destinationHost: target.name, includeStorage: true,
                destinationStoragePath: "\(target.folder)/disks", retainDisksOnSource: false))
        canceller.operation.current = (source.name, report.id)
        while report.state == .running {
            report = try await source.connection.operation(report.id, after: report.progress.generation)
        }
        return report.failure?.failure
    }

    @Test func `a move is cancelled in every state, then made, and all of it twice`() async throws {
        let canceller = Canceller()
        var options = TestHost.Options()
        options.tuning.probe = MoveProbe { canceller.reached($0) }
        let pair = try await HostPair(left: options, right: options)
        defer {
            canceller.hosts.current = [:]
            pair.close()
        }
        canceller.hosts.current = [pair.left.name: pair.left.runtime, pair.right.name: pair.right.runtime]
        let guest = CounterGuest()
        let id = try await pair.startCounter(guest, on: pair.left)
        for moment in PhasePoint.Moment.allCases {
            var (source, target) = (pair.left, pair.right)
            for phase in Self.phases {
                canceller.armed.current = PhasePoint(moment, phase, side: .source)
                let failure = try await Self.attempt(id, from: source, to: target, canceller)
                if let failure {
                    #expect(canceller.armed.current == nil, "\(moment) \(phase): \(failure)")
                } else {
                    // READY was there already, or the phase is none of this move's.
                    #expect(canceller.armed.current != nil || phase == .ready && moment == .after, "\(moment) \(phase)")
                    swap(&source, &target)
                }
                try CrossingTests.check(id, guest, on: source, notOn: target)
                #expect(try Folder.names(in: "\(target.folder)/disks").isEmpty, "\(moment) \(phase)")
            }
            canceller.armed.current = nil
            if source === pair.left {
                #expect(try await Self.attempt(id, from: source, to: target, canceller) == nil)
                try CrossingTests.check(id, guest, on: target, notOn: source)
            }
            try await pair.move(id, from: pair.right, to: pair.left)
            try CrossingTests.check(id, guest, on: pair.left, notOn: pair.right)
        }
    }

    // MARK: There and back

    /// `FERRY_PING_PONG` asks for more: the list's hundred.
    private static let hops = Program.environmentValue("FERRY_PING_PONG").flatMap { Int($0) } ?? 10

    @Test func `a machine goes to and fro many times and is whole`() async throws {
        let pair = try await HostPair()
        defer { pair.close() }
        var guest = CounterGuest()
        guest.writes = true
        let id = try await pair.startCounter(guest, on: pair.left)
        var (source, target) = (pair.left, pair.right)
        for _ in 0..<Self.hops {
            try await pair.move(id, from: source, to: target)
            #expect(try target.machine(id).report.state == .running)
            swap(&source, &target)
        }
        try CrossingTests.check(id, guest, on: source, notOn: target)
    }

    /// Hyper-V's live migration is of running machines; a paused one answers as any operation does in a state it is not for.
    @Test func `a paused machine is not moved, stays paused, and moves once it runs`() async throws {
        let pair = try await HostPair()
        defer { pair.close() }
        let guest = CounterGuest()
        let id = try await pair.startCounter(guest, on: pair.left)
        let monitor = try pair.left.machine(id).requireQEMU().qmp()
        try monitor.execute("stop")
        #expect(try eventually { try pair.left.machine(id).report.state == .paused })
        let before = try guest.counters(in: pair.left.memoryFile(id)).total
        let failure = await #expect(throws: Failure.self) {
            try await pair.move(id, from: pair.left, to: pair.right)
        }
        #expect(failure?.is(HostFault.invalidState) == true)
        #expect(
            failure?.message.hasPrefix(
                "The operation cannot be performed while the virtual machine is in its current state.") == true)
        #expect(try pair.left.machine(id).report.state == .paused)
        #expect(try guest.counters(in: pair.left.memoryFile(id)).total == before)
        #expect(pair.right.runtime.machines.machineIfPresent(id) == nil)
        try monitor.execute("cont")
        #expect(try eventually { try pair.left.machine(id).report.state == .running })
        try await pair.move(id, from: pair.left, to: pair.right)
        try CrossingTests.check(id, guest, on: pair.right, notOn: pair.left)
    }

    // MARK: Memory

    @Test func `memory the guest never touched stays a hole on its way`() async throws {
        let pair = try await HostPair()
        defer { pair.close() }
        let guest = CounterGuest()
        let id = try await pair.startCounter(guest, on: pair.left)
        #expect(try eventually { try guest.counters(in: pair.left.memoryFile(id)).values.allSatisfy { $0 > 0 } })
        let sent = try pair.left.memoryFile(id).allocatedBytes()
        try await pair.move(id, from: pair.left, to: pair.right)
        let arrived = try pair.right.memoryFile(id).allocatedBytes()
        // The machine has 64 MiB and its guest uses a third of it. Pages full of zeroes arrive as holes.
        #expect(sent < 48 << 20)
        #expect(arrived <= sent + sent / 20)
        try CrossingTests.check(id, guest, on: pair.right, notOn: pair.left)
    }

    @Test(
        .needs(.device("/sys/kernel/mm/transparent_hugepage/shmem_enabled")),
        arguments: ["never", "always", "within_size"])
    func `a machine moves whole whether its memory is in huge pages or not`(huge: String) async throws {
        let pair = try await HostPair()
        defer { pair.close() }
        let mount = try Program.require("mount", package: "mount")
        for host in [pair.left, pair.right] {
            _ = try Command(mount, ["-o", "remount,huge=\(huge)", "\(host.folder)/memory"]).runSuccessfully()
        }
        let guest = CounterGuest()
        let id = try await pair.startCounter(guest, on: pair.left)
        for (source, target) in [(pair.left, pair.right), (pair.right, pair.left)] {
            try await pair.move(id, from: source, to: target)
            try CrossingTests.check(id, guest, on: target, notOn: source)
        }
    }

    @Test(.needs(.swap)) func `a machine whose memory is paged out while it moves arrives whole`() async throws {
        let machine = Box<Int32?>(nil)
        var options = TestHost.Options()
        options.tuning.probe = MoveProbe { point in
            guard point.isPoint(.after, .survey, side: .source), let process = machine.current else { return }
            // Whether it reclaims so much or not, what it reclaims is paged out between looking and reading.
            try? Self.reclaim(process)
        }
        let pair = try await HostPair(left: options)
        defer { pair.close() }
        let guest = CounterGuest()
        let id = try await pair.startCounter(guest, on: pair.left)
        let process = try pair.left.machine(id).requireQEMU().process.pid
        let before = Self.swapUsed()
        try Self.reclaim(process)
        #expect(Self.swapUsed() > before, "nothing was paged out: the test proves nothing")
        machine.current = process
        try await pair.move(id, from: pair.left, to: pair.right)
        try CrossingTests.check(id, guest, on: pair.right, notOn: pair.left)
    }

    /// Asks the kernel to page out what the control group of a process holds.
    private static func reclaim(_ process: Int32) throws {
        let shell = try Program.require("sh", package: "dash")
        let script = """
            group=$(sed -n 's/^0:://p' /proc/\(process)/cgroup)
            echo 32M > "/sys/fs/cgroup$group/memory.reclaim" || true
            """
        _ = try Command(shell, ["-c", script]).run()
    }

    private static func swapUsed() -> UInt64 {
        let lines = (try? DurableFile.read("/proc/swaps")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return lines.split(separator: "\n").dropFirst().reduce(0) { sum, line in
            let fields = line.split { $0 == " " || $0 == "\t" }
            return sum + (fields.count > 3 ? UInt64(fields[3]) ?? 0 : 0)
        }
    }

    // MARK: What does not fit

    /// What a target must refuse before it makes anything, each a change to a request that is good.
    private static let misfits: [(String, @Sendable (inout PrepareMigrationRequest) -> Void)] = [
        ("a version of the configuration that is not offered", { $0.machine.version = "99.0" }),
        ("another accelerator", { $0.machine.accelerator = "KVM" }),
        ("a third generation", { $0.machine.generation = 3 }),
        ("no processor", { $0.machine.processorCount = 0 }),
        ("more processors than there are", { $0.machine.processorCount = 100_000 }),
        ("memory in odd pieces", { $0.machine.memory = .mebibytes(65) }),
        ("more memory than there is", { $0.machine.memory = .gibibytes(1 << 12) }),
        ("an identifier that is a path", { $0.machine.id = "../../../etc" }),
        ("an identifier in capitals", { $0.machine.id = "0B1C2D3E-0000-4000-8000-000000000001" }),
        ("a name with a line's end", { $0.machine.name = "a\nb" }),
        ("a disk outside of the folder", { $0.machine.disks[0].fileName = "../../etc/passwd" }),
        ("a disk of an unknown format", { $0.machine.disks[0].format = "vmdk" }),
        ("a disk of odd bytes", { $0.machine.disks[0].capacity = ByteCount(513) }),
        (
            "a disk larger than the room",
            {
                $0.machine.disks[0].capacity = ByteCount(1 << 46)
                $0.machine.disks[0].allocated = ByteCount(1 << 46)
            }
        ),
        ("a disk of another name than its place", { $0.machine.disks[0].name = "disk7" }),
        ("a disk without storage", { $0.includeStorage = false }),
        (
            "an address that is an option",
            {
                $0.machine.network = .user
                $0.machine.macAddress = "52:54:00:00:00:00,script=/x"
            }
        ),
        ("an initial RAM disk without a kernel", { $0.machine.initrd = .init(size: .mebibytes(1)) }),
        ("a folder outside of the storage roots", { $0.destinationStoragePath = "/etc" }),
        ("a protocol of the future", { $0.protocolVersions = [2, 3] }),
        ("no protocol", { $0.protocolVersions = [] }),
        ("an authentication that is not set up", { $0.authenticationType = .kerberos }),
        ("a short secret", { $0.trafficSecret = "AAAA" }), ("no secret", { $0.trafficSecret = "" }),
        ("no connection", { $0.dataConnections = 0 }), ("a thousand connections", { $0.dataConnections = 1000 }),
        ("no epoch", { $0.epoch = 0 }), ("the last epoch", { $0.epoch = .max }),
        ("a migration that is a path", { $0.migration = "../x" }),
    ]

    @Test func `whatever does not fit is refused before the first page, and nothing was made`() async throws {
        let pair = try await HostPair()
        defer { pair.close() }
        let runtime = pair.right.runtime
        let source = LocalConnection(
            hostName: pair.right.name,
            caller: .remote(fingerprint: HostWire.fingerprint(of: pair.left.name), address: "127.0.0.1"),
            host: { runtime })
        var machine = MachineDescription(
            id: "0b1c2d3e-0000-4000-8000-000000000001", name: "web01", generation: 1,
            version: ConfigurationVersion.standard, memory: .mebibytes(64), processorCount: 1, notes: "",
            creationTime: 1,
            disks: [
                .init(
                    name: "disk0", fileName: "web01.raw", format: "raw", capacity: .mebibytes(8),
                    allocated: .mebibytes(1))
            ], network: .none, macAddress: nil, diskCache: .writeback, kernelCommandLine: nil, kernel: nil, initrd: nil,
            accelerator: "TCG")
        func request(_ machine: MachineDescription) -> PrepareMigrationRequest {
            PrepareMigrationRequest(
                migration: MigrationID.make().description, epoch: 1, sourceHost: pair.left.name, machine: machine,
                includeStorage: true, destinationStoragePath: "\(pair.right.folder)/disks",
                authenticationType: .certificate, protocolVersions: [1], isEncrypted: true,
                trafficSecret: String(repeating: "BwcH", count: 10) + "Bwc=", dataConnections: 2)
        }
        func refusal(_ request: PrepareMigrationRequest, _ title: String) async throws {
            let failure = await #expect(throws: Failure.self, "\(title)") { try await source.send(request) }
            #expect(failure?.advice.isEmpty == false)
            #expect(runtime.machines.machineIfPresent(machine.id) == nil, "\(title)")
            #expect(try Folder.names(in: "\(pair.right.folder)/disks").isEmpty, "\(title)")
            #expect(try Folder.names(in: "\(pair.right.folder)/memory").isEmpty, "\(title)")
        }
        for (title, change) in Self.misfits {
            var changed = request(machine)
            change(&changed)
            try await refusal(changed, title)
        }
        // The same identifier, and the same name, as a machine that is there.
        var existing = NewMachineRequest(name: "other", memoryStartup: .mebibytes(64))
        existing.network = .none
        let other = try await pair.right.connection.send(existing)
        var changed = request(machine)
        changed.machine.id = other.id
        #expect(await refusedAs(MigrationFault.machineExists) { try await source.send(changed) })
        changed = request(machine)
        changed.machine.name = "OTHER"
        #expect(await refusedAs(MigrationFault.machineNameExists) { try await source.send(changed) })
        // And the good one is good: what was refused was refused for its change.
        machine.name = "web02"
        let good = request(machine)
        _ = try await source.send(good)
        _ = try await source.send(AbandonMigrationRequest(migration: good.migration))
        #expect(runtime.machines.machineIfPresent(machine.id) == nil)
    }

    private func refusedAs(_ fault: MigrationFault, _ body: () async throws -> PrepareMigrationResponse) async -> Bool {
        do {
            _ = try await body()
            return false
        } catch { return (error as? Failure)?.is(fault) == true }
    }
}
