import FerryCore
import FerryTestKit
import FerryTransfer
import Testing

/// One decision for a move, for ever, whatever is repeated, torn or asked by whom.
@Suite struct WitnessLedgerTests {
    private static let folder = GoldenFile.folder(of: "\(#filePath)")
    private let keys = (source: String(repeating: "1a", count: 32), target: String(repeating: "2b", count: 32))
    private let stranger = String(repeating: "3c", count: 32)

    private func claim(
        _ side: OwnershipSide, migration: String = "90ab12cd-0000-4000-8000-1234567890ab", epoch: UInt64 = 7,
        target: String? = nil
    ) throws -> WitnessClaim {
        try WitnessClaim(
            machine: "6f1c0c1e-9d0a-4a7e-b3b5-0d6c1f2e3a4b", migration: migration, epoch: epoch, source: keys.source,
            target: target ?? keys.target, side: side)
    }

    private func decided(_ sides: OwnershipSide...) throws -> WitnessLedger {
        var ledger = WitnessLedger()
        for side in sides { ledger.append(synced: WitnessLedger.line(try claim(side), time: 1)) }
        return ledger
    }

    @Test func `the first claim wins, and both hosts are told the same for ever`() throws {
        for winner in OwnershipSide.allCases {
            let ledger = try decided(winner)
            for side in OwnershipSide.allCases {
                for key in [keys.source, keys.target] {
                    #expect(try ledger.judge(claim(side), by: key) == .decided(winner))
                    #expect(try ledger.decision(claim(side), by: key) == winner)
                }
            }
        }
        #expect(try WitnessLedger().judge(claim(.source), by: keys.source) == .first)
        // A line of the other side that got into the file as well changes nothing.
        #expect(try decided(.target, .source).judge(claim(.source), by: keys.source) == .decided(.target))
    }

    @Test func `another migration or epoch of the machine is another move`() throws {
        let ledger = try decided(.target)
        #expect(try ledger.judge(claim(.source, epoch: 8), by: keys.source) == .first)
        #expect(
            try ledger.judge(claim(.source, migration: "00000000-0000-4000-8000-000000000001"), by: keys.source)
                == .first)
    }

    @Test func `only the two hosts of the first claim are answered`() throws {
        let ledger = try decided(.target)
        for (claim, key) in [
            (try claim(.source), stranger), (try claim(.source, target: stranger), keys.source),
            (try claim(.source, target: stranger), stranger),
        ] {
            let failure = #expect(throws: Failure.self) { _ = try ledger.judge(claim, by: key) }
            #expect(failure?.is(TransferFault.authenticationFailed) == true)
            #expect(throws: Failure.self) { _ = try ledger.mustSettle(claim, by: key) }
        }
        // Each host is done for itself only.
        #expect(throws: Failure.self) { _ = try ledger.mustSettle(claim(.source), by: keys.target) }
        #expect(throws: Failure.self) { _ = try claim(.source, target: keys.source) }
    }

    @Test func `a decision is forgotten once both hosts are done, and not before`() throws {
        var ledger = try decided(.source)
        #expect(try ledger.mustSettle(claim(.source), by: keys.source))
        ledger.append(synced: WitnessLedger.line(settled: try claim(.source), time: 2))
        #expect(try !ledger.mustSettle(claim(.source), by: keys.source))
        #expect(try ledger.judge(claim(.target), by: keys.target) == .decided(.source))
        // Also from the file written anew.
        #expect(try WitnessLedger(ledger.compact).entries == ledger.entries)
        ledger.append(synced: WitnessLedger.line(settled: try claim(.target), time: 3))
        #expect(ledger.entries.isEmpty && ledger.compact.isEmpty)
        #expect(try !ledger.mustSettle(claim(.target), by: keys.target))
    }

    @Test func `a full ledger tells what it has decided and decides nothing new`() throws {
        var ledger = WitnessLedger(limit: 1)
        ledger.append(synced: WitnessLedger.line(try claim(.target), time: 1))
        #expect(try ledger.judge(claim(.source), by: keys.source) == .decided(.target))
        let failure = #expect(throws: Failure.self) {
            _ = try ledger.judge(claim(.source, epoch: 8), by: keys.source)
        }
        #expect(failure?.message.contains("keeps 1 decisions already") == true)
    }

    @Test func `its lines are what version 1 wrote, both ways and cut anywhere`() throws {
        let lines = [
            WitnessLedger.line(try claim(.source), time: 1_700_000_000_123),
            WitnessLedger.line(try claim(.target, epoch: .max), time: 1_700_000_000_124),
            WitnessLedger.line(settled: try claim(.target), time: 1_700_000_000_125),
            WitnessLedger.line(settled: try claim(.source), time: 1_700_000_000_126),
        ]
        let written = lines.flatMap(\.self)
        let golden = try GoldenFile.text("\(Self.folder)/witness-ledger.txt", now: written)
        #expect(written == golden)
        for count in 0...golden.count {
            let ledger = try WitnessLedger(Array(golden[..<count]))
            let complete = lines.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }.last { $0 <= count }
            #expect(ledger.validByteCount == complete)
            #expect(ledger.entries.count == [0: 0, 1: 1, 2: 2, 3: 2, 4: 1][ledger.lineCount])
        }
    }

    @Test func `damage before the last line is refused, and a torn end is not`() throws {
        var bytes = WitnessLedger.line(try claim(.source), time: 1)
        bytes += WitnessLedger.line(try claim(.source, epoch: 8), time: 2)
        var torn = bytes
        torn[torn.count - 3] ^= 1
        #expect(try WitnessLedger(torn).entries.count == 1)
        bytes[20] ^= 1
        let failure = #expect(throws: Failure.self) { _ = try WitnessLedger(bytes) }
        #expect(failure?.is(TransferFault.recordDamaged) == true)
    }
}
