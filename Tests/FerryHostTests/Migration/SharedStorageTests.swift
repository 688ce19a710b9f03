import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

/// Moves of a machine whose disk is in a folder that both hosts see: only memory travels, the disk changes hands where it is.
@Suite(
    .needs(.qemu, .root, .kernelTracker, .program("cc", package: "gcc"), .program("setpriv", package: "util-linux")),
    .serialized)
struct SharedStorageTests {
    @Test(arguments: [DiskFormat.raw, .qcow2])
    func `a machine on shared storage moves there and back, and its disk stays where it is`(format: DiskFormat)
        async throws
    {
        let share = try Share(format)
        let held = Mutex<[MigrationPhase: Bool]>([:])
        var tuning = MigrationTuning.verifying
        let image = share.image
        tuning.probe = Looking { point in
            switch (point.moment, point.phase, point.side) {
            case (.after, .freeze, .source), (.after, .deviceState, .target), (.after, .cont, .target):
                held.withLock { $0[point.phase] = Share.isHeld(image) }
            default: break
            }
        }
        let hosts = try share.hosts(tuning)
        try await hosts.enableMigration()
        let machine = try await share.start(on: hosts.node1)
        let before = try FileIdentity.of(image)
        var (here, there) = (hosts.node1, hosts.node2)
        for _ in 1...2 {
            held.withLock { $0 = [:] }
            let result = try await here.run(share.request(machine.id, to: there))
            #expect(result.migration.status == .completed)
            #expect(result.migration.diskBytes == .zero && result.migration.memoryBytes > .zero)
            // The source had the locks until it was frozen, nobody when the target had loaded, then the target.
            #expect(held.withLock { $0 } == [.freeze: true, .deviceState: false, .cont: true])
            let arrived = try #require(try await there.machine("counter"))
            #expect(arrived.state == .running && arrived.disks.map(\.path) == [image])
            #expect(try share.guest.waitForBeats(arrived))
            #expect(try await here.machine("counter") == nil)
            #expect(try hosts.leftovers(of: here, machine.id).isEmpty)
            let now = try FileIdentity.of(image)
            #expect(now.isSameFile(as: before) && now.owner == before.owner && now.permissions == before.permissions)
            #expect(try Folder.names(in: share.folder) == [share.name])
            (here, there) = (there, here)
        }
        try share.check(on: here, machine.id)
    }

