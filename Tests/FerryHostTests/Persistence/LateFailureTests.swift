import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// A file system that takes every write and fails when the bytes are to reach the disk: ext4 on a loop device whose file has no
/// room to grow.
private final class LateVolume: Sendable {
    let path: String
    private let directory: TemporaryDirectory
    private let base: TmpfsMount

    static let requirements: [Requirement] = [
        .root, .device("/dev/loop-control"), .program("mkfs.ext4", package: "e2fsprogs"),
        .program("mount", package: "mount"),
    ]

    init(_ size: ByteCount) throws {
        directory = try TemporaryDirectory()
        try Folder.setMode(directory.path, 0o711)
        path = directory.file("volume")
        try Folder.create(path, mode: 0o711)
        base = try TmpfsMount.ensure(at: directory.file("base"), size: size)
        let device = "\(base.path)/disk"
        try Self.run("truncate", "coreutils", ["-s", "256M", device])
        try Self.run("mkfs.ext4", "e2fsprogs", ["-q", "-O", "^has_journal", device])
        try Self.run("mount", "mount", ["-o", "loop", device, path])
        try Folder.setMode(path, 0o711)
    }

    private static func run(_ program: String, _ package: String, _ arguments: [String]) throws {
        _ = try Command(Program.require(program, package: package), arguments).runSuccessfully()
    }

    func fill() throws {
        let command = try Command(
            Program.require("dd", package: "coreutils"),
            ["if=/dev/zero", "of=\(base.path)/filler", "bs=4096", "status=none"])
        #expect(try !command.run().status.isSuccess)
    }

    func makeRoom() throws { try DurableFile.remove("\(base.path)/filler") }

    func close() {
        let isClosed = eventually(within: .seconds(20)) {
            (try? Self.run("umount", "mount", [self.path])) != nil
                || (try? Folder.names(in: "\(self.path)/lost+found")) == nil
        }
        #expect(isClosed)
        _ = eventually(within: .seconds(20)) { (try? self.base.unmount()) != nil }
    }
}

/// Writes that fail late, when they are to be made durable: what was there before still is, and the next write works.
@Suite(.needs(LateVolume.requirements), .serialized)
struct LateFailureTests {
    @Test func `a file that could not be made durable keeps its old contents`() throws {
        let volume = try LateVolume(.mebibytes(4))
        defer { volume.close() }
        let initial = HostSettings(virtualMachinePath: "/m", virtualHardDiskPath: "/d")
        let store = try SettingsStore(folder: volume.path, initial: initial)
        try store.update { $0.maximumMigrations = 3 }
        try volume.fill()
        let failure = #expect(throws: Failure.self) { try store.update { $0.maximumMigrations = 4 } }
        #expect(failure != nil && store.current.maximumMigrations == 3)
        #expect(try SettingsStore(folder: volume.path, initial: initial).current.maximumMigrations == 3)
        #expect(try Folder.names(in: volume.path).sorted() == ["host.json", "lost+found"])
        try volume.makeRoom()
        try store.update { $0.maximumMigrations = 4 }
        #expect(try SettingsStore(folder: volume.path, initial: initial).current.maximumMigrations == 4)
    }

    @Test func `a line that could not be made durable is cut off, and the next one stands in its place`() throws {
        let volume = try LateVolume(.mebibytes(4))
        defer { volume.close() }
        let journal = try MigrationJournal(folder: volume.path, migration: "m1")
        let path = "/" + String(repeating: "x", count: 3000)
        try journal.willMake(.removeFile(path: "/first"))
        try volume.fill()
        var failure: Failure?
        for _ in 0..<8 where failure == nil {
            do throws(Failure) { try journal.willMake(.removeFile(path: path)) } catch { failure = error }
        }
        #expect(failure != nil)
        let open = journal.open
        try volume.makeRoom()
        #expect(try MigrationJournal(folder: volume.path, migration: "m1").open == open)
        try journal.willMake(.removeFile(path: "/last"))
        #expect(try MigrationJournal(folder: volume.path, migration: "m1").open == open + [.removeFile(path: "/last")])
    }

    @Test(
        .needs(
            .qemu, .kernelTracker, .program("cc", package: "gcc"),
            .program("qemu-storage-daemon", package: "qemu-utils")))
    func `a disk whose writes fail when they are flushed ends the move at the source, and a retry works`() async throws
    {
        let volume = try LateVolume(.mebibytes(24))
        defer { volume.close() }
        var tuning = MigrationTuning()
        tuning.probe = FillingProbe { try? volume.fill() }
        let hosts = try TwoHosts(tuning: tuning) { configuration, index in
            if index == 1 { configuration.storageRoots.append(volume.path) }
        }
        let (node1, node2) = (hosts.node1, hosts.node2)
        try await hosts.enableMigration()
        let machine = try await hosts.newCounter()
        var request = hosts.request(machine.id, to: node2)
        request.destinationStoragePath = volume.path
        let failure = await #expect(throws: Failure.self) { _ = try await node1.run(request) }
        #expect(failure?.is(MigrationFault.moveFailed) == true)
        let kept = try #require(try await node1.machine("counter"))
        #expect(kept.state == .running && kept.activity == .ok)
        #expect(try hosts.guest.waitForBeats(kept))
        #expect(try await node2.machine("counter") == nil)
        #expect(try eventually { () throws(Failure) in try Folder.names(in: volume.path) == ["lost+found"] })
        try volume.makeRoom()
        let result = try await node1.run(hosts.request(machine.id, to: node2))
        #expect(result.migration.status == .completed)
        try hosts.check(on: node2, machine.id)
    }
}

/// Fills the volume once the target has made what the move needs, the first time.
private final class FillingProbe: PhaseProbe {
    private let fill: @Sendable () -> Void
    private let hasFilled = Monitor(false)

    init(_ fill: @escaping @Sendable () -> Void) { self.fill = fill }

    func reached(_ point: PhasePoint) {
        guard point.isPoint(.after, .prepare, side: .target) else { return }
        let isFirst = hasFilled.update { hasFilled in
            defer { hasFilled = true }
            return !hasFilled
        }
        if isFirst { fill() }
    }
}
