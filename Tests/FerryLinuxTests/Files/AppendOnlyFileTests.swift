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

    @Test func `a cut file grows on from the cut`() throws {
        let folder = try TemporaryDirectory()
        let file = try AppendOnlyFile(folder.file("journal"))
        try file.append(Array("whole\ntor".utf8))
        try file.truncate(to: 6)
        try file.append(Array("next\n".utf8))
        #expect(try file.contents() == Array("whole\nnext\n".utf8))
    }
}