    @Test func `when the target's QEMU dies loaded, the source takes the disk back, and a retry works`() async throws {
        let share = try Share(.qcow2)
        let pair = Mutex<TwoHosts?>(nil)
        var tuning = MigrationTuning()
        tuning.probe = Looking { point in
            guard point.isPoint(.after, .deviceState, side: .target) else { return }
            for machine in pair.withLock({ $0 })?.node2.runtime?.machines.all ?? [] {
                _ = try? machine.qemu?.process.kill()
            }
        }
        let hosts = try share.hosts(tuning)
        pair.withLock { $0 = hosts }
        defer { pair.withLock { $0 = nil } }
        try await hosts.enableMigration()
        let machine = try await share.start(on: hosts.node1)
        let failure = await #expect(throws: Failure.self) {
            _ = try await hosts.node1.run(share.request(machine.id, to: hosts.node2))
        }
        #expect(failure?.is(MigrationFault.moveFailed) == true)
        let kept = try #require(try await hosts.node1.machine("counter"))
        #expect(kept.state == .running && kept.activity == .ok)
        #expect(try share.guest.waitForBeats(kept))
        #expect(Share.isHeld(share.image))
        #expect(try eventually { () throws(Failure) in try hosts.leftovers(of: hosts.node2, machine.id).isEmpty })
        for node in hosts.nodes { try node.restart(MigrationTuning()) }
        try await share.expectMove(machine.id, from: hosts.node1, to: hosts.node2)
        try share.check(on: hosts.node2, machine.id)
    }

    @Test(arguments: [true, false])
    func `a host that stops in the middle touches no shared disk`(stopsSource: Bool) async throws {
        let share = try Share(.raw)
        var tuning = MigrationTuning()
        tuning.timeouts.askAgain = .milliseconds(100)
        tuning.policy = MigrationTuning.endless.policy
        let hosts = try share.hosts(tuning)
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await share.start(on: node1)
        let report = try await node1.send(share.request(machine.id, to: node2))
        #expect(
            try eventually { try node1.requireRuntime().operations.operation(report.id).report.progress.round ?? 0 > 0 }
        )
        let stopped = stopsSource ? node1 : node2
        stopped.stop()
        try stopped.start()
        #expect(
            try eventually { () throws(Failure) in
                let found = try node1.requireRuntime().machines.machine(machine.id).report
                return found.state == .running && found.activity == .ok
            })
        #expect(try share.guest.waitForBeats(machine))
        #expect(Share.isHeld(share.image))
        #expect(try eventually { () throws(Failure) in try hosts.leftovers(of: node2, machine.id).isEmpty })
        for node in hosts.nodes { try node.restart(MigrationTuning()) }
        try await share.expectMove(machine.id, from: node1, to: node2)
        try share.check(on: node2, machine.id)
    }

    @Test func `a source that is killed while only memory moves leaves no socket of the device state`() async throws {
        let share = try Share(.raw)
        let listed = Mutex<(socket: Bool, undo: String)?>(nil)
        let places = Mutex<(socket: String, open: String)?>(nil)
        var tuning = MigrationTuning()
        tuning.probe = Looking { point in
            guard point.isPoint(.before, .connect, side: .source), let places = places.withLock({ $0 }) else { return }
            let journal = "\(places.open)/\(point.migration)/\(point.migration).journal"
            let undo = String(decoding: (try? DurableFile.read(journal)) ?? [], as: UTF8.self)
            let hasSocket = (try? FileIdentity.ifPresent(places.socket)) != nil
            listed.withLock { $0 = (hasSocket, undo) }
        }
        let hosts = try share.hosts(tuning)
        let node1 = hosts.node1
        try await hosts.enableMigration()
        let machine = try await share.start(on: node1)
        let socket = "\(node1.configuration.runtimeFolder)/\(machine.id)/state"
        let open = "\(node1.configuration.stateFolder)/migrations/open"
        places.withLock { $0 = (socket, open) }
        _ = try await node1.run(share.request(machine.id, to: hosts.node2))
        let seen = try #require(listed.withLock { $0 })
        // Whoever dies from here on finds in the journal what it has made.
        #expect(seen.socket && seen.undo.contains("removeTracking"))
        try share.check(on: hosts.node2, machine.id)
    }

    @Test func `a move that is killed after either record leaves a shared disk out of every list of what to remove`()
        async throws
    {
        let share = try Share(.raw)
        let records = Mutex<[String]>([])
        let folders = Mutex<[String]>([])
        var tuning = MigrationTuning()
        tuning.probe = Looking { point in
            guard point.isPoint(.after, .released) || point.isPoint(.after, .owner) else { return }
            for folder in folders.withLock({ $0 }) {
                for name in (try? Folder.names(in: folder)) ?? [] {
                    for file in ["context.json", "\(name).journal"] {
                        let bytes = try? DurableFile.readIfPresent("\(folder)/\(name)/\(file)")
                        records.withLock { $0.append(String(decoding: (bytes ?? nil) ?? [], as: UTF8.self)) }
                    }
                }
            }
        }
        let hosts = try share.hosts(tuning)
        folders.withLock { $0 = hosts.nodes.map { "\($0.configuration.stateFolder)/migrations/open" } }
        try await hosts.enableMigration()
        let machine = try await share.start(on: hosts.node1)
        _ = try await hosts.node1.run(share.request(machine.id, to: hosts.node2))
        let seen = records.withLock { $0 }
        #expect(seen.count >= 8 && seen.contains { $0.contains("removePlannedMachine") })
        #expect(seen.allSatisfy { !$0.contains(share.name) })
        try share.check(on: hosts.node2, machine.id)
    }

    // MARK: - Refusals

    @Test func `a target that does not see the very file refuses in E-30's words, and makes nothing`() async throws {
        let share = try Share(.raw)
        let hosts = try share.hosts()
        try await hosts.enableMigration()
        try Folder.setMode(share.image, 0o666)
        let mark = try ImageMark(share.image)
        func refusal(_ files: [(String, UInt64)]) async -> Failure? {
            await #expect(throws: Failure.self) {
                _ = try await hosts.node2.send(
                    share.preparation(files, from: hosts.node1),
                    as: .remote(fingerprint: hosts.node1.fingerprint, address: ""))
            }
        }
        let missing = await refusal([("\(share.folder)/no.raw", 1 << 50)])
        #expect(missing?.is(MigrationFault.storageNotShared) == true)
        #expect(
            missing?.message
                == "Virtual machine 'web01' cannot be moved without its storage: attachment '\(share.folder)/no.raw' on 'NODE2': The system cannot find the file specified. (0x80070002)"
        )
        let path = await refusal([("\(share.folder)/no/no.raw", 1 << 50)])
        #expect(path?.message.contains("cannot find the path specified. (0x80070003)") == true)
        // The file is there, and nobody has marked it, or somewhere else.
        for offset in [mark.offset + 2, 1, UInt64.max] {
            let other = await refusal([(share.image, offset)])
            #expect(other?.message.contains("is not the one that 'NODE1' has") == true)
        }
        // A mixed machine says how to move it.
        let mixed = await refusal([(share.image, mark.offset), ("\(share.folder)/local.raw", 1 << 50)])
        #expect(mixed?.is(MigrationFault.storageNotShared) == true)
        #expect(mixed?.message.contains("without -IncludeStorage all its disks must be") == true)
        #expect(mixed?.advice.hasPrefix("Repeat Move-VM with -IncludeStorage") == true)
        // Outside of the roots, by its name and by a link.
        let outside = try TemporaryDirectory()
        try outside.write("out.raw", "x")
        let strange = try ImageMark(outside.file("out.raw"))
        _ = try Command("/bin/ln", ["-s", outside.file("out.raw"), "\(share.folder)/link.raw"]).runSuccessfully()
        for place in [outside.file("out.raw"), "\(share.folder)/link.raw"] {
            #expect(await refusal([(place, strange.offset)])?.is(StorageFault.pathOutsideRoots) == true)
        }
        // Not a file.
        _ = try Command("/usr/bin/mkfifo", ["\(share.folder)/pipe"]).runSuccessfully()
        #expect(await refusal([("\(share.folder)/pipe", 1 << 50)])?.is(MigrationFault.storageNotShared) == true)
        #expect(await refusal([(share.folder, 1 << 50)]) != nil)
        // The guests' user may not use it.
        let closed = "\(share.folder)/closed.raw"
        try DurableFile.replace(closed, with: [0], mode: 0o600)
        let mine = try ImageMark(closed)
        let denied = await refusal([(closed, mine.offset)])
        #expect(denied?.message.contains("General access denied error (0x80070005)") == true)
        // A machine of the target has it.
        var request = NewMachineRequest(name: "other", memoryStartup: .mebibytes(64))
        request.network = .none
        request.disk = .existing(path: share.image)
        _ = try await hosts.node2.send(request)
        #expect(await refusal([(share.image, mark.offset)])?.is(StorageFault.imageInUse) == true)
        #expect(try await hosts.node2.machine("web01") == nil)
        #expect(
            try Folder.names(in: share.folder).sorted() == ["closed.raw", "link.raw", "pipe", share.name].sorted())
        withExtendedLifetime((mark, strange, mine)) {}
    }

    @Test func `a machine whose disk only its host sees is not moved without its storage`() async throws {
        let hosts = try TwoHosts()
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        var request = hosts.request(machine.id, to: hosts.node2)
        request.includeStorage = false
        request.destinationStoragePath = nil
        let failure = await #expect(throws: Failure.self) { _ = try await hosts.node1.run(request) }
        #expect(failure?.is(MigrationFault.moveFailed) == true)
        // NODE2 would find the file, for both run on one computer; it does not lie under its roots.
        #expect(failure?.causes.first?.is(StorageFault.pathOutsideRoots) == true)
        #expect(try hosts.guest.waitForBeats(machine))
        try hosts.check(on: hosts.node1, machine.id)
    }

    @Test(.needs(.networkFileSystem))
    func `a machine on a real NFS mount moves there and back`() async throws {
        let server = try NetworkShare()
        defer { server.close() }
        let share = try Share(.qcow2, in: server.mount)
        let hosts = try share.hosts(.verifying)
        try await hosts.enableMigration()
        let machine = try await share.start(on: hosts.node1)
        for (here, there) in [(hosts.node1, hosts.node2), (hosts.node2, hosts.node1)] {
            let result = try await here.run(share.request(machine.id, to: there))
            #expect(result.migration.status == .completed && result.migration.diskBytes == .zero)
        }
        try share.check(on: hosts.node1, machine.id)
    }
}

