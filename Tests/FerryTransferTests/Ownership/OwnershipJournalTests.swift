import FerryCore
import FerryTestKit
import FerryTransfer
import Testing

@Suite("OwnershipJournal", .seeded)
struct OwnershipJournalTests {
    private func record(_ role: OwnershipRole, side: OwnershipSide = .source, epoch: UInt64 = 3) throws
        -> OwnershipRecord
    {
        try OwnershipRecord(
            role, side: side, machine: "6f1c0c1e-9d0a-4a7e-b3b5-0d6c1f2e3a4b",
            migration: "90ab12cd-0000-4000-8000-1234567890ab", epoch: epoch, time: 1_700_000_000_123)
    }

    private func bytes(_ records: [OwnershipRecord]) -> [UInt8] { records.flatMap { OwnershipJournal.line($0) } }

    @Test func `a line is what version 1 wrote`() throws {
        let line = OwnershipJournal.line(try record(.ready, side: .target))
        #expect(
            String(decoding: line, as: UTF8.self)
                == "ferry1 READY target 6f1c0c1e-9d0a-4a7e-b3b5-0d6c1f2e3a4b 90ab12cd-0000-4000-8000-1234567890ab 3 "
                + "1700000000123 19534e8d\n")
    }

    @Test func `every role survives the trip`() throws {
        for side in OwnershipSide.allCases {
            let records = try OwnershipRole.allCases.map { try record($0, side: side) }
            let journal = try OwnershipJournal(bytes(records))
            #expect(journal.records == records)
            #expect(journal.validByteCount == bytes(records).count)
        }
    }

    @Test func `cut anywhere, the whole lines before the cut remain`() throws {
        let records = try [record(.owner), record(.released), record(.gone)]
        let whole = bytes(records)
        let length = OwnershipJournal.line(records[0]).count
        for cut in 0...whole.count {
            let journal = try OwnershipJournal(Array(whole[..<cut]))
            #expect(
                journal.records == Array(records.prefix { _ in true }.prefix(wholeLines(records, cut))), "cut at \(cut)"
            )
            #expect(journal.validByteCount <= cut)
            #expect(cut < length || !journal.records.isEmpty)
        }
    }

    private func wholeLines(_ records: [OwnershipRecord], _ cut: Int) -> Int {
        var end = 0
        return records.prefix {
            end += OwnershipJournal.line($0).count
            return end <= cut
        }.count
    }

    @Test func `a damaged last line is ignored, damage before it is refused`() throws {
        let records = try [record(.owner), record(.released)]
        let whole = bytes(records)
        let first = OwnershipJournal.line(records[0]).count
        for index in whole.indices where whole[index] != UInt8(ascii: "\n") {
            var damaged = whole
            damaged[index] ^= 0x01
            if damaged[index] == UInt8(ascii: "\n") { continue }
            if index < first {
                #expect(throws: Failure.self, "byte \(index)") { try OwnershipJournal(damaged) }
            } else {
                #expect(try OwnershipJournal(damaged).records == [records[0]], "byte \(index)")
            }
        }
    }

    @Test func `random bytes are an empty journal or a failure, never a record`() {
        var generator = SeededGenerator(salt: "journal")
        for _ in 0..<2000 {
            let bytes = generator.bytes(Int.random(in: 0...300, using: &generator))
            do { #expect(try OwnershipJournal(bytes).records.isEmpty) } catch {
                #expect(error.is(TransferFault.recordDamaged))
            }
        }
    }

    @Test func `a record of another migration does not belong in the journal`() throws {
        let other = try OwnershipRecord(.gone, side: .source, machine: "m", migration: "other", epoch: 3, time: 0)
        #expect(throws: Failure.self) { try OwnershipJournal(bytes([record(.owner), other])) }
        #expect(throws: Failure.self) { try OwnershipJournal(bytes([record(.owner), record(.gone, epoch: 4)])) }
    }

    @Test func `an identifier that could break a line is refused`() {
        for id in ["", "a b", "a\nb", String(repeating: "a", count: 65), "ä"] {
            #expect(throws: Failure.self) {
                try OwnershipRecord(.owner, side: .source, machine: id, migration: "m", epoch: 1, time: 0)
            }
        }
    }

    @Test func `appending keeps the place of the next line`() throws {
        var journal = OwnershipJournal()
        let records = try [record(.owner), record(.refused)]
        for record in records { journal.append(synced: record) }
        #expect(journal == (try OwnershipJournal(bytes(records))))
        #expect(journal.standing(isRunning: true) == OwnershipStanding(role: .refused, epoch: 3, isRunning: true))
        #expect(OwnershipJournal().standing(isRunning: false).role == nil)
    }
}
