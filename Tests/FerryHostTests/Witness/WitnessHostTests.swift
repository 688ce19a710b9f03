import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// A witness as its peers and its administrators see it, and a move in doubt that has one and is settled by hand.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct WitnessHostTests {
    private let migration = MigrationID.make().description

    /// The session asks the witness only when it is told to.
    private static var patient: MigrationTuning {
        var tuning = MigrationTuning()
        tuning.timeouts.askAgain = .milliseconds(100)
        tuning.timeouts.witnessPatience = .seconds(600)
        return tuning
    }

    private func request(
        _ act: WitnessMigrationRequest.Act, _ machine: String, as role: MigrationRole, other: TestHost,
        for side: MigrationRole
    ) -> WitnessMigrationRequest {
        WitnessMigrationRequest(
            act, migration: migration, machine: machine, epoch: 1, role: role, otherHost: other.fingerprint, side: side)
    }

    private func asks(
        _ witness: TestHost, _ host: TestHost, _ request: WitnessMigrationRequest
    ) async throws -> MigrationRole? {
        try await witness.send(request, as: .remote(fingerprint: host.fingerprint, address: "")).decision
    }

    @Test func `a witness answers the two hosts of a move and nobody else, and writes each decision down once`()
        async throws
    {
        let hosts = try TwoHosts(count: 3)
        let (node1, node2, node3) = (hosts.node1, hosts.node2, hosts.nodes[2])
        let machine = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
        let byTarget = request(.claim, machine, as: .target, other: node1, for: .target)
        let bySource = request(.claim, machine, as: .source, other: node2, for: .source)
        #expect(try await asks(node3, node1, request(.probe, machine, as: .source, other: node2, for: .source)) == nil)
        #expect(try await asks(node3, node2, byTarget) == .target)
        #expect(try await asks(node3, node1, bySource) == .target)
        #expect(try await asks(node3, node2, byTarget) == .target)
        // NODE2 as the source of the same move: then its hosts are others than the first claim named.
        await #expect(throws: Failure.self) {
            _ = try await asks(node3, node2, request(.claim, machine, as: .source, other: node1, for: .source))
        }
        // A move of NODE3's own with somebody unknown is none of this one.
        await #expect(throws: Failure.self) {
            _ = try await asks(node3, node1, request(.claim, "../../x", as: .source, other: node2, for: .source))
        }
        for caller in [Caller.local(userID: 0, groupID: 0, processID: 1), .remote(fingerprint: nil, address: "")] {
            let failure = await #expect(throws: Failure.self) { _ = try await node3.send(byTarget, as: caller) }
            #expect(failure?.is(PermissionFault.accessDenied) == true)
        }
        // The witness tells its event after its answer.
        let deadline = Deadline.scaled(.seconds(60))
        var count = 0
        while count == 0, !deadline.hasPassed {
            count = try await node3.send(GetEventsRequest(ids: [1005])).count
            if count == 0 { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(count == 1)
    }

    @Test func `the witness is set by a name of the trust list, shown, and taken away`() async throws {
        let hosts = try TwoHosts(count: 3)
        var request = SetHostRequest()
        request.migrationWitness = "node3"
        #expect(try await hosts.node1.send(request).migrationWitness == "NODE3")
        #expect(try await hosts.node1.send(GetHostRequest()).migrationWitness == "NODE3")
        request.migrationWitness = "NODE9"
        let unknown = await #expect(throws: Failure.self) { _ = try await hosts.node1.send(request) }
        #expect(unknown?.message.contains("it is not in the trust list of 'NODE1'") == true)
        request.migrationWitness = "NODE1"
        await #expect(throws: Failure.self) { _ = try await hosts.node1.send(request) }
        #expect(try await hosts.node1.send(GetHostRequest()).migrationWitness == "NODE3")
        request.migrationWitness = ""
        #expect(try await hosts.node1.send(request).migrationWitness == nil)
    }

    /// NODE1 restarted with its guest paused, RELEASED as its newest record, NODE3 as the witness, and NODE2 gone.
    private func releasedSource(_ hosts: TwoHosts) async throws -> MachineReport {
        let node1 = hosts.node1
        let machine = try await hosts.newCounter()
        try node1.requireRuntime().machines.machine(machine.id).requireQEMU().qmp().execute("stop")
        node1.stop()
        hosts.node2.stop()
        let folder = "\(node1.configuration.stateFolder)/migrations"
        try MigrationHistory(folder: folder).add(
            MigrationReport(
                id: migration, machineName: machine.name, machineID: machine.id, role: .source, sourceHost: "NODE1",
                targetHost: "NODE2", status: .running, phase: "", started: 0))
        let log = try MigrationRecords(folder: folder).begin(
            MigrationContext(
                migration: migration, side: .source, machine: machine.id, machineName: machine.name, epoch: 1,
                peerName: "NODE2", peerFingerprint: hosts.node2.fingerprint, disks: machine.disks.map(\.path),
                witness: MigrationWitness(name: "NODE3", fingerprint: hosts.nodes[2].fingerprint)))
        for role in [OwnershipRole.owner, .released] { try log.append(role) }
        try node1.start()
        #expect(try eventually { () throws(Failure) in try node1.status(of: migration) == .inDoubt })
        return machine
    }

    private func resolve(_ choice: MigrationChoice, on host: TestHost) async throws -> MigrationReport {
        try await host.run(ResolveMigrationRequest(migration: migration, choice: choice))
    }

    private func records(_ host: TestHost) async throws -> MigrationRecordsReport {
        try await host.send(GetMigrationRecordsRequest(migration: migration))
    }

    @Test func `keeping the machine is recorded at the witness first`() async throws {
        let hosts = try TwoHosts(count: 3, tuning: Self.patient)
        let node3 = hosts.nodes[2]
        let machine = try await releasedSource(hosts)
        let shown = try await records(hosts.node1)
        #expect(shown.witness == WitnessReport(name: "NODE3", decision: nil, failure: nil))
        #expect(shown.keepHere.isPossible && !shown.keepHere.meaning.contains("runs twice"))
        #expect(try await resolve(.keepHere, on: hosts.node1).status == .failed)
        #expect(try await hosts.node1.machine("counter")?.state == .running)
        #expect(
            try await asks(
                node3, hosts.node2, request(.claim, machine.id, as: .target, other: hosts.node1, for: .target))
                == .source)
        #expect(try hosts.guest.waitForBeats(machine))
    }

    @Test
    func `what the witness has decided for the other host is said, and what it decided for this one is not given away`()
        async throws
    {
        let hosts = try TwoHosts(count: 3, tuning: Self.patient)
        let node3 = hosts.nodes[2]
        let machine = try await releasedSource(hosts)
        #expect(
            try await asks(
                node3, hosts.node2, request(.claim, machine.id, as: .target, other: hosts.node1, for: .target))
                == .target)
        let shown = try await records(hosts.node1)
        #expect(shown.witness?.decision == .target)
        #expect(
            shown.keepHere.meaning.contains("The witness 'NODE3' has decided that the virtual machine is 'NODE2''s."))
        #expect(shown.keepHere.meaning.contains("runs twice"))
        // Nobody answers: an administrator must vouch for more, and is told so.
        node3.stop()
        let silent = try await records(hosts.node1)
        #expect(silent.witness?.failure != nil && silent.keepHere.meaning.contains("'NODE3' does not answer"))
        #expect(try await resolve(.giveAway, on: hosts.node1).status == .completed)
        #expect(try await hosts.node1.machine("counter") == nil)
    }

    @Test func `a source that comes back asks its witness and runs the guest on`() async throws {
        var tuning = Self.patient
        tuning.timeouts.witnessPatience = .milliseconds(500)
        let hosts = try TwoHosts(count: 3, tuning: tuning)
        let machine = try await releasedSource(hosts)
        #expect(try eventually { () throws(Failure) in try hosts.node1.status(of: migration) == .failed })
        #expect(try hosts.guest.waitForBeats(machine))
        #expect(try hosts.node1.standing(of: migration, to: hosts.node2)?.record == "REFUSED")
        let events = try await hosts.node1.send(GetEventsRequest(ids: [1005]))
        #expect(
            events.first?.message.contains("The witness 'NODE3' has decided that virtual machine 'counter'") == true)
    }
}
