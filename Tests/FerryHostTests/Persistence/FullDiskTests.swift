import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// A file system of its own that a test fills and makes room on.
private final class Volume: Sendable {
    let path: String
    private let directory: TemporaryDirectory
    private let mount: TmpfsMount

    init(_ size: ByteCount) throws {
        directory = try TemporaryDirectory()
        try Folder.setMode(directory.path, 0o711)
        mount = try TmpfsMount.ensure(at: directory.file("volume"), size: size)
        path = mount.path
        try Folder.setMode(path, 0o711)
    }

    /// Takes the last byte.
    func fill() throws {
        let command = try Command(
            Program.require("dd", package: "coreutils"),
            ["if=/dev/zero", "of=\(path)/filler", "bs=4096", "status=none"])
        #expect(try !command.run().status.isSuccess)
    }

    func makeRoom() throws { try DurableFile.remove("\(path)/filler") }

    func close() {
        // A thread that has just ended may still hold a file for a moment.
        _ = eventually(within: .seconds(20)) { (try? mount.unmount()) != nil }
    }
}

/// A full disk at each write: nothing is lost, the error says so, and the same works once there is room.
@Suite(.needs(.root), .serialized)
struct FullDiskTests {
    @Test func `machine documents and settings stay as they were`() async throws {
        let volume = try Volume(.mebibytes(4))
        defer { volume.close() }
        let host = try HostFixture {
            $0.stateFolder = "\(volume.path)/state"
            $0.virtualMachinePath = "\(volume.path)/vms"
        }
        defer { host.tearDown() }
        let kept = try await host.send(NewMachineRequest(name: "kept", memoryStartup: .mebibytes(64)))
        let (settings, document) = (
            try await host.send(GetHostRequest()),
            try DurableFile.read("\(host.runtime.machines.machine(kept.id).folder)/machine.json")
        )
        try volume.fill()
        var change = SetHostRequest()
        change.maximumMigrations = 7
        let set = await #expect(throws: Failure.self) { _ = try await host.send(change) }
        #expect(set?.is(LinuxFault.noSpace) == true && set?.advice.hasPrefix("Free space") == true)
        #expect(try await host.send(GetHostRequest()).maximumMigrations == settings.maximumMigrations)
        let request = NewMachineRequest(name: "new", memoryStartup: .mebibytes(64))
        let made = await #expect(throws: Failure.self) { _ = try await host.send(request) }
        #expect(made?.is(LinuxFault.noSpace) == true)
        #expect(try await host.send(GetMachinesRequest()).machines.map(\.name) == ["kept"])
        let machine = try host.runtime.machines.machine(kept.id)
        let update = #expect(throws: Failure.self) { try machine.update { $0.notes = "x" } }
        #expect(update?.is(LinuxFault.noSpace) == true)
        #expect(machine.report.notes == "")
        #expect(try DurableFile.read("\(machine.folder)/machine.json") == document)
        // Events that find no room are told to ferryd's log only, and do no harm.
        host.runtime.environment.events.add(.failure, .information, nil, String(repeating: "x", count: 8192))
        try volume.makeRoom()
        _ = try await host.send(change)
        _ = try await host.send(request)
        try machine.update { $0.notes = "x" }
        #expect(try await host.send(GetHostRequest()).maximumMigrations == 7)
        #expect(try await host.send(GetMachinesRequest()).machines.map(\.name) == ["kept", "new"])
        host.runtime.environment.events.add(.failure, .information, nil, "there is room")
        let events = try DurableFile.read("\(host.configuration.stateFolder)/events.jsonl")
        let lines = events.split(separator: UInt8(ascii: "\n"))
        #expect(try lines.allSatisfy { try JSONParser.parse(Array($0)).members != nil })
        #expect(String(decoding: events, as: UTF8.self).contains("there is room"))
    }