/// A folder both hosts see, and the counter's disk in it.
private final class Share {
    let guest: CounterGuest
    let folder: String
    let name: String
    private let format: DiskFormat
    private let directory: TemporaryDirectory

    var image: String { "\(folder)/\(name)" }

    /// - Parameter place: an existing folder; nil makes one.
    init(_ format: DiskFormat, in place: String? = nil) throws {
        var guest = CounterGuest()
        guest.writes = true
        guest.pausePerPage = 40
        self.guest = guest
        self.format = format
        directory = try TemporaryDirectory()
        try Folder.setMode(directory.path, 0o711)
        folder = place ?? directory.file("share")
        try Folder.create(folder, mode: 0o711)
        name = "counter.\(format.rawValue)"
        let raw = try guest.makeImage(in: format == .raw ? folder : directory.path)
        guard format == .qcow2 else { return }
        _ = try Command(
            Program.require("qemu-img", package: "qemu-utils"), ["convert", "-O", "qcow2", raw, image]
        ).runSuccessfully()
    }

    func hosts(_ tuning: MigrationTuning = MigrationTuning()) throws -> TwoHosts {
        let folder = folder
        return try TwoHosts(tuning: tuning) { configuration, _ in configuration.storageRoots.append(folder) }
    }

    func start(on host: TestHost) async throws -> MachineReport {
        var request = NewMachineRequest(name: "counter", memoryStartup: .mebibytes(64))
        request.network = .none
        request.disk = .existing(path: image)
        let machine = try await host.send(request)
        let started = try await host.run(StartMachineRequest(machine: machine.id))
        try CounterGuest.waitUntilCounting(console: started.consolePath)
        return started
    }

