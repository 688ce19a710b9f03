import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Glibc
import Testing

@Suite(.needs(.qemu, .program("qemu-storage-daemon", package: "qemu-utils")))
struct StorageDaemonTests {
    @Test func `an image is in use while the daemon writes it, and free once it has exited`() throws {
        let directory = try TemporaryDirectory()
        let target = try DiskTarget(in: directory, capacity: .mebibytes(8))
        let failure = #expect(throws: Failure.self) { try ImageLock.requireObtainable(target.path) }
        #expect(failure?.is(StorageFault.imageInUse) == true)
        try target.sink.close()
        try target.daemon.release()
        #expect(!target.daemon.process.isAlive)
        try ImageLock.requireObtainable(target.path)
        try target.daemon.release()
    }

    @Test func `a daemon that an earlier life left is found by its socket, and only that one`() throws {
        let directory = try TemporaryDirectory()
        let first = try DiskTarget(in: directory, name: "first", capacity: .mebibytes(8))
        let second = try DiskTarget(in: directory, name: "second", capacity: .mebibytes(8))
        try StorageDaemon.endLeftover(socket: first.daemon.socket)
        #expect(!first.daemon.process.isAlive)
        #expect(second.daemon.process.isAlive)
        try StorageDaemon.endLeftover(socket: first.daemon.socket)
    }

    @Test func `an image that cannot be opened is named with the daemon's own words`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("broken.qcow2", "this is no image")
        let failure = #expect(throws: Failure.self) {
            _ = try StorageDaemon(
                images: [.init(name: "disk0", path: path, format: .qcow2)], socket: directory.file("nbd"), user: nil,
                log: directory.file("log"), configuration: testConfiguration)
        }
        #expect(failure?.is(StorageFault.storageDaemonFailed) == true)
        #expect(failure?.message.contains(path) == true)
        #expect(failure?.message.contains("qcow2") == true)
    }

    @Test func `an existing file is never overwritten by a new image`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("disk.qcow2", "precious")
        let tool = ImageTool(testConfiguration, owner: nil)
        let failure = #expect(throws: Failure.self) { try tool.create(path, format: .qcow2, capacity: .mebibytes(8)) }
        #expect(failure?.is(StorageFault.imageExists) == true)
        #expect(String(decoding: try DurableFile.read(path), as: UTF8.self) == "precious")
    }

    @Test(.needs(.root)) func `the daemon runs as the guest user, and nobody else reaches its socket`() throws {
        let directory = try TemporaryDirectory()
        let nobody = QEMUCommandLine.User(userID: 65_534, groupID: 65_534)
        let path = directory.file("disk.qcow2")
        try ImageTool(testConfiguration, owner: nobody)
            .create(path, format: .qcow2, capacity: .mebibytes(8))
        try Folder.setOwner(directory.path, user: 65_534, group: 65_534)
        let daemon = try StorageDaemon(
            images: [.init(name: "disk0", path: path, format: .qcow2)], socket: directory.file("nbd"), user: nobody,
            log: directory.file("log"), configuration: testConfiguration)
        let status = String(decoding: try DurableFile.read("/proc/\(daemon.process.pid)/status"), as: UTF8.self)
        #expect(status.contains("Uid:\t65534\t65534\t65534\t65534"))
        #expect(try FileIdentity.of(directory.file("nbd")).permissions & 0o077 == 0)
        try daemon.release()
    }
}

struct StorageRootsTests {
    @Test func `a path under a root is admitted, also when it does not exist yet`() throws {
        let directory = try TemporaryDirectory()
        let roots = StorageRoots([directory.path], of: "NODE1")
        #expect(try roots.admit(directory.file("a/b")) == directory.file("a/b"))
        #expect(try roots.admit(directory.path) == directory.path)
        // A root that has not been made yet.
        #expect(
            try StorageRoots([directory.file("new")], of: "NODE1").admit(directory.file("new/a"))
                == directory.file("new/a"))
    }

    @Test func `a link that leads out of the root is refused`() throws {
        let directory = try TemporaryDirectory()
        let outside = try TemporaryDirectory()
        #expect(unsafe symlink(outside.path, directory.file("link")) == 0)
        let roots = StorageRoots([directory.path], of: "NODE1")
        for path in [directory.file("link"), directory.file("link/new"), outside.path, "/etc", directory.file("../x")] {
            let failure = #expect(throws: Failure.self) { try roots.admit(path) }
            #expect(failure?.message.contains("'\(path)'") == true)
            #expect(
                failure?.is(StorageFault.pathOutsideRoots) == true || failure?.is(StorageFault.pathUnusable) == true,
                "\(path)")
        }
    }

    @Test func `a sibling whose name begins like the root is not under it`() throws {
        let directory = try TemporaryDirectory()
        let roots = StorageRoots([directory.file("vms")], of: "NODE1")
        try Folder.create(directory.file("vms"))
        #expect(throws: Failure.self) { try roots.admit(directory.file("vms2/disk")) }
    }

    @Test func `more than the file system has is refused`() throws {
        let directory = try TemporaryDirectory()
        try StorageRoots.requireRoom(.mebibytes(1), in: directory.file("a/b/c"))
        let failure = #expect(throws: Failure.self) {
            try StorageRoots.requireRoom(ByteCount(1 << 60), in: directory.path)
        }
        #expect(failure?.is(StorageFault.notEnoughRoom) == true)
    }
}