    @Test func `records of a move are written whole or not at all`() throws {
        let volume = try Volume(.mebibytes(1))
        defer { volume.close() }
        let machine = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
        func context(_ migration: String) -> MigrationContext {
            MigrationContext(
                migration: migration, side: .target, machine: machine, machineName: "vm", epoch: 4, peerName: "B",
                peerFingerprint: "ff", disks: [])
        }
        let folder = "\(volume.path)/migrations"
        let records = try MigrationRecords(folder: folder)
        let history = try MigrationHistory(folder: folder)
        let migrations = [MigrationID.make().description, MigrationID.make().description]
        let log = try records.begin(context(migrations[0]))
        try log.append(.prepared)
        try records.setEpoch(1, of: machine)
        try volume.fill()
        // The page that the files end in has room; what needs another does not.
        func untilFull(_ body: () throws(Failure) -> Void) -> Failure? {
            for _ in 0..<10_000 {
                do throws(Failure) { try body() } catch { return error }
            }
            return nil
        }
        let journal = untilFull { () throws(Failure) in try log.undo.willMake(.removeFile(path: "/x")) }
        #expect(journal?.is(LinuxFault.noSpace) == true)
        let made = log.undo.open.count
        #expect(throws: Failure.self) { _ = try records.begin(context(migrations[1])) }
        #expect(try !Folder.names(in: "\(folder)/open").contains(migrations[1]))
        #expect(throws: Failure.self) { try records.setEpoch(9, of: machine) }
        // No later move may have the same number, whatever the file says.
        #expect(records.epoch(of: machine) == 9)
        #expect(try MigrationRecords(folder: folder).epoch(of: machine) == 1)
        let report = MigrationReport(
            id: "1", machineName: "vm", machineID: machine, role: .target, sourceHost: "A", targetHost: "B",
            status: .running, phase: "", started: 1)
        #expect(throws: Failure.self) { try history.add(report) }
        try volume.makeRoom()
        try log.append(.ready)
        try log.undo.willMake(.removeFile(path: "/y"))
        try records.setEpoch(9, of: machine)
        #expect(try MigrationRecords(folder: folder).epoch(of: machine) == 9)
        try history.add(report)
        _ = try records.begin(context(migrations[1]))
        let again = try MigrationRecords(folder: folder)
        let found = try again.unsettled().map { try $0.get() }.first { $0.context.migration == migrations[0] }
        #expect(found?.journal.records.map(\.role) == [.prepared, .ready])
        #expect(found?.undo.open.count == made + 1)
        #expect(again.epoch(of: machine) == 9)
        #expect(try MigrationHistory(folder: folder).all.count == 1)
    }

    @Test(
        .needs(
            .qemu, .kernelTracker, .program("cc", package: "gcc"),
            .program("qemu-storage-daemon", package: "qemu-utils")))
    func `a target whose disk fills while it is copied ends the move, and the next one works`() async throws {
        let volume = try Volume(.mebibytes(160))
        defer { volume.close() }
        var tuning = MigrationTuning()
        let filler = Filler { try? volume.fill() }
        tuning.probe = filler
        let hosts = try TwoHosts(tuning: tuning) { configuration, index in
            if index == 1 { configuration.storageRoots = [configuration.storageRoots[0], volume.path] }
        }
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        var request = hosts.request(machine.id, to: hosts.node2)
        request.destinationStoragePath = volume.path
        let failure = await #expect(throws: Failure.self) { _ = try await hosts.node1.run(request) }
        #expect(failure?.is(MigrationFault.moveFailed) == true)
        let kept = try #require(try await hosts.node1.machine("counter"))
        #expect(kept.state == .running && kept.activity == .ok)
        #expect(try hosts.guest.waitForBeats(kept))
        #expect(try eventually { () throws(Failure) in try Folder.names(in: volume.path) == ["filler"] })
        #expect(try hosts.leftovers(of: hosts.node2, machine.id).isEmpty)
        try volume.makeRoom()
        filler.isArmed = false
        let result = try await hosts.node1.run(request)
        #expect(result.migration.status == .completed)
        try hosts.check(on: hosts.node2, machine.id)
        hosts.node2.destroy()
    }

