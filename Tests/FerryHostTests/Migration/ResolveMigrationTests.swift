import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// Moves in doubt, settled by an administrator: the records are written as an earlier life of ferryd would have left them.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct ResolveMigrationTests {
    private let migration = MigrationID.make().description

    private static var quick: MigrationTuning {
        var tuning = MigrationTuning()
        tuning.timeouts.askAgain = .milliseconds(100)
        return tuning
    }

    private func write(
        _ roles: [OwnershipRole], on host: TestHost, _ side: MigrationContext.MigrationSide, machine: MachineReport,
        peer: TestHost, disks: [String] = [], undo: [MigrationUndo] = []
    ) throws {
        try host.record(roles, of: migration, side, machine: machine, peer: peer, disks: disks, undo: undo)
    }

    private func records(_ host: TestHost) async throws -> MigrationRecordsReport {
        try await host.send(GetMigrationRecordsRequest(migration: migration))
    }

    private func resolve(_ choice: MigrationChoice, on host: TestHost) async throws -> MigrationReport {
        try await host.run(ResolveMigrationRequest(migration: migration, choice: choice))
    }

    private func awaitDoubt(_ host: TestHost) throws {
        #expect(try eventually { () throws(Failure) in try host.status(of: migration) == .inDoubt })
    }

    /// NODE1 restarted with its guest paused and RELEASED as its newest record.
    private func releasedSource(_ hosts: TwoHosts, cut: Bool) async throws -> MachineReport {
        let node1 = hosts.node1
        let machine = try await hosts.newCounter()
        try node1.requireRuntime().machines.machine(machine.id).requireQEMU().qmp().execute("stop")
        node1.stop()
        hosts.exchange.isControlCut = cut
        try write(
            [.owner, .released], on: node1, .source, machine: machine, peer: hosts.node2,
            disks: machine.disks.map(\.path))
        try node1.start()
        try awaitDoubt(node1)
        return machine
    }

    /// NODE2 restarted with a planned machine, paused, and READY as its newest record.
    private func readyTarget(_ hosts: TwoHosts) throws -> MachineReport {
        let node2 = hosts.node2
        let image = try hosts.guest.makeImage(in: node2.storageRoot)
        var document = MachineDocument(
            id: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", name: "counter", memory: .mebibytes(64), creationTime: 0)
        document.disks = [.init(name: "disk0", path: image, format: .raw)]
        let machine = try node2.requireRuntime().machines.add(document, in: node2.storageRoot, plannedBy: migration)
        try machine.launch(.paused)
        node2.stop()
        hosts.exchange.isControlCut = true
        try write(
            [.prepared, .ready], on: node2, .target, machine: machine.report, peer: hosts.node1,
            undo: [.removeFile(path: image), .removePlannedMachine(machine: machine.id)])
        try node2.start()
        try awaitDoubt(node2)
        return machine.report
    }

    @Test func `a source whose target does not answer keeps the machine on its administrator's word`() async throws {
        let hosts = try TwoHosts(tuning: Self.quick)
        let node1 = hosts.node1
        let machine = try await releasedSource(hosts, cut: true)
        let shown = try await records(node1)
        #expect(shown.own.record == "RELEASED" && shown.other == nil && shown.otherFailure != nil)
        #expect(shown.keepHere.isPossible && shown.keepHere.meaning.contains("runs twice"))
        #expect(shown.giveAway.isPossible)
        // Too late to stop: this is the command that is named.
        let stop = await #expect(throws: Failure.self) {
            _ = try await node1.run(StopMigrationRequest(migration: migration))
        }
        #expect(stop?.advice.contains("Resolve-VMMigration") == true)
        let settled = try await resolve(.keepHere, on: node1)
        #expect(settled.status == .failed)
        #expect(try await node1.machine("counter")?.state == .running)
        #expect(try hosts.guest.waitForBeats(machine))
        #expect(try await records(node1).own.record == "REFUSED")
        #expect(try await node1.send(GetEventsRequest(ids: [1004])).count == 1)
        // The target asks later and hears it.
        hosts.exchange.isControlCut = false
        #expect(try node1.standing(of: migration, to: hosts.node2)?.record == "REFUSED")
        let again = await #expect(throws: Failure.self) { _ = try await resolve(.giveAway, on: node1) }
        #expect(again?.is(MigrationFault.choiceExcluded) == true)
        try hosts.check(on: node1, machine.id)
    }

    @Test func `a source gives the machine away and keeps its disks`() async throws {
        let hosts = try TwoHosts(tuning: Self.quick)
        let node1 = hosts.node1
        let machine = try await releasedSource(hosts, cut: true)
        let settled = try await resolve(.giveAway, on: node1)
        #expect(settled.status == .completed)
        #expect(try await node1.machine("counter") == nil)
        #expect(try FileIdentity.ifPresent(machine.disks[0].path) != nil)
        #expect(try await records(node1).own.record == "GONE")
    }

    @Test func `a choice that the other host's answer excludes is refused, and nothing changes`() async throws {
        let hosts = try TwoHosts(tuning: Self.quick)
        let node1 = hosts.node1
        // The target answers and has no record of it.
        let machine = try await releasedSource(hosts, cut: false)
        let shown = try await records(node1)
        #expect(shown.other != nil && shown.other?.record == nil)
        #expect(!shown.giveAway.isPossible && shown.keepHere.isPossible)
        let failure = await #expect(throws: Failure.self) { _ = try await resolve(.giveAway, on: node1) }
        #expect(failure?.is(MigrationFault.choiceExcluded) == true)
        #expect(failure?.message.contains("has no record of the migration") == true)
        #expect(try await node1.machine("counter")?.state == .paused)
        #expect(try await records(node1).own.record == "RELEASED")
        #expect(try node1.status(of: migration) == .inDoubt)
        _ = machine
    }

    @Test(arguments: [MigrationChoice.keepHere, .giveAway])
    func `a target whose source does not answer runs the machine or lets it go`(choice: MigrationChoice) async throws {
        let hosts = try TwoHosts(tuning: Self.quick)
        let node2 = hosts.node2
        let machine = try readyTarget(hosts)
        let settled = try await resolve(choice, on: node2)
        switch choice {
        case .keepHere:
            #expect(settled.status == .completed)
            try CounterGuest.waitUntilCounting(console: machine.consolePath)
            #expect(try await node2.machine("counter")?.state == .running)
            #expect(try await records(node2).own.record == "OWNER")
            try hosts.check(on: node2, machine.id)
        case .giveAway:
            #expect(try eventually { () throws(Failure) in try node2.requireRuntime().machines.all.isEmpty })
            #expect(try eventually { () throws(Failure) in try hosts.leftovers(of: node2, machine.id).isEmpty })
            #expect(try await records(node2).own.record == "REFUSED")
        }
    }

    @Test func `a move that is not in doubt cannot be resolved`() async throws {
        let hosts = try TwoHosts()
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let done = try await node1.run(hosts.request(machine.id, to: node2)).migration.id
        for node in [node1, node2] {
            let shown = try await node.send(GetMigrationRecordsRequest(migration: done))
            #expect(!shown.keepHere.isPossible && !shown.giveAway.isPossible)
            #expect(shown.other != nil)
            let failure = await #expect(throws: Failure.self) {
                _ = try await node.run(ResolveMigrationRequest(migration: done, choice: .keepHere))
            }
            #expect(failure?.is(MigrationFault.choiceExcluded) == true)
        }
        try hosts.check(on: node2, machine.id)
    }
}