    func request(_ machine: String, to host: TestHost) -> MoveMachineRequest {
        MoveMachineRequest(
            machine: machine, destinationHost: host.hostName, includeStorage: false, destinationStoragePath: nil,
            retainDisksOnSource: false)
    }

    /// A move that must succeed; one that does not says why.
    func expectMove(_ machine: String, from source: TestHost, to target: TestHost) async throws {
        do throws(Failure) {
            let result = try await source.run(request(machine, to: target))
            #expect(result.migration.status == .completed)
        } catch {
            Issue.record("\(([error] + error.causes).map(\.message))")
            throw error
        }
    }

    /// What a source would ask for a machine with disks at these places.
    func preparation(_ files: [(path: String, mark: UInt64)], from host: TestHost) -> PrepareMigrationRequest {
        PrepareMigrationRequest(
            migration: MigrationID.make().description, epoch: 1, sourceHost: host.hostName,
            machine: MachineDescription(
                id: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", name: "web01", generation: 1, version: "10.0",
                memory: .mebibytes(64), processorCount: 1, notes: "", creationTime: 0,
                disks: files.enumerated().map { index, file in
                    .init(
                        name: "disk\(index)", fileName: "x", format: "raw", capacity: .mebibytes(1), allocated: .zero,
                        shared: .init(path: file.path, mark: file.mark))
                }, network: .none, macAddress: nil, diskCache: .writeback, kernelCommandLine: nil, kernel: nil,
                initrd: nil, accelerator: "TCG"), includeStorage: false, destinationStoragePath: nil,
            authenticationType: .certificate, protocolVersions: [1], isEncrypted: true,
            trafficSecret: TrafficSecretText.any, dataConnections: 1)
    }

    /// Stops the guest for good and checks every page and every record it wrote.
    func check(on host: TestHost, _ id: String) throws {
        let machine = try host.requireRuntime().machines.machine(id)
        let qemu = try machine.requireQEMU()
        try qemu.qmp().execute("stop")
        #expect(try guest.counters(in: RAMFile.open(qemu.record.memoryFile)).fault == nil)
        #expect(try CounterGuest.complaint(console: machine.report.consolePath) == nil)
        try machine.destroyQEMU()
        var raw = image
        if format == .qcow2 {
            let tool = try Program.require("qemu-img", package: "qemu-utils")
            _ = try Command(tool, ["check", "-f", "qcow2", image]).runSuccessfully()
            raw = directory.file("checked.raw")
            _ = try Command(tool, ["convert", "-f", "qcow2", "-O", "raw", image, raw]).runSuccessfully()
        }
        #expect(try CounterGuest.logFault(image: raw) == nil)
    }

    /// Whether a hypervisor has the image open for its guest.
    static func isHeld(_ image: String) -> Bool {
        do throws(Failure) {
            try ImageLock.requireObtainable(image)
            return false
        } catch {
            return error.is(StorageFault.imageInUse)
        }
    }
}

private enum TrafficSecretText {
    /// Base64 of 32 bytes.
    static let any = String(repeating: "A", count: 43) + "="
}

/// Looks in at the moments of a move; what it does there, the move waits for.
private final class Looking: PhaseProbe {
    private let body: @Sendable (PhasePoint) -> Void
    init(_ body: @escaping @Sendable (PhasePoint) -> Void) { self.body = body }
    func reached(_ point: PhasePoint) { body(point) }
}

/// A folder exported by this computer's NFS server and mounted from it.
private final class NetworkShare {
    let mount: String
    private let directory: TemporaryDirectory
    private let exported: String

    init() throws {
        directory = try TemporaryDirectory()
        try Folder.setMode(directory.path, 0o711)
        exported = directory.file("exported")
        mount = directory.file("mounted")
        try Folder.create(exported, mode: 0o711)
        try Folder.create(mount, mode: 0o711)
        let options = "rw,sync,no_subtree_check,no_root_squash,insecure,fsid=\(UInt32.random(in: 1...UInt32.max))"
        _ = try Command(
            Program.require("exportfs", package: "nfs-kernel-server"), ["-o", options, "127.0.0.1:\(exported)"]
        ).runSuccessfully()
        _ = try Command(
            Program.require("mount", package: "mount"),
            ["-t", "nfs4", "127.0.0.1:\(exported)", mount]
        ).runSuccessfully()
    }

    func close() {
        _ = try? Command("/bin/umount", ["-f", mount]).run()
        _ = try? Command("/usr/sbin/exportfs", ["-u", "127.0.0.1:\(exported)"]).run()
    }
}
