import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// What moves leave in the event logs of both hosts, under the numbers that administrators search for.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct MigrationEventTests {
    private func events(_ host: TestHost, _ ids: Int...) async throws -> [EventReport] {
        try await host.send(GetEventsRequest(ids: ids))
    }

    @Test func `a move that goes well leaves its figures at the source and its success on both hosts`() async throws {
        let hosts = try TwoHosts()
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let result = try await node1.run(hosts.request(machine.id, to: node2))
        let blackout = try #require(result.migration.blackout).total
        let completed = try #require(try await events(node1, 20415, 20417).first)
        #expect(completed.machineName == "NODE1" && completed.target == "counter")
        #expect(completed.properties.count == 3)
        #expect(completed.properties.first == .text("counter"))
        guard case .number(let seconds) = completed.properties[2] else {
            Issue.record("property 2 is not a number")
            return
        }
        #expect(abs(seconds - blackout.inSeconds) < 0.001)
        #expect(completed.message.contains("blackout time of \(seconds) seconds"))
        #expect(try await events(node1, 22508, 22509).count == 2)
        for node in [node1, node2] {
            let success = try await events(node, 20418)
            #expect(success.count == 1)
            #expect(success.first?.message.contains("migrated from 'NODE1' to 'NODE2'") == true)
        }
        let audit = try await events(node1, 1001)
        #expect(audit.first?.message == "moveMachine 'counter' by root (uid 0, process 1): completed")
        #expect(try await events(node2, 1001).first?.message == "prepareMigration 'counter' by host 'NODE1': completed")
        try hosts.check(on: node2, machine.id)
    }

    @Test func `a move that fails leaves Hyper-V's numbers, the limit has one of its own`() async throws {
        let hosts = try TwoHosts()
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        var request = hosts.request(machine.id, to: node2)
        request.destinationStoragePath = "/etc"
        _ = await #expect(throws: Failure.self) { _ = try await node1.run(request) }
        let failed = try #require(try await events(node1, 21024).first)
        #expect(failed.level == .error)
        #expect(
            failed.message.hasPrefix(
                "Virtual machine migration operation for 'counter' failed at migration source 'NODE1'. (Virtual machine ID \(machine.id.uppercased()))\n"
            ))
        #expect(
            try await events(node1, 21502).first?.message.hasPrefix(
                "Live migration of 'Virtual Machine counter' failed.") == true)
        #expect(
            try await events(node2, 21024).first?.message.contains("failed at migration destination 'NODE2'") == true)
        // Nobody answers there.
        node2.stop()
        _ = await #expect(throws: Failure.self) { _ = try await node1.run(hosts.request(machine.id, to: node2)) }
        try node2.start()
        #expect(try await events(node1, 21024).count == 2)
        // No room for another one, at the source and at the target.
        var settings = SetHostRequest()
        settings.maximumMigrations = 0
        for node in [node1, node2] {
            _ = try await node.send(settings)
            _ = await #expect(throws: Failure.self) { _ = try await node1.run(hosts.request(machine.id, to: node2)) }
            let limit = try #require(try await events(node, 21501).first)
            #expect(limit.message.contains("because virtual machine migration limit '0' was reached"))
            settings.maximumMigrations = 2
            _ = try await node.send(settings)
            settings.maximumMigrations = 0
        }
        try hosts.check(on: node1, machine.id)
    }
}
