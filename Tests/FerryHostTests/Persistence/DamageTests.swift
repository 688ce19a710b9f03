import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// What a host does with each of its files when it ends anywhere, or is damaged in the middle: which one is forgiven, which one
/// is refused, and that none is lost or acted on half.
struct DamageTests {
    private let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    private static let machine = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"

    private func context(_ migration: String, epoch: UInt64 = 4) -> MigrationContext {
        MigrationContext(
            migration: migration, side: .target, machine: Self.machine, machineName: "vm", epoch: epoch, peerName: "B",
            peerFingerprint: "ff", disks: [])
    }

    /// Puts every beginning of the file in its place, the empty one first, and the whole file in the end.
    private func forEachTruncation(_ path: String, _ body: (_ length: Int, _ whole: Int) throws -> Void) throws {
        let bytes = try DurableFile.read(path)
        for length in 0...bytes.count {
            try DurableFile.replace(path, with: Array(bytes[..<length]))
            try body(length, bytes.count)
        }
    }

    @Test func `ownership records end with the last whole line, wherever they are cut`() throws {
        let migration = MigrationID.make().description
        let roles: [OwnershipRole] = [.prepared, .ready, .owner]
        do {
            let log = try MigrationRecords(folder: directory.path).begin(context(migration))
            for role in roles { try log.append(role) }
        }
        let path = directory.file("open/\(migration)/owner")
        let ends = try DurableFile.read(path).enumerated().filter { $0.element == UInt8(ascii: "\n") }.map {
            $0.offset + 1
        }
        try forEachTruncation(path) { length, _ in
            let found = try MigrationRecords(folder: directory.path).unsettled()
            let log = try #require(found.first).get()
            #expect(log.journal.records.map(\.role) == Array(roles.prefix(ends.count { $0 <= length })), "\(length)")
            // What comes next stands behind the last whole line.
            try log.append(.refused)
            let next = try #require(try MigrationRecords(folder: directory.path).unsettled().first).get()
            #expect(next.role == .refused)
        }
    }

    @Test func `a byte that changed in ownership records is never taken for another record`() throws {
        let migration = MigrationID.make().description
        do {
            let log = try MigrationRecords(folder: directory.path).begin(context(migration))
            for role in [OwnershipRole.prepared, .ready] { try log.append(role) }
        }
        let path = directory.file("open/\(migration)/owner")
        let whole = try DurableFile.read(path)
        for index in whole.indices {
            var changed = whole
            changed[index] ^= 0x01
            try DurableFile.replace(path, with: changed)
            let found = try #require(try MigrationRecords(folder: directory.path).unsettled().first)
            switch found {
            case .success(let log): #expect([nil, .prepared].contains(log.role), "byte \(index)")
            case .failure(let failure):
                #expect(failure.is(TransferFault.recordDamaged) && failure.target == migration, "byte \(index)")
            }
        }
    }

