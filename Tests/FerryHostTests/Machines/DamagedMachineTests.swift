import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// Machines whose files somebody or something has spoiled: listed with what is wrong, nobody's to start, and taken up again when
/// they are put right.
@Suite(.serialized)
struct DamagedMachineTests {
    @Test func `a repaired document is taken up while ferryd runs`() async throws {
        let folder = try TemporaryDirectory()
        let first = try HostFixture(folder: folder)
        let broken = try await first.send(NewMachineRequest(name: "web01", memoryStartup: .mebibytes(64)))
        first.tearDown()
        let path = "\(broken.path)/machine.json"
        let whole = try DurableFile.read(path)
        let text = String(decoding: whole, as: UTF8.self)
        try DurableFile.replace(
            path, with: Array(text.replacing("\"processorCount\" : 1", with: "\"processorCount\" : \"one\"").utf8))
        let again = try LifeAfter(first)
        defer { again.host.tearDown() }
        // The document still tells its name.
        let damaged = try #require(try await again.host.machine("web01"))
        #expect(damaged.state == .offCritical && damaged.id == broken.id)
        #expect(damaged.status.contains("'processorCount' has the wrong type"), "\(damaged.status)")
        #expect(damaged.status.contains("Line "))
        // Another mistake: the status says so.
        try DurableFile.replace(path, with: Array("{\n\n nonsense".utf8))
        #expect(try await eventuallyStatus(again.host, broken.id) { $0.status.contains("Line 3") })
        try DurableFile.replace(path, with: whole)
        #expect(try await eventuallyStatus(again.host, broken.id) { $0.state == .off })
        let repaired = try #require(try await again.host.machine("web01"))
        #expect(repaired.memoryStartup == .mebibytes(64) && repaired.status == "Operating normally")
    }

    private func eventuallyStatus(
        _ host: HostFixture, _ id: String, _ condition: (MachineReport) -> Bool
    ) async throws -> Bool {
        try eventually(within: .seconds(60)) { () throws(Failure) in
            condition(try host.runtime.machines.machine(id).report)
        }
    }

    @Test func `what a crash left beside a document goes with the machine`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let machine = try await host.send(NewMachineRequest(name: "web01", memoryStartup: .mebibytes(64)))
        try DurableFile.replace("\(machine.path)/.machine.json.77.new", with: Array("{".utf8))
        _ = try await host.send(RemoveMachineRequest(machine: machine.id))
        #expect(try FileIdentity.ifPresent(machine.path) == nil)
    }

    @Test(.needs(.qemu, .root)) func `a running machine with a damaged document runs on and can be turned off`()
        async throws
    {
        let folder = try TemporaryDirectory()
        let first = try HostFixture(folder: folder)
        var request = NewMachineRequest(name: "web01", memoryStartup: .mebibytes(64))
        request.network = .none
        let machine = try await first.send(request)
        _ = try await first.complete(StartMachineRequest(machine: machine.id))
        first.runtime.stop()
        try DurableFile.replace("\(machine.path)/machine.json", with: [])
        let again = try LifeAfter(first)
        defer { again.host.tearDown() }
        let found = try #require(try await again.host.send(GetMachinesRequest(ids: [machine.id])).machines.first)
        #expect(found.state == .runningCritical && found.status.contains("is damaged"))
        // What it was promised is still its own.
        #expect(try again.host.runtime.environment.admissions.room() <= .mebibytes(512 - 64))
        let removal = await #expect(throws: Failure.self) {
            _ = try await again.host.send(RemoveMachineRequest(machine: machine.id))
        }
        #expect(removal?.is(HostFault.invalidState) == true)
        _ = try await again.host.complete(StopMachineRequest(machine: machine.id, turnOff: true, force: false))
        _ = try await again.host.send(RemoveMachineRequest(machine: machine.id))
        #expect(try await again.host.send(GetMachinesRequest()).machines.isEmpty)
    }
}

/// Machines whose moves' records are spoiled.
@Suite(.needs(.qemu, .root, .kernelTracker), .serialized)
struct DamagedMoveTests {
    private let migration = MigrationID.make().description

