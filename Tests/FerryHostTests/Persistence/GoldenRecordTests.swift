import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// What version 1 of a host keeps on its disk and prints for another host, byte for byte.
@Suite struct GoldenRecordTests {
    private static let golden = GoldenFile.folder(of: "\(#filePath)")
    private let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    // MARK: Undo journal

    /// One of each; the switch does not compile while a case is missing.
    private static let undos: [MigrationUndo] = [
        .removeFile(path: "/srv/disks/web 01.qcow2"), .removeEmptyFolder(path: "/srv/disks"),
        .removeTree(path: "/var/lib/ferry/machines/0b1c"), .endStorageDaemon(socket: "/run/ferry/x.sock"),
        .removeTracking(machine: "0b1c2d3e-0000-4000-8000-000000000001"),
        .removePlannedMachine(machine: "0b1c2d3e-0000-4000-8000-000000000001"),
    ]

    private static func number(_ undo: MigrationUndo) -> Int {
        switch undo {
        case .removeFile: 0
        case .removeEmptyFolder: 1
        case .removeTree: 2
        case .endStorageDaemon: 3
        case .removeTracking: 4
        case .removePlannedMachine: 5
        }
    }

    @Test func `the lines of an undo journal are what version 1 wrote, both ways and cut anywhere`() throws {
        #expect(Self.undos.map(Self.number) == Array(0..<6))
        let path: String
        do {
            let journal = try MigrationJournal(folder: directory.path, migration: "m1")
            path = journal.path
            try journal.willMake(.removeFile(path: "/kept"))
            try journal.keepEverything()
            for undo in Self.undos { try journal.willMake(undo) }
            try journal.unmade(2)
        }
        let written = try DurableFile.read(path)
        let golden = try GoldenFile.text("\(Self.golden)/undo.journal", now: written)
        #expect(String(decoding: written, as: UTF8.self) == String(decoding: golden, as: UTF8.self))

        let ends = golden.indices.filter { golden[$0] == UInt8(ascii: "\n") }
        for count in 0...golden.count {
            try DurableFile.replace(path, with: Array(golden[..<count]))
            let open = try MigrationJournal(folder: directory.path, migration: "m1").open
            let expected: [MigrationUndo] =
                switch ends.prefix(while: { $0 < count }).count {
                case 0: []
                case 1: [.removeFile(path: "/kept")]
                case 2: []
                case 9: Self.undos.filter { Self.number($0) != 1 }
                case let lines: Array(Self.undos.prefix(lines - 2))
                }
            #expect(open == expected, "cut at \(count)")
        }
    }

    // MARK: The context of a move

    @Test(arguments: [MigrationContext.MigrationSide.source, .target])
    func `the context of a move is what version 1 wrote, both ways, and one that is cut is a damaged record`(
        _ side: MigrationContext.MigrationSide
    ) throws {
        let context = MigrationContext(
            migration: "90ab12cd-0000-4000-8000-1234567890ab", side: side,
            machine: "0b1c2d3e-0000-4000-8000-000000000001", machineName: "web \"01\" größer", epoch: 7,
            peerName: "NODE2", peerFingerprint: String(repeating: "5a", count: 32),
            disks: side == .source ? ["/srv/disks/web01.qcow2", "/srv/disks/data.raw"] : [])
        let folder = directory.file("records")
        let file = "\(folder)/open/\(context.migration)/context.json"
        do {
            let records = try MigrationRecords(folder: folder)
            _ = try records.begin(context)
        }
        let written = try DurableFile.read(file)
        let golden = try GoldenFile.text("\(Self.golden)/context-\(side).json", now: written)
        #expect(String(decoding: written, as: UTF8.self) == String(decoding: golden, as: UTF8.self))
        func found(_ bytes: [UInt8]) throws -> Result<MigrationLog, Failure>? {
            try DurableFile.replace(file, with: bytes)
            return try MigrationRecords(folder: folder).unsettled().first
        }
        #expect(try found(golden)?.get().context == context)
        for count in 0..<golden.count {
            guard case .failure(let failure) = try found(Array(golden[..<count])) else {
                Issue.record("cut at \(count) it is taken for whole")
                continue
            }
            #expect(failure.is(TransferFault.recordDamaged))
        }
    }

    // MARK: The trust token

    private static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        guard let folder = try? TemporaryDirectory(), (try? DurableFile.replace(folder.file("x"), with: bytes)) != nil,
            let text = try? FileDigest.sha256(folder.file("x"))
        else { return [] }
        return stride(from: 0, to: 64, by: 2).map { index in
            UInt8(text.dropFirst(index).prefix(2), radix: 16) ?? 0
        }
    }

    @Test func `a trust token is what version 1 printed, both ways, and one that is cut is none`() throws {
        let invitation = TrustInvitation(
            expires: 1_800_000_600, controlPort: 6601, dataPort: 6600, fingerprint: String(repeating: "0f", count: 32),
            secret: (0..<32).map { UInt8($0) }, name: "NODE1", address: "fe80::1%eth0")
        let written = invitation.text(Self.sha256)
        let golden = try GoldenFile.text("\(Self.golden)/token.txt", now: Array("\(written)\n".utf8))
        let text = String(decoding: golden, as: UTF8.self)
        #expect(text == "\(written)\n")
        #expect(try TrustInvitation(parsing: text, Self.sha256) == invitation)
        for count in 0..<written.count {
            let failure = #expect(throws: Failure.self) {
                try TrustInvitation(parsing: String(written.prefix(count)), Self.sha256)
            }
            #expect(failure?.is(TrustFault.tokenMalformed) == true)
        }
    }

    // MARK: The machine's document

    private static func document(whole: Bool) -> MachineDocument {
        var document = MachineDocument(
            id: "0b1c2d3e-0000-4000-8000-000000000001", name: "web01", memory: .mebibytes(512),
            creationTime: 1_700_000_000)
        guard whole else { return document }
        document.generation = 2
        document.processorCount = 4
        document.notes = "line 1\nline 2 \"quoted\" größer"
        document.disks = [
            .init(name: "disk0", path: "/srv/disks/web01.qcow2", format: .qcow2),
            .init(name: "disk1", path: "/srv/disks/data.raw", format: .raw),
        ]
        document.diskCache = .none
        document.network = .user
        document.macAddress = "52:54:00:12:34:56"
        document.kernel = .init(hasInitrd: true, commandLine: "console=ttyS0 quiet")
        return document
    }

    @Test(arguments: [true, false])
    func `a machine's document is what version 1 wrote, both ways, and one that is cut is a damaged machine`(
        whole: Bool
    ) throws {
        let document = Self.document(whole: whole)
        let store = try MachineStore(folder: directory.file("machines"))
        let place = try store.makeFolder(for: document.id, in: directory.file("machines"))
        try store.publish(document, in: place)
        let file = "\(place)/\(MachineDocument.fileName)"
        let written = try DurableFile.read(file)
        let golden = try GoldenFile.text("\(Self.golden)/machine-\(whole ? "whole" : "plain").json", now: written)
        #expect(String(decoding: written, as: UTF8.self) == String(decoding: golden, as: UTF8.self))
        // The last byte is the line's end.
        for count in 0...golden.count where count != golden.count - 1 {
            try DurableFile.replace(file, with: Array(golden[..<count]))
            switch store.load(document.id) {
            case .machine(let loaded, _):
                #expect(count == golden.count)
                #expect(loaded == document)
            case .damaged(_, _, let failure):
                #expect(count < golden.count && failure.is(HostFault.documentDamaged), "\(failure)")
            }
        }
    }
}
