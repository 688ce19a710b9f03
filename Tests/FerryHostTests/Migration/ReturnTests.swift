import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// A machine that comes back to a host where an administrator put a file into its folder.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct ReturnTests {
    @Test(arguments: [true, false])
    func `a machine moves back to where a file of others kept its folder, and leaves the file alone`(
        elsewhere: Bool
    ) async throws {
        let hosts = try TwoHosts(tuning: .verifying)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let (node1, node2) = (hosts.node1, hosts.node2)
        let note = "\(node1.configuration.machinesFolder)/\(machine.id)/notes.txt"
        try DurableFile.replace(note, with: Array("precious".utf8))
        _ = try await node1.run(hosts.request(machine.id, to: node2))
        node1.stop()
        try node1.start()
        #expect(try await node1.send(GetMachinesRequest()).machines.isEmpty)
        #expect(try await node1.send(GetLeftoversRequest()).isEmpty)
        var back = hosts.request(machine.id, to: node1)
        if !elsewhere { back.destinationStoragePath = nil }
        let result = try await node2.run(back)
        #expect(result.machine.state == .running)
        #expect((result.machine.path == "\(node1.configuration.machinesFolder)/\(machine.id)") == !elsewhere)
        node1.stop()
        try node1.start()
        #expect(try await node1.machine("counter")?.state == .running)
        #expect(try DurableFile.read(note) == Array("precious".utf8))
        try hosts.check(on: node1, machine.id)
    }
}
