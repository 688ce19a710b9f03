import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// What a witness keeps on its disk.
@Suite struct WitnessBookTests {
    private let directory: TemporaryDirectory
    private let keys = (source: String(repeating: "1a", count: 32), target: String(repeating: "2b", count: 32))

    init() throws { directory = try TemporaryDirectory() }

    private func claim(_ side: OwnershipSide, epoch: UInt64 = 7) throws -> WitnessClaim {
        try WitnessClaim(
            machine: "6f1c0c1e-9d0a-4a7e-b3b5-0d6c1f2e3a4b", migration: "90ab12cd-0000-4000-8000-1234567890ab",
            epoch: epoch, source: keys.source, target: keys.target, side: side)
    }

    private func expect(_ answer: WitnessBook.Answer, _ decision: OwnershipSide, isNew: Bool = false) {
        #expect(answer.decision == decision)
        #expect(answer.isNew == isNew)
    }

    private var book: WitnessBook { WitnessBook(folder: directory.file("witness")) }
    private var ledger: String { directory.file("witness/ledger") }

    @Test func `a decision outlives the host's lives, and the first claim alone is one`() throws {
        #expect(try book.look(claim(.source), by: keys.source).decision == nil)
        #expect(!Folder.exists(directory.file("witness")), "looking makes nothing")
        try expect(book.claim(claim(.target), by: keys.target), .target, isNew: true)
        let size = try DurableFile.read(ledger).count
        for side in OwnershipSide.allCases {
            let again = book
            try expect(again.claim(claim(side), by: keys.source), .target)
            try expect(again.look(claim(side), by: keys.target), .target)
        }
        #expect(try DurableFile.read(ledger).count == size)
    }

    @Test func `a line that power tore off was told to nobody, and the next claim takes its place`() throws {
        _ = try book.claim(claim(.target), by: keys.target)
        let whole = try DurableFile.read(ledger)
        for count in 1..<whole.count {
            try DurableFile.replace(ledger, with: Array(whole[..<count]))
            try expect(book.claim(claim(.source), by: keys.source), .source, isNew: true)
            #expect(try book.look(claim(.target), by: keys.target).decision == .source)
        }
    }

    @Test func `a damaged ledger decides nothing, not even anew`() throws {
        _ = try book.claim(claim(.target), by: keys.target)
        _ = try book.claim(claim(.target, epoch: 8), by: keys.target)
        var bytes = try DurableFile.read(ledger)
        bytes[10] ^= 1
        try DurableFile.replace(ledger, with: bytes)
        let damaged = book
        #expect(damaged.damage?.advice.contains(ledger) == true)
        for epoch in [UInt64(7), 8, 9] {
            #expect(throws: Failure.self) { _ = try damaged.claim(claim(.source, epoch: epoch), by: keys.source) }
        }
        #expect(try DurableFile.read(ledger) == bytes)
    }

    @Test func `a long ledger is written anew without what both hosts are done with`() throws {
        var bytes: [UInt8] = []
        for epoch in UInt64(1)...2000 {
            bytes += WitnessLedger.line(try claim(.target, epoch: epoch), time: epoch)
            for side in OwnershipSide.allCases where epoch != 5 || side == .source {
                bytes += WitnessLedger.line(settled: try claim(side, epoch: epoch), time: epoch)
            }
        }
        try Folder.create(directory.file("witness"))
        try DurableFile.replace(ledger, with: bytes)
        let book = book
        #expect(try DurableFile.read(ledger).count < 1000)
        #expect(try book.look(claim(.source, epoch: 5), by: keys.source).decision == .target)
        try book.settle(claim(.target, epoch: 5), by: keys.target)
        #expect(try WitnessLedger(DurableFile.read(ledger)).entries.isEmpty)
    }
}
