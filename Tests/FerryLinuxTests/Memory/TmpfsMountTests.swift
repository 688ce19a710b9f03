import FerryCore
import FerryLinux
import FerryTestKit
import Testing

@Suite(.needs(.root)) struct TmpfsMountTests {
    @Test func `a mount is made once, found again, resized, and refuses to shrink below what is used`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("memory")
        #expect(try TmpfsMount.find(at: path) == nil)
        let mount = try TmpfsMount.ensure(at: path, size: .mebibytes(8))
        defer { try? mount.unmount() }
        #expect(try mount.space().capacity == .mebibytes(8))
        #expect(try FileIdentity.of(path).permissions == 0o700)
        let file = try RAMFile.create("\(mount.path)/ram", size: 4 << 20)
        try file.allocate(file.wholeExtent)

        _ = try TmpfsMount.ensure(at: path, size: .mebibytes(16))
        #expect(try mount.space().capacity == .mebibytes(16))
        #expect(try TmpfsMount.find(at: path) != nil)
        #expect(try file.allocatedBytes() == 4 << 20, "the mount of before, with its files")

        let failure = #expect(throws: Failure.self) { _ = try TmpfsMount.ensure(at: path, size: .mebibytes(1)) }
        #expect(failure?.is(LinuxFault.busy) == true)
        #expect(try mount.space().capacity == .mebibytes(16))
    }

    @Test func `unmounting while a file is open is refused as busy`() throws {
        let folder = try TemporaryDirectory()
        let mount = try TmpfsMount.ensure(at: folder.file("memory"), size: .mebibytes(1))
        do {
            let file = try RAMFile.create("\(mount.path)/ram", size: 4096)
            let failure = #expect(throws: Failure.self) { try mount.unmount() }
            #expect(failure?.is(LinuxFault.busy) == true)
            _ = file
        }
        try mount.unmount()
        #expect(try TmpfsMount.find(at: folder.file("memory")) == nil)
    }
}
