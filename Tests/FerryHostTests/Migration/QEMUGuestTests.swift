import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

/// The two ends of a cutover against real QEMU, with memory and disk copied by hand while the guest is paused.
@Suite(
    .needs(.qemu, .root, .program("cc", package: "gcc"), .program("qemu-storage-daemon", package: "qemu-utils")),
    .serialized)
struct QEMUGuestTests {
    @Test func `a guest goes on at the target where it stopped at the source`() throws {
        let pair = try GuestPair()
        let source = try pair.sourceGuest()
        defer { source.close() }
        let target = try pair.targetGuest()
        try target.prepare()
        #expect(target.isAlive && source.isAlive)
        let drained = try source.drain()
        #expect(drained < .seconds(10))
        try source.pause()
        try source.beginDeviceState()
        let before = try pair.counters(of: pair.source)
        try pair.copyMemory()
        try pair.copyDisk()
        try target.releaseDisks()
        let state = try source.finishDeviceState()
        #expect(state.count > 10_000 && state.count < 4 << 20)
        #expect(try pair.target.requireQEMU().guestStatus.state != .running)
        try target.load(deviceState: state)
        #expect(try pair.counters(of: pair.target).values == before.values)
        #expect(try pair.target.requireQEMU().guestStatus.state != .running)
        try target.run()
        let console = "\(pair.target.folder)/console.log"
        #expect(try eventually { () throws(Failure) in try CounterGuest.heartbeats(console: console) > 3 })
        #expect(try pair.source.requireQEMU().guestStatus.state != .running)
        try pair.target.requireQEMU().qmp().execute("stop")
        #expect(try pair.counters(of: pair.target).fault == nil)
        #expect(try pair.counters(of: pair.target).total > before.total)
        #expect(try CounterGuest.complaint(console: console) == nil)
        try target.destroy()
        #expect(try CounterGuest.logFault(image: pair.targetImage) == nil)
    }

    @Test(arguments: 0...3) func `the source goes on after a move that ended at any step`(steps: Int) throws {
        let pair = try GuestPair()
        let before = try pair.counters(of: pair.source).total
        for _ in 0..<2 {
            let source = try pair.sourceGuest()
            defer { source.close() }
            if steps > 0 { try source.pause() }
            if steps > 1 { try source.beginDeviceState() }
            if steps > 2 { _ = try source.finishDeviceState() }
            try source.resume()
            let qemu = try pair.source.requireQEMU()
            #expect(try qemu.qmp().execute("query-status")["status"]?.text == "running")
        }
        let console = "\(pair.source.folder)/console.log"
        let beats = try CounterGuest.heartbeats(console: console)
        #expect(try eventually { () throws(Failure) in try CounterGuest.heartbeats(console: console) > beats + 3 })
        try pair.source.requireQEMU().qmp().execute("stop")
        let counters = try pair.counters(of: pair.source)
        #expect(counters.fault == nil && counters.total > before)
        try pair.source.destroyQEMU()
        #expect(try CounterGuest.logFault(image: pair.sourceImage) == nil)
    }

    @Test func `a device state that is none is refused, and nothing of the machine is left`() throws {
        let pair = try GuestPair()
        let target = try pair.targetGuest()
        try target.prepare()
        try target.releaseDisks()
        #expect(throws: Failure.self) { try target.load(deviceState: [UInt8](repeating: 0x55, count: 100_000)) }
        try target.destroy()
        try target.destroy()
        #expect(!target.isAlive)
        #expect(!pair.target.isRunning)
        #expect(try FileIdentity.ifPresent(pair.targetHost.environment.memoryFile(of: pair.target.id)) == nil)
    }

    @Test func `an image that somebody else holds is found before the target says ready`() throws {
        let pair = try GuestPair()
        let source = try pair.sourceGuest()
        defer { source.close() }
        let target = try pair.targetGuest()
        try target.prepare()
        try source.pause()
        try source.beginDeviceState()
        try pair.copyMemory()
        let state = try source.finishDeviceState()
        // The daemon is not released: it holds the image for writing.
        let failure = #expect(throws: Failure.self) { try target.load(deviceState: state) }
        #expect(failure?.is(StorageFault.imageInUse) == true)
        try target.destroy()
        try source.resume()
    }

    @Test func `a guest that dies while its device state is awaited is a failure in time`() throws {
        let pair = try GuestPair()
        let source = try pair.sourceGuest()
        defer { source.close() }
        try source.pause()
        try source.beginDeviceState()
        _ = try pair.source.requireQEMU().process.kill()
        #expect(throws: Failure.self) { _ = try source.finishDeviceState() }
        #expect(throws: Failure.self) { try source.resume() }
        #expect(!source.isAlive)
    }
}

