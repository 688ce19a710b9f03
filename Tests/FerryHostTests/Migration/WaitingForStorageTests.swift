import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// A machine whose storage stops answering in the middle of its move, as a file server that is gone does.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils"), .device("/dev/fuse")), .serialized)
struct WaitingForStorageTests {
    @Test func `a move whose QEMU waits for storage says so, can be stopped, and works once the storage is back`()
        async throws
    {
        let hosts = try TwoHosts(tuning: .endless)
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let image = try hosts.guest.makeImage(in: hosts.directory.path)
        let disk = try SlowDisk(
            image: image, at: "\(node1.storageRoot)/slow.raw", requestsPerSecond: 2000,
            log: hosts.directory.file("slow.log"))
        defer {
            // The guest lets go of the file first.
            for machine in node1.runtime?.machines.all ?? [] { try? machine.destroyQEMU() }
            disk.close()
        }
        var request = NewMachineRequest(name: "counter", memoryStartup: .mebibytes(64))
        request.network = .none
        request.disk = .existing(path: disk.path)
        request.diskCache = .none
        let made = try await node1.send(request)
        let machine = try await node1.run(StartMachineRequest(machine: made.id))
        try CounterGuest.waitUntilCounting(console: machine.consolePath)

        var move = hosts.request(machine.id, to: node2)
        move.retainDisksOnSource = true
        let begun = try await node1.send(move)
        let moving = try node1.requireRuntime().operations.operation(begun.id)
        #expect(eventually { moving.report.progress.round ?? 0 > 1 })
        let migration = try #require(try node1.reports()?.first).id
        try disk.hang()
        let words = "QEMU is waiting for storage"
        #expect(eventually(within: .seconds(60)) { moving.report.progress.stage == words })
        #expect(
            try eventually { () throws(Failure) in
                try node1.reports()?.first?.phase == words
            })
        // Long before the barrier's own limit of a minute.
        let start = ContinuousClock.now
        let stopped = try await node1.run(StopMigrationRequest(migration: migration))
        print("stopped after \(ContinuousClock.now - start)")
        #expect(stopped.status == .cancelled)
        #expect(eventually { moving.report.state == .cancelled })

        try disk.answer()
        let client = try node1.requireRuntime().machines.machine(machine.id).requireQEMU().qmp()
        let monitor = QMPBlockMonitor(client)
        #expect(
            try eventually(within: .seconds(60)) { () throws(Failure) in
                guard try monitor.exports().isEmpty else { return false }
                return try monitor.bitmaps(of: "disk0").isEmpty
            })
        #expect(try hosts.guest.waitForBeats(machine))
        #expect(try eventually { () throws(Failure) in try hosts.leftovers(of: node2, machine.id).isEmpty })
        #expect(try Folder.names(in: "\(node1.configuration.stateFolder)/migrations/open").isEmpty)
        try node1.restart(MigrationTuning())
        let result = try await node1.run(move)
        #expect(result.migration.status == .completed)
        try hosts.check(on: node2, machine.id)
    }
}
