import FerryCore
import FerryLinux
import FerryTestKit
import Glibc
import Testing

@Suite struct FolderTests {
    @Test func `missing folders above are made too, and an existing one gets the asked mode`() throws {
        let root = try TemporaryDirectory()
        try Folder.create(root.file("a/b/c"))
        #expect(try FileIdentity.of(root.file("a/b")).permissions == 0o700)
        try Folder.setMode(root.file("a/b/c"), 0o777)
        try Folder.create(root.file("a/b/c"), mode: 0o700)
        #expect(try FileIdentity.of(root.file("a/b/c")).permissions == 0o700)
    }

    @Test func `a file in the way is a clear failure`() throws {
        let root = try TemporaryDirectory()
        try root.write("a", "file")
        let failure = #expect(throws: Failure.self) { try Folder.create(root.file("a")) }
        #expect(failure?.is(LinuxFault.notAFolder) == true)
    }

    @Test func `removing a tree removes links and not what they point to`() throws {
        let root = try TemporaryDirectory()
        try Folder.create(root.file("kept"))
        try root.write("kept/file", "x")
        try Folder.create(root.file("tree/deep"))
        _ = unsafe symlink(root.file("kept"), root.file("tree/deep/link"))
        try Folder.removeTree(root.file("tree"))
        #expect(try Folder.names(in: root.path) == ["kept"])
        #expect(try DurableFile.read(root.file("kept/file")) == Array("x".utf8))
        try Folder.removeTree(root.file("tree"))
    }

    @Test func `a locked folder is refused to a second holder until the first lets go`() throws {
        let root = try TemporaryDirectory()
        var first: FolderLock? = try FolderLock(root.path)
        let failure = #expect(throws: Failure.self) { _ = try FolderLock(root.path) }
        #expect(failure?.is(LinuxFault.busy) == true)
        #expect(first != nil)
        first = nil
        _ = try FolderLock(root.path)
    }
}
