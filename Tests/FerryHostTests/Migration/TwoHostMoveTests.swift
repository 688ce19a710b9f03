import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// Moves between two hosts in one process, with the counting guest: what an administrator starts, sees and is left
/// with.
@Suite(
    .needs(
        .qemu, .root, .kernelTracker, .program("cc", package: "gcc"),
        .program("qemu-storage-daemon", package: "qemu-utils")), .serialized)
struct TwoHostMoveTests {
    @Test func `a machine moves, and moves back, and is whole`() async throws {
        let hosts = try TwoHosts(tuning: .verifying)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        var (here, there) = (hosts.node1, hosts.node2)
        for hop in 1...2 {
            let result = try await here.run(hosts.request(machine.id, to: there))
            #expect(result.migration.status == .completed)
            #expect(result.migration.isEncrypted)
            let (preparation, total) = (result.migration.preparationTime, result.migration.totalTime)
            #expect(try #require(preparation) > .zero && #require(preparation) < #require(total))
            let blackout = try #require(result.migration.blackout)
            print("hop \(hop): \(result.migration.rounds) rounds, blackout \(blackout.total.milliseconds) ms")
            for step in blackout.steps { print("   \(step.name): \(step.duration.milliseconds) ms") }
            #expect(result.machine.computerName == there.hostName && result.machine.state == .running)
            #expect(try await here.machine("counter") == nil)
            let arrived = try #require(try await there.machine("counter"))
            #expect(arrived.state == .running && arrived.activity == .ok && arrived.id == machine.id)
            #expect(arrived.uptimeSeconds >= machine.uptimeSeconds)
            #expect(try hosts.guest.waitForBeats(arrived))
            // Nothing is left at the source, and both tell the same story.
            #expect(try hosts.leftovers(of: here, machine.id).isEmpty)
            for (node, role) in [(here, MigrationRole.source), (there, .target)] {
                let report = try #require(try await node.send(GetMigrationsRequest()).first)
                #expect(report.id == result.migration.id && report.role == role && report.status == .completed)
            }
            (here, there) = (there, here)
        }
        try hosts.check(on: here, machine.id)
    }

    @Test func `a machine that moved away is not told of as one whose QEMU ended unexpectedly`() async throws {
        let hosts = try TwoHosts()
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        _ = try await hosts.node1.run(hosts.request(machine.id, to: hosts.node2))
        let events = String(
            decoding: try DurableFile.read("\(hosts.node1.configuration.stateFolder)/events.jsonl"), as: UTF8.self)
        #expect(events.contains("completed the live migration"))
        #expect(!events.contains("unexpectedly"))
    }

