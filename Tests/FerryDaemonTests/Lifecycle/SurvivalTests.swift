import FerryContract
import FerryCore
import FerryDaemon
import FerryHTTP
import FerryHost
import FerryLinux
import FerryTestKit
import Foundation
import Glibc
import Testing

/// Machines outlive the process that started them: the built `ferryd`, ended in order and by SIGKILL, with a guest that counts.
@Suite(
    .needs(.root, .qemu, .kernelTracker, .program("qemu-storage-daemon", package: "qemu-utils")),
    .needs(CounterGuest.requirements), .serialized)
struct SurvivalTests {
    @Test(arguments: [SIGTERM, SIGKILL])
    func `a machine goes on while ferryd is gone, and the next ferryd owns it`(signal: Int32) async throws {
        let node = try TestNode("NODE1", memory: "256MB", storageRoot: "vms")
        let first = try await FerrydProcess(node)
        defer { first.close() }
        let machine = try await RunningCounter(on: node)
        defer { machine.kill() }
        // Some seconds of uptime, so that starting to count anew could not pass for going on.
        try await machine.waitForUptime(atLeast: 2)
        let before = try await machine.report()

        try first.process.send(signal)
        let status = try first.process.waitForExit(until: .scaled(.seconds(60)))
        #expect(status == (signal == SIGKILL ? .killed(SIGKILL) : .exited(0)))
        #expect(machine.qemu.isAlive)
        #expect(try machine.goesOn())

        let second = try await FerrydProcess(node)
        defer { second.close() }
        #expect(try machine.record().processID == machine.qemu.pid && machine.qemu.isAlive)
        let after = try await machine.report()
        #expect(after.state == .running && after.activity == .ok && after.status == "Operating normally")
        #expect(after.id == before.id && after.memoryAssigned == .mebibytes(64))
        #expect(after.uptimeSeconds >= before.uptimeSeconds)
        try await machine.waitForUptime(atLeast: after.uptimeSeconds + 1)
        #expect(try machine.goesOn())

        let ended = try await node.local.complete(StopMachineRequest(machine: before.id, turnOff: true, force: false))
        #expect(ended.state == .off && ended.uptimeSeconds == 0)
        #expect(!machine.qemu.isAlive)
        #expect(try CounterGuest.complaint(console: before.consolePath) == nil)
        #expect(try CounterGuest.logFault(image: machine.image) == nil)
        // Nobody's any more, and startable as ever.
        let again = try await node.local.complete(StartMachineRequest(machine: before.id))
        #expect(again.state == .running)
        _ = try await node.local.complete(StopMachineRequest(machine: before.id, turnOff: true, force: false))
    }

    @Test func `a machine whose ferryd was killed moves to another host once its next ferryd runs`() async throws {
        let one = try TestNode("NODE1", memory: "256MB", storageRoot: "vms")
        let two = try TestNode("NODE2", memory: "256MB", storageRoot: "vms")
        let (target, first) = (try await FerrydProcess(one), try await FerrydProcess(two))
        defer { for ferryd in [target, first] { ferryd.close() } }
        let nodes = MovingNodes(one: one, two: two)
        try await nodes.makeTrust()
        try await nodes.enableMigration()
        let machine = try await RunningCounter(on: two)
        defer { machine.kill() }
        let before = try await machine.report()
        try first.process.kill()
        #expect(try machine.goesOn())

        let second = try await FerrydProcess(two)
        defer { second.close() }
        let moved = try await two.local.complete(
            MoveMachineRequest(
                machine: before.id, destinationHost: "NODE1", includeStorage: true,
                destinationStoragePath: one.folder.file("vms"), retainDisksOnSource: false))
        #expect(moved.migration.status == .completed)
        #expect(!machine.qemu.isAlive)
        #expect(try await two.local.send(GetMachinesRequest()).machines.isEmpty)

        let arrived = try RunningCounter(moved.machine, image: one.folder.file("vms/counter.raw"), on: one)
        defer { arrived.kill() }
        let report = try await arrived.report()
        #expect(report.state == .running && report.uptimeSeconds >= before.uptimeSeconds)
        #expect(try arrived.goesOn())
        // Every page is of one instant while its process stands.
        try arrived.qemu.send(SIGSTOP)
        let counters = try machine.guest.counters(in: RAMFile.open(arrived.record().memoryFile))
        try arrived.qemu.send(SIGCONT)
        #expect(counters.fault == nil)
        _ = try await one.local.complete(StopMachineRequest(machine: before.id, turnOff: true, force: false))
        #expect(try CounterGuest.complaint(console: report.consolePath) == nil)
        #expect(try CounterGuest.logFault(image: arrived.image) == nil)
    }
}

/// A machine that counts and writes, and the process that runs it, seen from outside its ferryd.
private struct RunningCounter {
    let guest: CounterGuest
    let image: String
    let qemu: ProcessHandle
    private let node: TestNode
    private let folder: String

    /// A new machine "counter" of 64 MiB.
    init(on node: TestNode) async throws {
        let vms = node.folder.file("vms")
        try Folder.create(vms, mode: 0o711)
        var request = NewMachineRequest(name: "counter", memoryStartup: .mebibytes(64))
        request.network = .none
        request.disk = .existing(path: try Self.counting.makeImage(in: vms))
        let machine = try await node.local.send(request)
        let started = try await node.local.complete(StartMachineRequest(machine: machine.id))
        try CounterGuest.waitUntilCounting(console: started.consolePath)
        try self.init(started, image: "\(vms)/counter.raw", on: node)
    }

    /// One that runs already.
    init(_ machine: MachineReport, image: String, on node: TestNode) throws {
        guest = Self.counting
        self.image = image
        self.node = node
        folder = machine.path
        let record = try Self.record(in: folder)
        qemu = try #require(try ProcessHandle.adopt(record.processID, startTicks: record.startTicks))
    }

    private static var counting: CounterGuest {
        var guest = CounterGuest()
        guest.writes = true
        guest.pausePerPage = 40
        return guest
    }

    func report() async throws -> MachineReport {
        try #require(try await node.local.send(GetMachinesRequest(names: ["counter"])).machines.first)
    }

    func waitForUptime(atLeast seconds: Double) async throws {
        let limit = Deadline.scaled(.seconds(60))
        while try await report().uptimeSeconds < seconds, !limit.hasPassed {}
        #expect(try await report().uptimeSeconds >= seconds)
    }

    /// What ferryd has written of the process.
    func record() throws -> RuntimeRecord { try Self.record(in: folder) }

    private static func record(in folder: String) throws -> RuntimeRecord {
        let bytes = try DurableFile.read("\(folder)/\(RuntimeRecord.fileName)")
        return try JSONDecoder().decode(RuntimeRecord.self, from: Data(bytes))
    }

    /// Whether the guest's numbers grow, read from its memory; no ferryd is needed for that.
    func goesOn() throws -> Bool {
        let memory = try RAMFile.open(try record().memoryFile)
        let before = try guest.counters(in: memory).total
        return try eventually { try guest.counters(in: memory).total > before + 100 }
    }

    func kill() { _ = try? qemu.kill() }
}
