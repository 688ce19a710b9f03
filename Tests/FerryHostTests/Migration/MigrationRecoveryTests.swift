import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// What a host does with moves that an earlier life of ferryd left, on real guests: the records are written as that life would
/// have, and then the host is started again.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct MigrationRecoveryTests {
    private let migration = MigrationID.make().description

    private static var quick: MigrationTuning {
        var tuning = MigrationTuning()
        tuning.timeouts.askAgain = .milliseconds(100)
        return tuning
    }

    /// The records of this migration on `host`, ending with the last of `roles`.
    @discardableResult
    private func write(
        _ roles: [OwnershipRole], on host: TestHost, _ side: MigrationContext.MigrationSide, machine: MachineReport,
        peer: TestHost, disks: [String] = [], isClosed: Bool = false, undo: [MigrationUndo] = []
    ) throws -> MigrationLog {
        try host.record(
            roles, of: migration, side, machine: machine, peer: peer, disks: disks, undo: undo, isClosed: isClosed)
    }

    /// Whether the move comes to `status` on `host`.
    private func settles(_ status: MigrationStatus, on host: TestHost) throws -> Bool {
        try eventually { () throws(Failure) in try host.status(of: migration) == status }
    }

    /// Pauses the guest and leaves in its QEMU what a move would have made.
    private func interrupt(_ host: TestHost, _ machine: MachineReport) throws {
        let qemu = try host.requireRuntime().machines.machine(machine.id).requireQEMU()
        let client = try qemu.qmp()
        let monitor = QMPBlockMonitor(client)
        try monitor.startBlockServer(socket: "\(qemu.record.runtimeFolder)/nbd")
        try monitor.addBitmap("ferry-old-disk0.0", node: "disk0", granularity: 65_536)
        try monitor.addExport("ferry-old-disk0.base", node: "disk0", bitmap: nil)
        try client.execute("stop")
    }

    @Test func `a source that had released nothing goes on`() async throws {
        let hosts = try TwoHosts()
        let node1 = hosts.node1
        let machine = try await hosts.newCounter()
        try interrupt(node1, machine)
        node1.stop()
        try write(
            [.owner], on: node1, .source, machine: machine, peer: hosts.node2, disks: machine.disks.map(\.path),
            undo: [.removeTracking(machine: machine.id)])
        try node1.start()
        // The target says that it does not have it.
        #expect(try settles(.failed, on: node1))
        #expect(
            try eventually { () throws(Failure) in
                let found = try node1.requireRuntime().machines.machine(machine.id).report
                return found.state == .running && found.activity == .ok
            })
        #expect(try hosts.guest.waitForBeats(machine))
        let client = try node1.requireRuntime().machines.machine(machine.id).requireQEMU().qmp()
        #expect(try QMPBlockMonitor(client).bitmaps(of: "disk0").isEmpty)
        #expect(try QMPBlockMonitor(client).exports().isEmpty)
        // And it can be moved after all.
        try await hosts.enableMigration()
        let result = try await node1.run(hosts.request(machine.id, to: hosts.node2))
        #expect(result.migration.status == .completed)
        try hosts.check(on: hosts.node2, machine.id)
    }

    @Test func `a host whose migration port is taken owns its machines, says so, and listens once the port is free`()
        async throws
    {
        let hosts = try TwoHosts()
        let node1 = hosts.node1
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        node1.stop()
        let holder = try ListeningSocket.listen(
            host: node1.configuration.listenAddress, port: node1.configuration.dataPort)
        try node1.start()
        let adopted = try #require(try await node1.machine("counter"))
        #expect(adopted.state == .running && adopted.activity == .ok)
        #expect(try hosts.guest.waitForBeats(machine))
        func listener() throws -> CapabilityReport {
            try #require(
                try node1.requireRuntime().report().capabilities.first { $0.name == "Live migration port" })
        }
        let closed = try listener()
        #expect(!closed.isAvailable && closed.detail.contains("could not be opened"))
        let events = try await node1.send(GetEventsRequest(ids: [1000]))
        #expect(events.contains { $0.message.contains("port \(node1.configuration.dataPort)") })
        holder.stopAccepting()
        _ = consume holder
        #expect(try eventually(within: .seconds(60)) { try listener().isAvailable })
        let moved = try await node1.run(hosts.request(machine.id, to: hosts.node2))
        #expect(moved.migration.status == .completed)
        _ = try await hosts.node2.run(hosts.request(machine.id, to: node1))
        try hosts.check(on: node1, machine.id)
    }

    @Test func `a migration port that was taken is not said to be open when migration is disabled meanwhile`()
        async throws
    {
        let hosts = try TwoHosts()
        let node1 = hosts.node1
        try await hosts.enableMigration()
        node1.stop()
        let holder = try ListeningSocket.listen(
            host: node1.configuration.listenAddress, port: node1.configuration.dataPort)
        try node1.start()
        var request = SetHostRequest()
        request.migrationEnabled = false
        _ = try await node1.send(request)
        holder.stopAccepting()
        let port = try #require(
            try node1.requireRuntime().report().capabilities.first { $0.name == "Live migration port" })
        #expect(!port.isAvailable && port.detail.contains("Enable-VMMigration"))
        let events = try await node1.send(GetEventsRequest())
        #expect(events.contains { $0.message.contains("could not be opened") })
        #expect(!events.contains { $0.message.contains("is listened on now") })
    }

    @Test func `a source that had released the machine stays paused until the target says that it refused`()
        async throws
    {
        let hosts = try TwoHosts(tuning: Self.quick)
        let (node1, node2) = (hosts.node1, hosts.node2)
        let machine = try await hosts.newCounter()
        try interrupt(node1, machine)
        node1.stop()
        hosts.exchange.isControlCut = true
        try write(
            [.owner, .released], on: node1, .source, machine: machine, peer: node2, disks: machine.disks.map(\.path),
            undo: [.removeTracking(machine: machine.id)])
        try node1.start()
        // Unreachable, and then without a record of it: in neither case may it run here.
        for isCut in [true, false] {
            hosts.exchange.isControlCut = isCut
            let beats = try CounterGuest.heartbeats(console: machine.consolePath)
            #expect(try await node1.machine("counter")?.state == .paused)
            #expect(try settles(.inDoubt, on: node1))
            let failure = await #expect(throws: Failure.self) {
                _ = try await node1.run(StartMachineRequest(machine: machine.id))
            }
            #expect(failure?.is(HostFault.invalidState) == true)
            let stayed = eventually(within: .seconds(2)) { false }
            #expect(!stayed)
            #expect(try CounterGuest.heartbeats(console: machine.consolePath) == beats)
        }
        try write([.prepared, .refused], on: node2, .target, machine: machine, peer: node1, isClosed: true)
        let isUp = try eventually { () throws(Failure) in
            try node1.requireRuntime().machines.machine(machine.id).report.state == .running
        }
        #expect(isUp)
        #expect(try hosts.guest.waitForBeats(machine))
        #expect(
            try eventually { () throws(Failure) in
                try node1.requireRuntime().machines.machine(machine.id).report.activity == .ok
            })
        #expect(try settles(.failed, on: node1))
        try hosts.check(on: node1, machine.id)
    }

    @Test func `a source that had released the machine lets it go when the target owns it`() async throws {
        let hosts = try TwoHosts(tuning: Self.quick)
        let (node1, node2) = (hosts.node1, hosts.node2)
        let machine = try await hosts.newCounter()
        try interrupt(node1, machine)
        node1.stop()
        try write([.prepared, .ready, .owner], on: node2, .target, machine: machine, peer: node1, isClosed: true)
        try write(
            [.owner, .released], on: node1, .source, machine: machine, peer: node2, disks: machine.disks.map(\.path),
            undo: [.removeTracking(machine: machine.id)])
        try node1.start()
        #expect(
            try eventually { () throws(Failure) in
                try node1.requireRuntime().machines.machineIfPresent(machine.id) == nil
            })
        #expect(try eventually { () throws(Failure) in try hosts.leftovers(of: node1, machine.id).isEmpty })
        #expect(try settles(.completed, on: node1))
    }

    /// A planned machine on NODE2 whose QEMU exists.
    private func plan(_ hosts: TwoHosts, _ launch: QEMUCommandLine.Launch) throws -> (MachineReport, String) {
        let node2 = hosts.node2
        let image = try hosts.guest.makeImage(in: node2.storageRoot)
        var document = MachineDocument(
            id: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", name: "counter", memory: .mebibytes(64), creationTime: 0)
        document.disks = [.init(name: "disk0", path: image, format: .raw)]
        let machine = try node2.requireRuntime().machines.add(document, in: node2.storageRoot, plannedBy: migration)
        try machine.launch(launch)
        return (machine.report, image)
    }

    @Test func `a target that had only prepared destroys what it had`() async throws {
        let hosts = try TwoHosts(tuning: Self.quick)
        let node2 = hosts.node2
        let (machine, image) = try plan(hosts, .incoming)
        let process = try node2.requireRuntime().machines.machine(machine.id).requireQEMU().process
        node2.stop()
        try write(
            [.prepared], on: node2, .target, machine: machine, peer: hosts.node1,
            undo: [.removeFile(path: image), .removePlannedMachine(machine: machine.id)])
        try node2.start()
        #expect(!process.isAlive)
        #expect(try node2.requireRuntime().machines.all.isEmpty)
        #expect(try hosts.leftovers(of: node2, machine.id).isEmpty)
        let standing = try await node2.send(
            MigrationStatusRequest(migration: migration), as: .remote(fingerprint: hosts.node1.fingerprint, address: "")
        )
        #expect(standing.record == "REFUSED" && !standing.isRunning)
    }

    @Test(arguments: [OwnershipRole.released, .refused])
    func `a target that was ready runs the machine exactly when the source has released it`(source: OwnershipRole)
        async throws
    {
        let hosts = try TwoHosts(tuning: Self.quick)
        let (node1, node2) = (hosts.node1, hosts.node2)
        let (machine, image) = try plan(hosts, .paused)
        node2.stop()
        try write(
            [.prepared, .ready], on: node2, .target, machine: machine, peer: node1,
            undo: [.removeFile(path: image), .removePlannedMachine(machine: machine.id)])
        try node2.start()
        // The source's record does not exist yet: nobody runs.
        #expect(try settles(.inDoubt, on: node2))
        let stayed = eventually(within: .seconds(1)) { false }
        #expect(!stayed)
        #expect(try node2.requireRuntime().machines.machine(machine.id).requireQEMU().guestStatus.state == .prelaunch)
        try write([.owner, source], on: node1, .source, machine: machine, peer: node2, isClosed: true)
        if source == .released {
            try CounterGuest.waitUntilCounting(console: machine.consolePath)
            #expect(
                try eventually { () throws(Failure) in
                    try node2.requireRuntime().machines.machine(machine.id).report.activity == .ok
                })
            #expect(try await node2.machine("counter")?.state == .running)
            #expect(try settles(.completed, on: node2))
            #expect(try hosts.guest.waitForBeats(machine))
            try hosts.check(on: node2, machine.id)
        } else {
            #expect(try eventually { () throws(Failure) in try node2.requireRuntime().machines.all.isEmpty })
            #expect(try eventually { () throws(Failure) in try hosts.leftovers(of: node2, machine.id).isEmpty })
            #expect(try settles(.failed, on: node2))
        }
    }

    @Test(arguments: [true, false]) func `a host that stops while a machine is copied leaves it running`(
        stopsSource: Bool
    ) async throws {
        var tuning = Self.quick
        tuning.policy = MigrationTuning.endless.policy
        let hosts = try TwoHosts(tuning: tuning)
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let report = try await node1.send(hosts.request(machine.id, to: node2))
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
        #expect(try hosts.guest.waitForBeats(machine))
        #expect(try eventually { () throws(Failure) in try hosts.leftovers(of: node2, machine.id).isEmpty })
        #expect(try node2.requireRuntime().machines.all.isEmpty)
        try hosts.check(on: node1, machine.id)
    }
}