    @Test func `the undo journal forgives a torn end, and refuses what is damaged before it`() throws {
        do {
            let journal = try MigrationJournal(folder: directory.path, migration: "m1")
            for name in ["a", "b"] { try journal.willMake(.removeFile(path: name)) }
            try journal.keepEverything()
        }
        let path = directory.file("m1.journal")
        let whole = try DurableFile.read(path)
        let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
        try forEachTruncation(path) { length, whole in
            let open = try MigrationJournal(folder: directory.path, migration: "m1").open
            let lines = ends.count { $0 < length }
            #expect(open.count == (lines == 3 ? 0 : lines), "\(length)")
        }
        // "Kept" stands behind a line that cannot be read: undoing the first would remove what is the machine's.
        var changed = whole
        changed[ends[0] + 2] = UInt8(ascii: "!")
        try DurableFile.replace(path, with: changed)
        let failure = #expect(throws: Failure.self) {
            _ = try MigrationJournal(folder: directory.path, migration: "m1")
        }
        #expect(failure?.is(TransferFault.recordDamaged) == true)
        #expect(failure?.message.contains("is damaged at byte \(ends[0] + 1)") == true)
        #expect(try DurableFile.read(path) == changed)
    }

    @Test func `what a move was asked for is whole, or the move is a failure in its place`() throws {
        let migration = MigrationID.make().description
        try MigrationRecords(folder: directory.path).begin(context(migration)).append(.prepared)
        try forEachTruncation(directory.file("open/\(migration)/context.json")) { length, whole in
            let found = try MigrationRecords(folder: directory.path).unsettled()
            #expect(found.count == 1)
            #expect(((try? found[0].get()) != nil) == (length == whole), "\(length)")
        }
    }

    @Test func `the counts of owners are found in the moves' own records when their file is damaged`() throws {
        let migrations = [MigrationID.make().description, MigrationID.make().description]
        do {
            let records = try MigrationRecords(folder: directory.path)
            for (index, migration) in migrations.enumerated() {
                let log = try records.begin(context(migration, epoch: UInt64(index + 5)))
                try log.append(.refused)
                try records.close(log)
            }
            try records.setEpoch(6, of: Self.machine)
        }
        try forEachTruncation(directory.file("epochs.json")) { length, whole in
            let records = try MigrationRecords(folder: directory.path)
            #expect(records.epoch(of: Self.machine) == 6, "\(length)")
            if length < whole { #expect(try FileIdentity.ifPresent(directory.file("epochs.json.damaged")) != nil) }
        }
        try DurableFile.replace(directory.file("epochs.json"), with: Array("{".utf8))
        let records = try MigrationRecords(folder: directory.path)
        try records.setEpoch(7, of: Self.machine)
        #expect(try MigrationRecords(folder: directory.path).epoch(of: Self.machine) == 7)
    }

    @Test func `the history is set aside wherever it is cut`() throws {
        let report = MigrationReport(
            id: "1", machineName: "vm", machineID: "x", role: .source, sourceHost: "A", targetHost: "B",
            status: .completed, phase: "", started: 1)
        try MigrationHistory(folder: directory.path).add(report)
        try forEachTruncation(directory.file("history.json")) { length, whole in
            let history = try MigrationHistory(folder: directory.path)
            #expect(history.all.count == (length == whole ? 1 : 0), "\(length)")
            if length < whole {
                #expect(try DurableFile.read(directory.file("history.json.damaged")).count == length)
            }
        }
    }

    @Test func `settings and machine documents are used whole or not at all`() throws {
        let initial = HostSettings(virtualMachinePath: "/m", virtualHardDiskPath: "/d")
        try SettingsStore(folder: directory.path, initial: initial).update { $0.migrationEnabled = true }
        let store = try MachineStore(folder: directory.file("machines"))
        let place = try store.makeFolder(for: Self.machine, in: store.folder)
        try store.publish(
            MachineDocument(id: Self.machine, name: "web01", memory: .mebibytes(64), creationTime: 1), in: place)
        try forEachTruncation(directory.file("host.json")) { length, whole in
            do throws(Failure) {
                let settings = try SettingsStore(folder: directory.path, initial: initial).current
                // The line feed at the end is no loss.
                #expect(length >= whole - 1 && settings.migrationEnabled)
            } catch {
                #expect(length < whole - 1 && error.is(HostFault.documentDamaged), "\(length): \(error)")
                #expect(error.message.contains("Line "))
            }
        }
        try forEachTruncation("\(place)/machine.json") { length, whole in
            switch store.load(Self.machine) {
            case .machine: #expect(length >= whole - 1)
            case .damaged(_, _, let failure):
                #expect(length < whole - 1 && failure.message.contains("Line "), "\(length): \(failure)")
            }
        }
    }

    @Test func `events go on behind a torn line`() throws {
        do { try EventLog(folder: directory.path).add(.machine, .information, "vm", "one") }
        let path = directory.file("events.jsonl")
        try forEachTruncation(path) { _, _ in
            try EventLog(folder: directory.path).add(.machine, .information, "vm", "two")
            #expect(String(decoding: try DurableFile.read(path), as: UTF8.self).contains(#""two""#))
        }
    }
}
