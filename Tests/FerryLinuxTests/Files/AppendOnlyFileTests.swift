import FerryCore
import FerryLinux
import FerryTestKit
import Testing

@Suite struct AppendOnlyFileTests {
    @Test func `records follow each other, also after the file was opened again`() throws {
        let folder = try TemporaryDirectory()
        do {
            let file = try AppendOnlyFile(folder.file("journal"))
            try file.append(Array("one\n".utf8))
            try file.append(Array("two\n".utf8))
            #expect(file.length == 8)
        }
        let file = try AppendOnlyFile(folder.file("journal"))
        #expect(file.length == 8)
        try file.append(Array("three\n".utf8))
        #expect(try file.contents() == Array("one\ntwo\nthree\n".utf8))
    }

    @Test(.needs(.root))
    func `a record that does not fit on the disk leaves no torn bytes, and the next one that fits is taken`() throws {
        let folder = try TemporaryDirectory()
        let mount = try TmpfsMount.ensure(at: folder.file("m"), size: .kibibytes(64))
        defer { try? mount.unmount() }
        let file = try AppendOnlyFile("\(mount.path)/journal")
        let small = [UInt8](repeating: 1, count: 100)
        try file.append(small)
        let failure = #expect(throws: Failure.self) { try file.append([UInt8](repeating: 2, count: 1 << 20)) }
        #expect(failure?.is(LinuxFault.noSpace) == true)
        #expect(try file.contents() == small)
        try file.append(small)
        #expect(try file.contents() == small + small)
    }

    @Test(.needs(.root, .program("chattr", package: "e2fsprogs")))
    func `a torn record that could not be cut off is cut once the disk is mended, and the file goes on`() throws {
        let folder = try TemporaryDirectory()
        let mount = try TmpfsMount.ensure(at: folder.file("m"), size: .kibibytes(64))
        defer { try? mount.unmount() }
        let path = "\(mount.path)/journal"
        let file = try AppendOnlyFile(path)
        let small = [UInt8](repeating: 1, count: 100)
        try file.append(small)
        // No room for the record, and no leave to cut what of it was written.
        let chattr = try Program.require("chattr", package: "e2fsprogs")
        _ = try Command(chattr, ["+a", path]).runSuccessfully()
        #expect(throws: Failure.self) { try file.append([UInt8](repeating: 2, count: 1 << 20)) }
        #expect(try file.contents().count > small.count)
        let refusal = #expect(throws: Failure.self) { try file.append(small) }
        #expect(refusal?.is(LinuxFault.malformed) == true)
        _ = try Command(chattr, ["-a", path]).runSuccessfully()
        try file.append(small)
        #expect(try file.contents() == small + small)
    }

    @Test(
        .needs(.root, .device("/dev/loop-control"), .program("mkfs.ext4", package: "e2fsprogs")),
        .needs(.program("filefrag", package: "e2fsprogs"), .program("mount", package: "mount")))
    func `a record that a killed process wrote and did not sync is on the disk once the file was opened`() throws {
        // A file system of its own, of the kind that says which blocks are only in memory.
        let folder = try TemporaryDirectory()
        let (image, point) = (folder.file("disk"), folder.file("m"))
        try Self.run("truncate", "coreutils", ["-s", "16M", image])
        try Self.run("mkfs.ext4", "e2fsprogs", ["-q", image])
        try Folder.create(point)
        try Self.run("mount", "mount", ["-o", "loop", image, point])
        defer { _ = try? Self.run("umount", "mount", [point]) }
        let path = "\(point)/journal"
        func isOnlyInMemory() throws -> Bool {
            try Self.run("filefrag", "e2fsprogs", ["-v", path]).contains("delalloc")
        }
        try Self.run("sh", "dash", ["-c", "echo OWNER > \(path)"])
        #expect(try isOnlyInMemory())
        let file = try AppendOnlyFile(path)
        #expect(try !isOnlyInMemory())
        #expect(try file.contents() == Array("OWNER\n".utf8))
    }

    @discardableResult
    private static func run(_ program: String, _ package: String, _ arguments: [String]) throws -> String {
        try Command(Program.require(program, package: package), arguments).runSuccessfully().outputText
    }

    @Test func `a cut file grows on from the cut`() throws {
        let folder = try TemporaryDirectory()
        let file = try AppendOnlyFile(folder.file("journal"))
        try file.append(Array("whole\ntor".utf8))
        try file.truncate(to: 6)
        try file.append(Array("next\n".utf8))
        #expect(try file.contents() == Array("whole\nnext\n".utf8))
    }
}
