import FerryCore
import FerryLinux
import FerryTestKit
import Testing

@Suite struct DurableFileTests {
    @Test func `a replaced file has the new bytes, the asked mode, and nothing beside it`() throws {
        let folder = try TemporaryDirectory()
        try DurableFile.replace(folder.file("a"), with: [1, 2, 3])
        try DurableFile.replace(folder.file("a"), with: [4], mode: 0o640)
        #expect(try DurableFile.read(folder.file("a")) == [4])
        #expect(try FileIdentity.of(folder.file("a")).permissions == 0o640)
        #expect(try Folder.names(in: folder.path) == ["a"])
    }

    @Test func `a replacement that fails leaves the old bytes`() throws {
        let folder = try TemporaryDirectory()
        try Folder.create(folder.file("a"))
        try folder.write("a/inside", "old")
        // A folder cannot be replaced by a file.
        let failure = #expect(throws: Failure.self) { try DurableFile.replace(folder.file("a"), with: [1]) }
        #expect(failure?.target == folder.file("a"))
        #expect(try DurableFile.read(folder.file("a/inside")) == Array("old".utf8))
        #expect(try Folder.names(in: folder.path) == ["a"])
    }

    @Test func `what a killed process had begun to write is removed, and nothing else`() throws {
        let folder = try TemporaryDirectory()
        for name in ["below", "below/deeper"] { try Folder.create(folder.file(name)) }
        let unfinished = [".a.json.17.new", "below/.owner.4711.new"]
        let others = ["a.json", ".17.new", ".a.new", ".a.b.new", "a.17.new", "below/deeper/.a.17.new"]
        for name in unfinished + others { try folder.write(name, "x") }
        #expect(try DurableFile.removeUnfinished(in: folder.path, of: ["b.json"]) == [])
        #expect(try DurableFile.removeUnfinished(in: folder.path, depth: 1) == unfinished.map(folder.file))
        for name in others { #expect(try FileIdentity.ifPresent(folder.file(name)) != nil, "\(name)") }
    }

    @Test func `a file above the limit is a failure and not a shortened value`() throws {
        let folder = try TemporaryDirectory()
        try DurableFile.replace(folder.file("a"), with: [UInt8](repeating: 7, count: 1001))
        #expect(try DurableFile.read(folder.file("a"), limit: 1001).count == 1001)
        let failure = #expect(throws: Failure.self) { try DurableFile.read(folder.file("a"), limit: 1000) }
        #expect(failure?.is(LinuxFault.tooLarge) == true)
    }

    @Test func `a missing file is nil where that is asked for, and named in the failure where not`() throws {
        let folder = try TemporaryDirectory()
        #expect(try DurableFile.readIfPresent(folder.file("none")) == nil)
        let failure = #expect(throws: Failure.self) { try DurableFile.read(folder.file("none")) }
        #expect(failure?.is(LinuxFault.notFound) == true)
        #expect(failure?.message.contains(folder.file("none")) == true)
        try DurableFile.remove(folder.file("none"))
    }

    @Test(.seeded, arguments: 0..<20)
    func `any bytes come back as they were written`(round: Int) throws {
        let folder = try TemporaryDirectory()
        var generator = SeededGenerator(salt: "durable \(round)")
        let bytes = generator.bytes(Int.random(in: 0..<300_000, using: &generator))
        try DurableFile.replace(folder.file("a"), with: bytes)
        #expect(try DurableFile.read(folder.file("a")) == bytes)
    }
}