    @Test func `a move that is cancelled leaves the source as it was, and the next one works`() async throws {
        let hosts = try TwoHosts(tuning: .endless)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let (node1, node2) = (hosts.node1, hosts.node2)
        let failure = await #expect(throws: Failure.self) {
            _ = try await node1.run(hosts.request(machine.id, to: node2)) { (report) throws(Failure) in
                if report.progress.percent >= 0 { try? await node1.cancelOperation(report.id) }
            }
        }
        #expect(failure?.is(MigrationFault.moveFailed) == true)
        let report = try #require(try await node1.machine("counter"))
        #expect(report.state == .running && report.activity == .ok && report.status == "Operating normally")
        #expect(try await node2.machine("counter") == nil)
        #expect(try hosts.leftovers(of: node2, machine.id).isEmpty)
        #expect(try Folder.names(in: node2.storageRoot).isEmpty)
        #expect(try await node1.send(GetMigrationsRequest()).first?.status == .cancelled)
        try node1.restart(MigrationTuning())
        let result = try await node1.run(hosts.request(machine.id, to: node2))
        #expect(result.migration.status == .completed)
        try hosts.check(on: node2, machine.id)
    }

    @Test func `one machine moves once at a time, and a host moves no more than its limit`() async throws {
        let hosts = try TwoHosts(tuning: .endless)
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        var settings = SetHostRequest()
        settings.maximumMigrations = 1
        _ = try await node1.send(settings)
        let machine = try await hosts.newCounter()
        var second = NewMachineRequest(name: "idle", memoryStartup: .mebibytes(64))
        second.network = .none
        let idle = try await node1.send(second)
        _ = try await node1.run(StartMachineRequest(machine: idle.id))
        let first = try await node1.send(hosts.request(machine.id, to: node2))
        #expect(
            try eventually { () throws(Failure) in
                try node1.requireRuntime().operations.operation(first.id).report.progress.round ?? 0 > 0
            })
        // What both hosts show meanwhile.
        let moving = try #require(try await node1.machine("counter"))
        #expect(moving.state == .running && moving.activity == .migratingVirtualMachine && moving.status.contains("%"))
        #expect(try await node2.machine("counter")?.activity == .migratingPlannedVirtualMachine)
        for node in [node1, node2] {
            let report = try #require(try await node.send(GetMigrationsRequest()).first)
            #expect(report.status == .running && report.memoryBytes > .zero)
        }
        // E-03 for the same machine, E-22 for another one.
        let again = await #expect(throws: Failure.self) {
            _ = try await node1.run(hosts.request(machine.id, to: node2))
        }
        #expect(again?.is(HostFault.invalidState) == true)
        let limit = await #expect(throws: Failure.self) { _ = try await node1.run(hosts.request(idle.id, to: node2)) }
        #expect(
            limit?.message
                == "Failed to perform migration on virtual machine 'idle' because virtual machine migration limit '1' was reached, please wait for completion of an ongoing migration operation."
        )
        // The planned machine is nobody's to start.
        let planned = await #expect(throws: Failure.self) {
            _ = try await node2.run(StartMachineRequest(machine: machine.id))
        }
        #expect(planned?.is(HostFault.invalidState) == true)
        try await node1.cancelOperation(first.id)
        #expect(
            try eventually { () throws(Failure) in
                try node1.requireRuntime().operations.operation(first.id).report.state == .cancelled
            })
        // A machine without disks moves as well.
        try node1.restart(MigrationTuning())
        let moved = try await node1.run(
            MoveMachineRequest(
                machine: idle.id, destinationHost: "node2", includeStorage: false, destinationStoragePath: nil,
                retainDisksOnSource: false))
        #expect(moved.migration.status == .completed && moved.machine.name == "idle")
        try hosts.check(on: node1, machine.id)
    }

    @Test func `machine and disk go to the folders that were named for each`() async throws {
        let hosts = try TwoHosts()
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        let (node1, node2) = (hosts.node1, hosts.node2)
        let disk = try #require(machine.disks.first?.path)
        let fileName = try #require(disk.split(separator: "/").last)
        var request = hosts.request(machine.id, to: node2)
        request.destinationStoragePath = nil
        request.virtualMachinePath = "\(node2.storageRoot)/configurations"
        request.disks = [DiskPlacement(source: disk, folder: "\(node2.storageRoot)/fast/disks")]
        func failure(_ change: (inout MoveMachineRequest) -> Void) async -> Failure? {
            var wrong = request
            change(&wrong)
            return await #expect(throws: Failure.self) { _ = try await node1.run(wrong) }
        }
        // Both are held to the storage roots, and a place is for a disk of this machine.
        for change: (inout MoveMachineRequest) -> Void in [
            { $0.virtualMachinePath = "/etc" }, { $0.disks[0].folder = "/etc" },
            { $0.disks[0].folder = "\(node2.storageRoot)/../../etc" },
        ] {
            #expect(await failure(change)?.causes.first?.is(StorageFault.pathOutsideRoots) == true)
        }
        #expect(await failure { $0.disks[0].source = "/nothere.raw" }?.is(HostFault.invalidArgument) == true)
        #expect(await failure { $0.disks.append($0.disks[0]) }?.is(HostFault.invalidArgument) == true)
        #expect(await failure { $0.includeStorage = false }?.is(HostFault.invalidArgument) == true)
        #expect(try Folder.names(in: node2.storageRoot).isEmpty)

        let moved = try await node1.run(request)
        #expect(moved.machine.disks.map(\.path) == ["\(node2.storageRoot)/fast/disks/\(fileName)"])
        #expect(moved.machine.path.hasPrefix("\(node2.storageRoot)/configurations/"))
        #expect(try Folder.names(in: node2.storageRoot).sorted() == ["configurations", "fast"])
        try hosts.check(on: node2, machine.id)
    }
}