    @Test(
        .needs(
            .qemu, .kernelTracker, .program("cc", package: "gcc"),
            .program("qemu-storage-daemon", package: "qemu-utils")), arguments: [0, 1])
    func `a state folder that is full refuses a move before anything is made`(index: Int) async throws {
        let volume = try Volume(.mebibytes(16))
        defer { volume.close() }
        let hosts = try TwoHosts { configuration, number in
            if number == index { configuration.stateFolder = "\(volume.path)/state" }
        }
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        try volume.fill()
        let failure = await #expect(throws: Failure.self) {
            _ = try await hosts.node1.run(hosts.request(machine.id, to: hosts.node2))
        }
        #expect(([failure].compactMap { $0 } + (failure?.causes ?? [])).contains { $0.is(LinuxFault.noSpace) })
        let kept = try #require(try await hosts.node1.machine("counter"))
        #expect(kept.state == .running && kept.activity == .ok)
        #expect(try hosts.guest.waitForBeats(kept))
        #expect(try hosts.leftovers(of: hosts.node2, machine.id).isEmpty)
        try volume.makeRoom()
        let result = try await hosts.node1.run(hosts.request(machine.id, to: hosts.node2))
        #expect(result.migration.status == .completed)
        try hosts.check(on: hosts.node2, machine.id)
        hosts.nodes[index].destroy()
    }
}

extension FullDiskTests {
    @Test(
        .needs(
            .qemu, .kernelTracker, .program("cc", package: "gcc"),
            .program("qemu-storage-daemon", package: "qemu-utils")), arguments: [true, false])
    func `a state folder that fills as the guest comes costs the target neither machine nor disk`(movesOn: Bool)
        async throws
    {
        let volume = try Volume(.mebibytes(16))
        defer { volume.close() }
        var tuning = MigrationTuning()
        let filler = Filler(.owner) { try? volume.fill() }
        tuning.probe = filler
        let hosts = try TwoHosts(tuning: tuning) { configuration, index in
            if index == 1 { configuration.stateFolder = "\(volume.path)/state" }
        }
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let there = try await node1.run(hosts.request(machine.id, to: node2))
        #expect(there.migration.status == .completed)
        let arrived = try #require(try await node2.machine("counter"))
        #expect(arrived.state == .running && arrived.disks.count == 1)
        #expect(try hosts.guest.waitForBeats(arrived))
        filler.isArmed = false
        let open = "\(node2.configuration.stateFolder)/migrations/open"
        // What could not be written down is done at the next start.
        #expect(try Folder.names(in: open) == [there.migration.id])
        try volume.makeRoom()
        if movesOn {
            let back = try await node2.run(hosts.request(machine.id, to: node1))
            #expect(back.migration.status == .completed)
            let context = try DurableFile.read(
                "\(node1.configuration.stateFolder)/migrations/closed/\(back.migration.id)/context.json")
            #expect(try JSONParser.parse(context)["epoch"]?.integer == 2)
        }
        node2.stop()
        try node2.start()
        // A claim of its own is closed once the other host has answered.
        #expect(try eventually { () throws(Failure) in try Folder.names(in: open).isEmpty })
        #expect(
            try eventually { () throws(Failure) in try node2.status(of: there.migration.id) == .completed })
        let host = movesOn ? node1 : node2
        #expect(
            try eventually { () throws(Failure) in
                let report = try host.requireRuntime().machines.machine(machine.id).report
                return report.state == .running && report.activity == .ok
            })
        let found = try #require(try await host.machine("counter"))
        #expect(try await (movesOn ? node2 : node1).machine("counter") == nil)
        #expect(try hosts.guest.waitForBeats(found))
        try hosts.check(on: host, machine.id)
        node2.destroy()
    }
}

/// Fills a volume at a moment of the move at the target: unless another is named, once the move has made what it needs.
private final class Filler: PhaseProbe {
    private let fill: @Sendable () -> Void
    private let phase: MigrationPhase
    private let armed = Monitor(true)

    init(_ phase: MigrationPhase = .prepare, _ fill: @escaping @Sendable () -> Void) {
        self.phase = phase
        self.fill = fill
    }

    var isArmed: Bool {
        get { armed.read { $0 } }
        set { armed.update { $0 = newValue } }
    }

    func reached(_ point: PhasePoint) {
        if isArmed, point.isPoint(.after, phase, side: .target) { fill() }
    }
}
