import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// One host has a machine on its administrator's word, because the other did not answer; then that one comes back, with a record
/// that says that the machine is its own. It reads the other's before anything runs, and the machine never runs twice.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct VouchedMigrationTests {
    private let migration = MigrationID.make().description
    private let hosts: TwoHosts
    private var node1: TestHost { hosts.node1 }
    private var node2: TestHost { hosts.node2 }

    init() throws {
        var tuning = MigrationTuning()
        tuning.timeouts.askAgain = .milliseconds(100)
        hosts = try TwoHosts(tuning: tuning)
    }

    private func write(
        _ roles: [OwnershipRole], on host: TestHost, machine: MachineReport, undo: [MigrationUndo] = []
    ) throws {
        let isSource = host === node1
        try host.record(
            roles, of: migration, isSource ? .source : .target, machine: machine, peer: isSource ? node2 : node1,
            disks: isSource ? machine.disks.map(\.path) : [], undo: undo)
    }

    private func settles(_ status: MigrationStatus, on host: TestHost) throws -> Bool {
        try eventually { () throws(Failure) in try host.status(of: migration) == status }
    }

    private func isRunning(_ machine: MachineReport, on host: TestHost) -> Bool {
        host.runtime?.machines.machineIfPresent(machine.id)?.qemu?.guestStatus.state == .running
    }

    private func openRecords(of host: TestHost) throws(Failure) -> [String] {
        try Folder.names(in: "\(host.configuration.stateFolder)/migrations/open")
    }

    private func resolve(_ choice: MigrationChoice, on host: TestHost) async throws -> MigrationReport {
        try await host.run(ResolveMigrationRequest(migration: migration, choice: choice))
    }

    /// The counter on NODE1, paused as a cutover leaves it, with NODE1 stopped.
    private func sourceStopped() async throws -> MachineReport {
        let machine = try await hosts.newCounter()
        try node1.requireRuntime().machines.machine(machine.id).requireQEMU().qmp().execute("stop")
        node1.stop()
        return machine
    }

    /// The same machine planned on NODE2, with a QEMU that is paused, or runs, or is gone, and NODE2 stopped.
    private func target(
        of machine: MachineReport, _ guest: OwnershipDecision.LocalGuest,
        _ roles: [OwnershipRole] = [.prepared, .ready, .owner]
    ) throws -> String {
        let image = try hosts.guest.makeImage(in: node2.storageRoot)
        var document = MachineDocument(id: machine.id, name: "counter", memory: .mebibytes(64), creationTime: 0)
        document.disks = [.init(name: "disk0", path: image, format: .raw)]
        let planned = try node2.requireRuntime().machines.add(document, in: node2.storageRoot, plannedBy: migration)
        if guest != .absent { try planned.launch(.paused) }
        if guest == .running { try planned.requireQEMU().qmp().execute("cont") }
        node2.stop()
        try write(
            roles, on: node2, machine: planned.report,
            undo: [.removeFile(path: image), .removePlannedMachine(machine: planned.id)])
        return image
    }

    /// NODE1 runs the machine because its administrator vouches for NODE2, which has OWNER.
    private func givenToSource(_ guest: OwnershipDecision.LocalGuest) async throws -> (MachineReport, image: String) {
        let machine = try await sourceStopped()
        let image = try target(of: machine, guest)
        hosts.exchange.isControlCut = true
        try write([.owner, .released], on: node1, machine: machine)
        try node1.start()
        #expect(try settles(.inDoubt, on: node1))
        #expect(try await resolve(.keepHere, on: node1).status == .failed)
        #expect(isRunning(machine, on: node1))
        return (machine, image)
    }

    @Test
    func `a target that comes back to its own OWNER does not go on before the source has answered, and then yields`()
        async throws
    {
        let (machine, image) = try await givenToSource(.paused)
        try node2.start()
        #expect(try settles(.inDoubt, on: node2))
        let ran = eventually(within: .seconds(1)) { isRunning(machine, on: node2) }
        #expect(!ran)
        let shown = try await node2.send(GetMigrationRecordsRequest(migration: migration))
        #expect(shown.keepHere.isPossible && shown.keepHere.meaning.contains("switched off"))
        #expect(!shown.giveAway.isPossible)
        hosts.exchange.isControlCut = false
        #expect(try settles(.failed, on: node2))
        #expect(try node2.requireRuntime().machines.all.isEmpty)
        #expect(try FileIdentity.ifPresent(image) == nil)
        #expect(try eventually { () throws(Failure) in try hosts.leftovers(of: node2, machine.id).isEmpty })
        #expect(isRunning(machine, on: node1))
        try hosts.check(on: node1, machine.id)
        // And the source's record is not open any more: the target has agreed.
        #expect(try eventually { () throws(Failure) in try openRecords(of: node1).isEmpty })
    }

    @Test func `a machine that crashed on such a target is not started there, and its files stay`() async throws {
        let (machine, image) = try await givenToSource(.absent)
        hosts.exchange.isControlCut = false
        try node2.start()
        #expect(
            try eventually { () throws(Failure) in
                let isFree = try !node2.requireRuntime().machines.machine(machine.id).isBusy
                let message = try node2.reports()?.first?.failure?.failure.message
                return isFree && message?.contains("on an administrator's word") == true
            })
        let refusal = await #expect(throws: Failure.self) {
            _ = try await node2.run(StartMachineRequest(machine: machine.id))
        }
        #expect(refusal?.message.contains("on an administrator's word") == true)
        #expect(refusal?.advice.contains("Remove-VM") == true)
        #expect(try FileIdentity.ifPresent(image) != nil)
        // The next life knows it, too.
        node2.stop()
        hosts.exchange.isControlCut = true
        try node2.start()
        let again = await #expect(throws: Failure.self) {
            _ = try await node2.run(StartMachineRequest(machine: machine.id))
        }
        #expect(again?.is(MigrationFault.inDoubt) == true || again?.is(HostFault.invalidState) == true)
        #expect(isRunning(machine, on: node1))
    }

    @Test func `a guest that ran on such a target all the time is paused as soon as the hosts hear each other`()
        async throws
    {
        let (machine, _) = try await givenToSource(.running)
        try node2.start()
        #expect(isRunning(machine, on: node2))
        hosts.exchange.isControlCut = false
        #expect(eventually { !isRunning(machine, on: node2) })
        #expect(
            try eventually { () throws(Failure) in
                try node2.reports()?.first?.failure?.failure.message.contains("on an administrator's word") == true
            })
        #expect(isRunning(machine, on: node1))
    }

    @Test func `a source that comes back to its own OWNER asks before it resumes, and lets the machine go`()
        async throws
    {
        let machine = try await sourceStopped()
        let image = try target(of: machine, .running)
        try write([.owner], on: node1, machine: machine)
        hosts.exchange.isControlCut = true
        try node2.start()
        try node1.start()
        #expect(try settles(.inDoubt, on: node1))
        let ran = eventually(within: .seconds(1)) { isRunning(machine, on: node1) }
        #expect(!ran)
        let refusal = await #expect(throws: Failure.self) {
            _ = try await node1.run(StartMachineRequest(machine: machine.id))
        }
        #expect(refusal?.is(HostFault.invalidState) == true)
        hosts.exchange.isControlCut = false
        #expect(try settles(.completed, on: node1))
        #expect(try node1.requireRuntime().machines.all.isEmpty)
        // The disk's file is no move's to remove: nobody knows what the word was worth.
        #expect(try FileIdentity.ifPresent(machine.disks[0].path) != nil)
        #expect(isRunning(machine, on: node2) && image != machine.disks[0].path)
        #expect(try eventually { () throws(Failure) in try openRecords(of: node2).isEmpty })
    }

    /// NODE1 is stopped: what it has noted of the process says which one.
    private func killGuest(_ machine: MachineReport) throws {
        let note = try JSONDocument.read(RuntimeRecord.self, at: "\(machine.path)/\(RuntimeRecord.fileName)")
        let process = try #require(try ProcessHandle.adopt(note.processID, startTicks: note.startTicks))
        try process.kill()
        #expect(eventually { !process.isAlive })
    }

    /// Get-VM, Get-VMMigration and Start-VM each say in one line what keeps the machine and which command settles it.
    private func expectLeadsOn(_ machine: MachineReport, on host: TestHost, to other: TestHost) async throws {
        let runtime = try host.requireRuntime()
        let way = "Bring '\(other.hostName)' back, or run Resolve-VMMigration -Id \(migration)."
        let isTold = try eventually { () throws(Failure) in
            try runtime.machines.machine(machine.id).report.status.hasSuffix(way)
        }
        let status = try runtime.machines.machine(machine.id).report.status
        #expect(isTold && !status.contains("\n"), "\(status)")
        let start = await #expect(throws: Failure.self) {
            _ = try await host.run(StartMachineRequest(machine: machine.id))
        }
        #expect(
            start?.is(HostFault.invalidState) == true && start?.message.hasSuffix(way) == true,
            "\(start?.message ?? "")")
        let move = try #require(try await host.send(GetMigrationsRequest(ids: [migration])).first)
        #expect(move.status == .inDoubt && move.failure?.failure.message == status)
        let events = try await host.send(GetEventsRequest(limit: 50)).filter { $0.id == EventID.inDoubt.rawValue }
        #expect(events.map(\.message) == [status])
    }

    @Test(arguments: [OwnershipDecision.LocalGuest.absent, .paused])
    func `after a double failure the host itself says that Resolve-VMMigration lets the machine run`(
        guest: OwnershipDecision.LocalGuest
    ) async throws {
        let machine = try await sourceStopped()
        // The other host never returns, and this one crashed: with its guest, or ferryd alone.
        if guest == .absent { try killGuest(machine) }
        try write([.owner], on: node1, machine: machine)
        hosts.exchange.isControlCut = true
        try node1.start()
        try await expectLeadsOn(machine, on: node1, to: node2)
        let records = try await node1.send(GetMigrationRecordsRequest(migration: migration))
        #expect(records.keepHere.isPossible)
        #expect(try await resolve(.keepHere, on: node1).status == .failed)
        if guest == .absent { _ = try await node1.run(StartMachineRequest(machine: machine.id)) }
        #expect(isRunning(machine, on: node1))
        #expect(try await node1.machine("counter")?.status == "Operating normally")
    }

    @Test func `a target that is ready and hears nothing says that Resolve-VMMigration lets the machine run`()
        async throws
    {
        let machine = try await sourceStopped()
        _ = try target(of: machine, .paused, [.prepared, .ready])
        hosts.exchange.isControlCut = true
        try node2.start()
        try await expectLeadsOn(machine, on: node2, to: node1)
        _ = try await resolve(.keepHere, on: node2)
        #expect(isRunning(machine, on: node2))
        #expect(try await node2.machine("counter")?.status == "Operating normally")
    }

    @Test func `a source whose target never comes back goes on by its administrator's word`() async throws {
        let machine = try await sourceStopped()
        try write([.owner], on: node1, machine: machine)
        hosts.exchange.isControlCut = true
        try node1.start()
        #expect(try settles(.inDoubt, on: node1))
        let refused = await #expect(throws: Failure.self) { _ = try await resolve(.giveAway, on: node1) }
        #expect(refused?.is(MigrationFault.choiceExcluded) == true)
        #expect(try await resolve(.keepHere, on: node1).status == .failed)
        #expect(isRunning(machine, on: node1))
        #expect(try hosts.guest.waitForBeats(machine))
        try hosts.check(on: node1, machine.id)
    }
}