    private func begin(
        _ hosts: TwoHosts, _ machine: MachineReport, _ roles: [OwnershipRole],
        side: MigrationContext.MigrationSide = .source, epoch: UInt64 = 1, migration: String? = nil,
        undo: [MigrationUndo] = []
    ) throws {
        try hosts.node1.record(
            roles, of: migration ?? self.migration, side, machine: machine, peer: hosts.node2, epoch: epoch, undo: undo,
            isListed: false)
    }

    private func newMachine(_ hosts: TwoHosts, disk: NewMachineRequest.Disk = .none) async throws -> MachineReport {
        var request = NewMachineRequest(name: "web01", memoryStartup: .mebibytes(64))
        request.network = .none
        request.disk = disk
        return try await hosts.node1.send(request)
    }

    @Test(arguments: ["owner", "context.json", "journal"])
    func `a machine whose records are damaged is not started, for the other host may own it`(file: String) async throws
    {
        let hosts = try TwoHosts()
        let node1 = hosts.node1
        let machine = try await newMachine(hosts)
        node1.stop()
        try begin(
            hosts, machine, [.owner, .released],
            undo: [.removeTracking(machine: machine.id), .removeTracking(machine: machine.id)])
        let folder = "\(node1.configuration.stateFolder)/migrations/open/\(migration)"
        let path = file == "journal" ? "\(folder)/\(migration).journal" : "\(folder)/\(file)"
        var bytes = try DurableFile.read(path)
        bytes[1] = 0
        try DurableFile.replace(path, with: bytes)
        try node1.start()
        let found = try #require(try await node1.machine("web01"))
        #expect(
            found.state == .offCritical && found.status.contains("records of its migration \(migration) are damaged"))
        let start = await #expect(throws: Failure.self) {
            _ = try await node1.run(StartMachineRequest(machine: machine.id))
        }
        #expect(start?.is(MigrationFault.inDoubt) == true)
        #expect(start?.advice.contains("Get-VMMigration on the other host") == true)
        #expect(try DurableFile.read(path) == bytes)
        // The administrator has looked: the records are moved away.
        node1.stop()
        try Folder.removeTree(folder)
        try node1.start()
        #expect(try await node1.machine("web01")?.state == .off)
    }

    @Test func `the disk of a machine that is here is never undone by an older move that was not cleaned up`()
        async throws
    {
        let hosts = try TwoHosts()
        let node1 = hosts.node1
        let path = "\(node1.storageRoot)/web01.qcow2"
        let machine = try await newMachine(hosts, disk: .new(path: path, size: .mebibytes(1)))
        node1.stop()
        // It came, and the state folder was full when that was to be written down; then it was to leave.
        let arrival = MigrationID.make().description
        try begin(
            hosts, machine, [.prepared, .ready, .owner], side: .target, epoch: 1, migration: arrival,
            undo: [.removeFile(path: path), .removePlannedMachine(machine: machine.id)])
        try begin(hosts, machine, [.owner], epoch: 2)
        try node1.start()
        #expect(
            try eventually { () throws(Failure) in
                try Folder.names(in: "\(node1.configuration.stateFolder)/migrations/open").isEmpty
            })
        #expect(try await node1.machine("web01")?.state == .off)
        #expect(try FileIdentity.ifPresent(path) != nil)
    }

    @Test(arguments: [true, false])
    func `a planned machine with a damaged note is settled by the records`(hasRecords: Bool) async throws {
        let hosts = try TwoHosts()
        let node1 = hosts.node1
        let machine = try await newMachine(hosts)
        node1.stop()
        try DurableFile.replace("\(machine.path)/planned.json", with: Array("{".utf8))
        if hasRecords {
            try begin(
                hosts, machine, [.prepared, .refused], side: .target,
                undo: [.removePlannedMachine(machine: machine.id)])
        }
        try node1.start()
        #expect(try await node1.machine("web01") == nil)
        #expect(try FileIdentity.ifPresent(machine.path) == nil)
    }
}