/// A machine that runs on one host, and its planned twin on another.
private final class GuestPair {
    let directory: TemporaryDirectory
    let sourceHost: HostRuntime
    let targetHost: HostRuntime
    let source: Machine
    let target: Machine
    let sourceImage: String
    let targetImage: String
    private let guest: CounterGuest
    private let daemon: StorageDaemon
    private let planned: Planned

    init() throws {
        directory = try TemporaryDirectory()
        try Folder.setMode(directory.path, 0o711)
        var guest = CounterGuest()
        guest.writes = true
        self.guest = guest
        sourceHost = try Self.host("A", directory)
        targetHost = try Self.host("B", directory)
        sourceImage = try guest.makeImage(in: directory.path, name: "source.raw")
        targetImage = directory.file("target.raw")
        var document = MachineDocument(
            id: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", name: "counter", memory: .mebibytes(64), creationTime: 0)
        document.disks = [.init(name: "disk0", path: sourceImage, format: .raw)]
        source = try sourceHost.machines.add(document, in: nil)
        _ = try source.start()
        try CounterGuest.waitUntilCounting(console: "\(source.folder)/console.log")
        try ImageTool(targetHost.configuration, owner: targetHost.environment.guest)
            .create(targetImage, format: .raw, capacity: ByteCount(guest.diskSize))
        document.disks[0].path = targetImage
        target = try targetHost.machines.add(document, in: nil, plannedBy: "m")
        planned = Planned(target)
        let folder = directory.file("m")
        try Folder.create(folder)
        if let user = targetHost.environment.guest {
            try Folder.setOwner(folder, user: user.userID, group: user.groupID)
        }
        daemon = try StorageDaemon(
            images: [.init(name: "disk0", path: targetImage, format: .raw)], socket: "\(folder)/nbd",
            user: targetHost.environment.guest, log: directory.file("daemon.log"),
            configuration: targetHost.configuration)
    }

    private static func host(_ name: String, _ directory: TemporaryDirectory) throws -> HostRuntime {
        let folder = directory.file(name)
        var configuration = HostConfiguration(
            name: name, stateFolder: "\(folder)/s", runtimeFolder: "\(folder)/r", memoryFolder: "\(folder)/m",
            memorySize: .mebibytes(256))
        configuration.accelerator = .tcg
        return try HostRuntime(configuration)
    }

    deinit {
        for (host, machine) in [(sourceHost, source), (targetHost, target)] {
            try? machine.destroyQEMU()
            host.stop()
            if let mount = try? TmpfsMount.find(at: host.configuration.memoryFolder) { try? mount.unmount() }
        }
        try? daemon.destroy()
    }

    func sourceGuest() throws -> QEMUSourceGuest {
        let qemu = try source.requireQEMU()
        return try QEMUSourceGuest(
            machine: source.name, client: qemu.qmp(), process: qemu.process, runtimeFolder: source.runtimeFolder,
            user: sourceHost.environment.guest, needsBarrier: false)
    }

    func targetGuest() throws -> QEMUTargetGuest {
        QEMUTargetGuest(
            machine: target.name, planned: planned, daemon: daemon, images: [targetImage],
            incomingSocket: "\(target.runtimeFolder)/incoming")
    }

    func counters(of machine: Machine) throws -> CounterGuest.Counters {
        try guest.counters(in: RAMFile.open(machine.requireQEMU().record.memoryFile))
    }

    func copyMemory() throws {
        let from = try source.requireQEMU().record.memoryFile
        let to = try target.requireQEMU().record.memoryFile
        _ = try Command(
            try Program.require("dd", package: "coreutils"),
            ["if=\(from)", "of=\(to)", "bs=4M", "conv=notrunc", "status=none"]
        ).runSuccessfully()
    }

    func copyDisk() throws {
        let sink = try NBDBlockSink(socket: daemon.socket, export: "disk0")
        let bytes = try DurableFile.read(sourceImage, limit: 1 << 30)
        // SAFETY: UInt8 has no padding.
        try sink.write(unsafe bytes.span.bytes, at: 0)
        try sink.flush()
        try sink.close()
    }
}

private final class Planned: PlannedHypervisor {
    private let machine: Machine

    init(_ machine: Machine) { self.machine = machine }

    func path(of file: BootFileKind) throws(Failure) -> String { "\(machine.folder)/kernel" }
    func launch() throws(Failure) -> (client: QMPClient, process: ProcessHandle) {
        let qemu = try machine.launch(.incoming)
        return (try qemu.qmp(), qemu.process)
    }
    func kill() throws(Failure) { try machine.destroyQEMU() }
}
