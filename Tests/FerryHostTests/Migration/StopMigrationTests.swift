import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

/// Moves that an administrator stops, who need not be the one who started them.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct StopMigrationTests {
    /// A move under way, its operation at NODE1 and its id.
    private func begin(_ hosts: TwoHosts, _ machine: MachineReport) async throws -> (OperationReport, String) {
        let node1 = hosts.node1
        let operation = try await node1.send(hosts.request(machine.id, to: hosts.node2))
        #expect(
            try eventually {
                try node1.requireRuntime().operations.operation(operation.id).report.progress.round ?? 0 > 0
            })
        return (operation, try #require(try node1.reports()?.first).id)
    }

    /// The machine is at NODE1 as if nothing had been, and NODE2 has nothing of it.
    private func expectUntouched(_ hosts: TwoHosts, _ machine: MachineReport) async throws {
        let node1 = hosts.node1
        #expect(
            try eventually { () throws(Failure) in
                let found = try node1.requireRuntime().machines.machine(machine.id).report
                return found.state == .running && found.activity == .ok
            })
        #expect(try hosts.guest.waitForBeats(machine))
        #expect(try eventually { () throws(Failure) in try hosts.leftovers(of: hosts.node2, machine.id).isEmpty })
        #expect(try await hosts.node2.machine("counter") == nil)
    }

    @Test func `a move that somebody else started is stopped, and the machine moves afterwards`() async throws {
        let hosts = try TwoHosts(tuning: .endless)
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let (operation, migration) = try await begin(hosts, machine)
        let stopped = try await node1.run(StopMigrationRequest(migration: migration))
        #expect(stopped.status == .cancelled && stopped.id == migration)
        try await expectUntouched(hosts, machine)
        #expect(
            try eventually { () throws(Failure) in
                try node1.requireRuntime().operations.operation(operation.id).report.state == .cancelled
            })
        // Once more: it has ended, and says so.
        let again = await #expect(throws: Failure.self) {
            _ = try await node1.run(StopMigrationRequest(migration: migration))
        }
        #expect(again?.is(TransferFault.tooLateToCancel) == true)
        #expect(again?.message.contains("it has ended (Cancelled)") == true)
        try node1.restart(MigrationTuning())
        let moved = try await node1.run(hosts.request(machine.id, to: node2))
        #expect(moved.migration.status == .completed)
        try hosts.check(on: node2, machine.id)
    }

    @Test func `the target's host can give up a machine that is still being copied to it`() async throws {
        let hosts = try TwoHosts(tuning: .endless)
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let (operation, migration) = try await begin(hosts, machine)
        let stopped = try await node2.run(StopMigrationRequest(migration: migration))
        #expect(stopped.status == .cancelled && stopped.role == .target)
        try await expectUntouched(hosts, machine)
        let ended = try node1.requireRuntime().operations.operation(operation.id)
        #expect(eventually { ended.report.state != .running })
        #expect(ended.report.failure?.failure.explanation.contains("was stopped on 'NODE2'") == true)
        #expect(try await node1.send(GetMigrationsRequest()).first?.status == .cancelled)
        try hosts.check(on: node1, machine.id)
    }

    @Test func `once the source has released the machine it is too late to stop`() async throws {
        let gate = ReleaseGate()
        var tuning = MigrationTuning()
        tuning.probe = gate
        let hosts = try TwoHosts(tuning: tuning)
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let operation = try await node1.send(hosts.request(machine.id, to: node2))
        #expect(gate.waitUntilReleased())
        let migration = try #require(try node1.reports()?.first).id
        let stop = try await node1.send(StopMigrationRequest(migration: migration))
        let stopping = try node1.requireRuntime().operations.operation(stop.id)
        let moving = try node1.requireRuntime().operations.operation(operation.id)
        #expect(eventually { moving.cancellation.isCancelled })
        // The target's administrator is sent to the source.
        let atTarget = await #expect(throws: Failure.self) {
            _ = try await node2.run(StopMigrationRequest(migration: migration))
        }
        #expect(atTarget?.is(TransferFault.tooLateToCancel) == true)
        #expect(atTarget?.advice.contains("-ComputerName NODE1") == true)
        gate.open()
        #expect(eventually { stopping.report.state != .running && moving.report.state != .running })
        #expect(stopping.report.failure?.failure.is(TransferFault.tooLateToCancel) == true)
        #expect(moving.report.state == .completed)
        #expect(try await node2.machine("counter")?.state == .running)
        try hosts.check(on: node2, machine.id)
    }

    @Test func `a move that no host knows cannot be stopped`() async throws {
        let hosts = try TwoHosts()
        let failure = await #expect(throws: Failure.self) {
            _ = try await hosts.node1.run(
                StopMigrationRequest(migration: "00000000-0000-4000-8000-000000000000"))
        }
        #expect(failure?.is(MigrationFault.migrationUnknown) == true)
    }
}

/// Holds the source's session between its RELEASED and the grant.
private final class ReleaseGate: PhaseProbe {
    private let released = Event()
    private let opened = Event()

    func reached(_ point: PhasePoint) {
        guard point.isPoint(.after, .released, side: .source) else { return }
        released.set()
        opened.wait(until: .scaled(.seconds(60)))
    }

    func waitUntilReleased() -> Bool { released.wait(until: .scaled(.seconds(60))) }
    func open() { opened.set() }
}
