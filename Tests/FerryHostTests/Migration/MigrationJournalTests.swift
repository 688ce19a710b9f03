import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

struct MigrationJournalTests {
    private let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    private func journal() throws -> MigrationJournal { try MigrationJournal(folder: directory.path, migration: "m1") }

    @Test func `what was made is undone newest first, once`() throws {
        let journal = try journal()
        for name in ["a", "b", "c"] { try journal.willMake(.removeFile(path: name)) }
        var undone: [MigrationUndo] = []
        try journal.undoEverything { undo in undone.append(undo) }
        #expect(undone == ["c", "b", "a"].map { .removeFile(path: $0) })
        try journal.undoEverything { undo in undone.append(undo) }
        #expect(undone.count == 3)
        try journal.retire()
        #expect(try MigrationJournal.migrations(in: directory.path) == [])
    }

    @Test func `another life finds exactly what is not yet undone`() throws {
        do {
            let journal = try journal()
            let first = try journal.willMake(.removeFile(path: "a"))
            try journal.willMake(.removeTracking(machine: "vm"))
            try journal.unmade(first)
        }
        #expect(try MigrationJournal.migrations(in: directory.path) == ["m1"])
        let found = try journal()
        #expect(found.open == [.removeTracking(machine: "vm")])
        try found.willMake(.removeEmptyFolder(path: "f"))
        #expect(try journal().open == [.removeTracking(machine: "vm"), .removeEmptyFolder(path: "f")])
    }

    @Test func `a torn last line is ignored wherever it was torn`() throws {
        let path: String
        do {
            let journal = try journal()
            path = journal.path
            try journal.willMake(.removeFile(path: "a"))
            try journal.willMake(.removeFile(path: "b"))
        }
        let whole = try DurableFile.read(path)
        let firstLine = whole.firstIndex(of: UInt8(ascii: "\n"))! + 1
        for length in firstLine..<whole.count {
            try DurableFile.replace(path, with: Array(whole[..<length]))
            let found = try journal()
            #expect(found.open == [.removeFile(path: "a")], "cut at \(length)")
            try found.willMake(.removeFile(path: "c"))
            #expect(try journal().open == [.removeFile(path: "a"), .removeFile(path: "c")])
        }
    }

    /// The damaged line and all behind it were once cut off, the word that everything is kept among them.
    @Test func `damage before the last line is refused, and the file is left as it is`() throws {
        let path: String
        do {
            let journal = try journal()
            path = journal.path
            try journal.willMake(.removeFile(path: "a"))
            try journal.willMake(.removeTree(path: "b"))
            try journal.keepEverything()
        }
        let whole = try DurableFile.read(path)
        let lines = whole.split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] }
        for index in 0..<2 {
            for damage in [
                Array("{\"made\":\n".utf8), Array("{\"unmade\":{\"_0\":9223372036854775807}}\n".utf8), [0, 10],
            ] {
                var damaged = lines
                damaged[index] = damage
                try DurableFile.replace(path, with: damaged.flatMap { $0 })
                let failure = #expect(throws: Failure.self) { try journal() }
                #expect(failure?.is(TransferFault.recordDamaged) == true)
                #expect(try DurableFile.read(path) == damaged.flatMap { $0 })
            }
        }
        try DurableFile.replace(path, with: whole)
        #expect(try journal().isEmpty)
    }

    @Test func `an undo that fails stays for the next try and does not stop the others`() throws {
        let journal = try journal()
        for name in ["a", "b", "c"] { try journal.willMake(.removeFile(path: name)) }
        var undone: [MigrationUndo] = []
        let failure = #expect(throws: Failure.self) {
            try journal.undoEverything { undo throws(Failure) in
                if undo == .removeFile(path: "b") { throw Failure(StorageFault.pathUnusable, "No.") }
                undone.append(undo)
            }
        }
        #expect(failure?.message == "No.")
        #expect(undone == [.removeFile(path: "c"), .removeFile(path: "a")])
        #expect(journal.open == [.removeFile(path: "b")])
    }

    @Test func `what is kept is not undone`() throws {
        let journal = try journal()
        try journal.willMake(.removeFile(path: "a"))
        try journal.keepEverything()
        #expect(journal.isEmpty)
        #expect(try self.journal().isEmpty)
    }
}

struct MigrationHistoryTests {
    private func report(_ id: Int, _ status: MigrationStatus) -> MigrationReport {
        MigrationReport(
            id: "\(id)", machineName: "vm", machineID: "x", role: .source, sourceHost: "A", targetHost: "B",
            status: status,
            phase: "", started: Double(id))
    }

    @Test func `the newest two hundred are kept, and running ones always`() throws {
        let directory = try TemporaryDirectory()
        let history = try MigrationHistory(folder: directory.path)
        try history.add(report(0, .running))
        for id in 1...250 { try history.add(report(id, .completed)) }
        #expect(history.all.count == 200)
        #expect(history.all.first?.id == "250")
        #expect(history.all.last?.id == "0")
        try history.update("250") { $0.status = .failed }
        let again = try MigrationHistory(folder: directory.path)
        #expect(again.all == history.all)
        #expect(again.report("250")?.status == .failed)
    }

    @Test func `a damaged file is set aside, not lost`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("history.json", "{ nonsense")
        let history = try MigrationHistory(folder: directory.path)
        #expect(history.all.isEmpty)
        #expect(
            String(decoding: try DurableFile.read(directory.file("history.json.damaged")), as: UTF8.self)
                == "{ nonsense")
        try history.add(report(1, .completed))
        #expect(try MigrationHistory(folder: directory.path).all.count == 1)
    }
}
