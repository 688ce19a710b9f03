import FerryCore
import FerryTestKit
import FerryTransfer
import Testing

/// The journal lines of version 1, every role at either end.
@Suite struct OwnershipGoldenTests {
    private static let folder = GoldenFile.folder(of: "\(#filePath)")

    private static func records(_ side: OwnershipSide) throws -> [OwnershipRecord] {
        try OwnershipRole.allCases.map { role in
            try OwnershipRecord(
                role, side: side, machine: "6f1c0c1e-9d0a-4a7e-b3b5-0d6c1f2e3a4b",
                migration: "90ab12cd-0000-4000-8000-1234567890ab", epoch: .max, time: 1_700_000_000_123)
        }
    }

    @Test(arguments: OwnershipSide.allCases)
    func `every role's line is what version 1 wrote, both ways and cut anywhere`(_ side: OwnershipSide) throws {
        let records = try Self.records(side)
        let written = records.flatMap { OwnershipJournal.line($0) }
        let golden = try GoldenFile.text("\(Self.folder)/ownership-\(side).txt", now: written)
        #expect(written == golden)
        #expect(try OwnershipJournal(golden).records == records)
        for count in 0..<golden.count {
            let journal = try OwnershipJournal(Array(golden[..<count]))
            #expect(journal.records == Array(records.prefix(journal.records.count)))
            #expect(
                journal.validByteCount == records.prefix(journal.records.count).flatMap(OwnershipJournal.line).count)
        }
    }
}
