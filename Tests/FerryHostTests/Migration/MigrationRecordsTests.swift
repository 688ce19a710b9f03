import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

struct MigrationRecordsTests {
    private let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    private static let machine = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"

    private func context(_ migration: String, _ side: MigrationContext.MigrationSide = .target) -> MigrationContext {
        MigrationContext(
            migration: migration, side: side, machine: Self.machine, machineName: "vm", epoch: 4, peerName: "B",
            peerFingerprint: "ff", disks: [])
    }

    @Test func `another life finds the records, and what is closed still answers`() throws {
        let migration = MigrationID.make().description
        do {
            let records = try MigrationRecords(folder: directory.path)
            let log = try records.begin(context(migration))
            #expect(log.role == nil)
            try log.append(.prepared)
            try log.append(.prepared)
            try log.append(.ready)
            #expect(log.journal.records.map(\.role) == [.prepared, .ready])
            #expect(throws: Failure.self) { _ = try records.begin(context(migration)) }
        }
        let records = try MigrationRecords(folder: directory.path)
        let found = try records.unsettled()
        #expect(found.count == 1)
        let log = try found[0].get()
        #expect(log.role == .ready && log.context == context(migration))
        #expect(try records.newest(migration)?.role == .ready)
        try log.append(.refused)
        try records.close(log)
        #expect(records.log(migration) == nil)
        #expect(try records.newest(migration)?.role == .refused)
        let again = try MigrationRecords(folder: directory.path)
        #expect(try again.unsettled().isEmpty)
        #expect(try again.newest(migration)?.role == .refused)
        #expect(try again.context(migration) == context(migration))
        try again.prune(keeping: [])
        #expect(try again.newest(migration) == nil)
    }

    @Test func `a record that was torn by a crash is cut, and the next one follows the last whole one`() throws {
        let migration = MigrationID.make().description
        let path = directory.file("open/\(migration)/owner")
        do {
            let records = try MigrationRecords(folder: directory.path)
            let log = try records.begin(context(migration))
            try log.append(.prepared)
            try log.append(.ready)
        }
        let whole = try DurableFile.read(path)
        try DurableFile.replace(path, with: Array(whole.dropLast(7)))
        let log = try MigrationRecords(folder: directory.path).unsettled()[0].get()
        #expect(log.role == .prepared)
        try log.append(.refused)
        #expect(try OwnershipJournal(DurableFile.read(path)).records.map(\.role) == [.prepared, .refused])
    }

    @Test func `damage is a failure for one move, not for the others`() throws {
        let migrations = [MigrationID.make().description, MigrationID.make().description]
        do {
            let records = try MigrationRecords(folder: directory.path)
            for migration in migrations { try records.begin(context(migration)).append(.prepared) }
        }
        let path = directory.file("open/\(migrations[0])/owner")
        try DurableFile.replace(path, with: Array("nonsense\n".utf8) + DurableFile.read(path))
        let found = try MigrationRecords(folder: directory.path).unsettled()
        #expect(found.count == 2)
        #expect(found.count { (try? $0.get()) != nil } == 1)
    }

    @Test func `names from a peer never become paths`() throws {
        let records = try MigrationRecords(folder: directory.path)
        for name in ["../../etc", "", "x", MigrationID.make().description.uppercased()] {
            #expect(try records.newest(name) == nil)
            #expect(try records.context(name) == nil)
        }
    }

    @Test func `the count of owners never falls`() throws {
        let records = try MigrationRecords(folder: directory.path)
        try records.setEpoch(3, of: Self.machine)
        try records.setEpoch(2, of: Self.machine)
        #expect(try MigrationRecords(folder: directory.path).epoch(of: Self.machine) == 3)
    }
}
