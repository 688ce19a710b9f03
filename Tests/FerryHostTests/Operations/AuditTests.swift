import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

/// One line for each change: who, what, and how it ended.
@Suite(.needs(.root)) struct AuditTests {
    private func lines(_ host: HostFixture) async throws -> [String] {
        try await host.send(GetEventsRequest(ids: [1001])).map(\.message).reversed()
    }

    @Test func `each change leaves one line with its author and its outcome, reading leaves none`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        var request = NewMachineRequest(name: "idle", memoryStartup: .mebibytes(64))
        request.network = .none
        let machine = try await host.send(request)
        _ = try await host.send(GetMachinesRequest(names: ["*"]))
        var settings = SetHostRequest()
        settings.maximumMigrations = 3
        _ = try await host.send(settings)
        _ = await #expect(throws: Failure.self) {
            _ = try await host.send(RemoveMachineRequest(machine: "00000000-0000-4000-8000-000000000000"))
        }
        _ = try await host.send(RemoveMachineRequest(machine: machine.id))
        let found = try await lines(host)
        #expect(found.count == 4)
        #expect(found[0] == "newMachine 'idle' by root (uid 0, process 1): completed")
        #expect(found[1] == "setHost by root (uid 0, process 1): completed")
        #expect(
            found[2].hasPrefix(
                "removeMachine '00000000-0000-4000-8000-000000000000' by root (uid 0, process 1): failed: Hyper-V was unable"
            )
        )
        // The machine's name although the request had its id.
        #expect(found[3] == "removeMachine 'idle' by root (uid 0, process 1): completed")
    }

    @Test func `a long operation's line is written when it has ended`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        var request = NewMachineRequest(name: "idle", memoryStartup: .mebibytes(64))
        request.network = .none
        let machine = try await host.send(request)
        // Nothing to stop: it ends well, with a warning.
        let ended = try await host.finish(
            try await host.send(StopMachineRequest(machine: machine.id, turnOff: true, force: false)))
        #expect(ended.state == .completed)
        #expect(try await lines(host).last == "stopMachine 'idle' by root (uid 0, process 1): completed")
    }

    @Test func `a trusted host's change names the host`() async throws {
        let peer = TrustReport(
            name: "NODE2", address: "127.0.0.1", controlPort: 1, dataPort: 2,
            fingerprint: String(repeating: "2", count: 64), trustedSince: 0)
        let host = try HostFixture(services: StubServices(trusted: peer))
        defer { host.tearDown() }
        _ = await #expect(throws: Failure.self) {
            _ = try await host.send(
                AbandonMigrationRequest(migration: "m\nx"), as: .remote(fingerprint: peer.fingerprint, address: "a"))
        }
        #expect(
            try await lines(host) == [
                "abandonMigration 'm x' by host 'NODE2': failed: This test has no other host."
            ])
    }
}
