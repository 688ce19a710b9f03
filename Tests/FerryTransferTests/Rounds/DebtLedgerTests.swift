import FerryCore
import FerryTestKit
import FerryTransfer
import Testing

/// Expectations copy what they look at, and a ledger cannot be copied: it is looked at through this.
private final class Book {
    private var ledger: DebtLedger

    init(_ lanes: [LaneKind], _ cut: DebtLedger.Cut = .init()) { ledger = DebtLedger(lanes: lanes, cut: cut) }

    var isSettled: Bool { ledger.isSettled }
    var isClear: Bool { ledger.isClear }
    var round: Int { ledger.round }
    var total: LaneMeter { ledger.total }
    var strandedConnections: [ConnectionID] { ledger.strandedConnections }
    func meter(of kind: LaneKind) -> LaneMeter { ledger.meter(of: kind) }
    func debts() -> [LaneKind: ExtentSet] { ledger.debts() }
    func beginRound(_ number: Int) { ledger.beginRound(number) }
    func owe(_ found: ExtentSet, of kind: LaneKind) { ledger.owe(found, of: kind) }
    func take(for connection: ConnectionID) -> WorkItem? { ledger.take(for: connection) }
    @discardableResult func lose(_ connection: ConnectionID) -> UInt64 { ledger.lose(connection) }
    func retire(_ connection: ConnectionID) { ledger.retire(connection) }
    @discardableResult
    func acknowledge(_ connection: ConnectionID, through sequence: UInt64) throws(Failure) -> UInt64 {
        try ledger.acknowledge(connection, through: sequence)
    }
    func giveBack() -> [LaneKind: ExtentSet] {
        var last = DebtLedger(lanes: [])
        swap(&last, &ledger)
        return last.giveBack()
    }
}

@Suite("DebtLedger", .seeded)
struct DebtLedgerTests {
    private let page: UInt64 = 4096
    private let first = ConnectionID(1)
    private let second = ConnectionID(2)

    private func pages(_ numbers: some Sequence<Int>) -> ExtentSet {
        ExtentSet(numbers.map { Extent(offset: UInt64($0) * page, length: page) })
    }

    private func ledger(items: Int = 4) -> Book {
        Book([.memory, .disk(index: 0)], .init(itemBytes: UInt64(items) * page, itemExtents: 3))
    }

    @Test func `what is surveyed is owed, then in flight, then gone`() throws {
        let ledger = ledger()
        ledger.owe(pages(0..<4), of: .memory)
        #expect(ledger.meter(of: .memory).owed == 4 * page)
        let item = try #require(ledger.take(for: first))
        #expect(item.sequence == 1 && item.byteCount == 4 * page && item.lane == .memory)
        #expect(ledger.meter(of: .memory).inFlight == 4 * page)
        #expect(ledger.take(for: first) == nil)
        #expect(!ledger.isSettled)
        #expect(try ledger.acknowledge(first, through: 1) == 4 * page)
        #expect(ledger.isClear)
        #expect(ledger.meter(of: .memory).acknowledged == 4 * page)
    }

    @Test func `items end at multiples of their length and hold few extents`() throws {
        let ledger = ledger()
        ledger.owe(ExtentSet([Extent(offset: page, length: 10 * page)]), of: .disk(index: 0))
        ledger.owe(pages([20, 22, 24, 26, 28]), of: .memory)
        var items: [WorkItem] = []
        while let item = ledger.take(for: first) { items.append(item) }
        for item in items {
            #expect(item.extents.count <= 3 && item.byteCount <= 4 * page)
            for extent in item.extents {
                #expect(extent.offset / (4 * page) == (extent.end - 1) / (4 * page), "an extent crosses a multiple")
            }
        }
        #expect(items.map(\.sequence) == Array(1...UInt64(items.count)))
        #expect(items.reduce(0) { $0 + $1.byteCount } == 15 * page)
    }

    @Test func `an acknowledgement covers all items before it, and repeats say nothing`() throws {
        let ledger = ledger(items: 1)
        ledger.owe(pages(0..<5), of: .memory)
        while ledger.take(for: first) != nil {}
        #expect(try ledger.acknowledge(first, through: 3) == 3 * page)
        #expect(try ledger.acknowledge(first, through: 2) == 0)
        #expect(try ledger.acknowledge(first, through: 3) == 0)
        #expect(try ledger.acknowledge(first, through: 5) == 2 * page)
    }

    @Test func `an acknowledgement of what was never sent is the peer's fault and changes nothing`() {
        let ledger = ledger()
        ledger.owe(pages(0..<4), of: .memory)
        _ = ledger.take(for: first)
        for (connection, sequence) in [(first, UInt64(2)), (first, .max), (second, 1)] {
            do throws(Failure) {
                try ledger.acknowledge(connection, through: sequence)
                Issue.record("\(connection) \(sequence) was believed")
            } catch { #expect(error.is(TransferFault.protocolViolation)) }
        }
        #expect(ledger.meter(of: .memory).inFlight == 4 * page)
    }

    @Test func `a lost connection's items wait for the target's confirmation`() throws {
        let ledger = ledger(items: 1)
        ledger.owe(pages(0..<3), of: .memory)
        _ = ledger.take(for: first)
        _ = ledger.take(for: first)
        try ledger.acknowledge(first, through: 1)
        #expect(ledger.lose(first) == page)
        #expect(ledger.strandedConnections == [first])
        #expect(try ledger.acknowledge(first, through: 2) == 0, "its acknowledgements say nothing any more")
        #expect(ledger.take(for: first) == nil)
        #expect(ledger.take(for: second)?.extents.first?.offset == 2 * page)
        #expect(ledger.take(for: second) == nil, "the stranded page is not to be had yet")
        try ledger.acknowledge(second, through: 1)
        #expect(!ledger.isSettled)
        ledger.retire(first)
        #expect(ledger.take(for: second)?.extents.first?.offset == page)
        try ledger.acknowledge(second, through: 2)
        #expect(ledger.isClear)
        #expect(ledger.meter(of: .memory).returned == page)
    }

    @Test func `before the round's first item what is found twice is one debt`() {
        let ledger = ledger()
        ledger.owe(pages(0..<4), of: .memory)
        ledger.owe(pages(2..<6), of: .memory)
        #expect(ledger.meter(of: .memory).owed == 6 * page)
        #expect(ledger.meter(of: .memory).deferred == 0)
    }

    @Test func `after it, what is found again waits for the next round`() throws {
        let ledger = ledger()
        ledger.owe(pages(0..<4), of: .memory)
        _ = ledger.take(for: first)
        ledger.owe(pages([1, 9]), of: .memory)
        #expect(ledger.meter(of: .memory).deferred == page)
        #expect(ledger.take(for: second)?.extents.first?.offset == 9 * page)
        try ledger.acknowledge(first, through: 1)
        try ledger.acknowledge(second, through: 1)
        #expect(ledger.isSettled && !ledger.isClear)
        ledger.beginRound(1)
        let again = try #require(ledger.take(for: first))
        #expect(again.round == 1 && Array(again.extents) == [Extent(offset: page, length: page)])
        try ledger.acknowledge(first, through: 2)
        #expect(ledger.isClear)
    }

    @Test func `giving back returns everything that is not acknowledged`() throws {
        let ledger = ledger(items: 1)
        ledger.owe(pages(0..<6), of: .memory)
        ledger.owe(pages([3]), of: .disk(index: 0))
        for _ in 0..<2 { _ = ledger.take(for: first) }
        for _ in 0..<2 { _ = ledger.take(for: second) }
        ledger.owe(pages([0]), of: .memory)
        try ledger.acknowledge(first, through: 1)
        ledger.lose(second)
        let owed = ledger.giveBack()
        #expect(owed[.memory] == pages(0..<6), "page 0 was acknowledged and found again")
        #expect(owed[.disk(index: 0)] == pages([3]))
    }

    /// Against sets of pages: whatever happens, nothing is forgotten, nothing is in two places, nothing is sent twice in a round.
    @Test func `any sequence of operations keeps the model's books`() throws {
        let file = String(#filePath.dropLast("Rounds/DebtLedgerTests.swift".count)) + "Seeds/DebtLedger.txt"
        for seed in SeedList.seeds(at: file, fresh: 400, salt: "ledger") {
            var chance = SeededGenerator(seed: seed)
            let ledger = ledger(items: Int.random(in: 1...5, using: &chance))
            var unacknowledged: [LaneKind: Set<Int>] = [.memory: [], .disk(index: 0): []]
            var inFlight: [ConnectionID: [(sequence: UInt64, lane: LaneKind, pages: [Int])]] = [:]
            var lost: Set<ConnectionID> = []
            var again: [LaneKind: Set<Int>] = [:]
            var sentThisRound: [LaneKind: Set<Int>] = [:]
            var nextConnection: UInt32 = 3
            var live: [ConnectionID] = [first, second]
            var acknowledgedBefore: UInt64 = 0
            func numbers(_ extents: some Sequence<Extent>) -> [Int] {
                extents.flatMap { Int($0.offset / page)..<Int($0.end / page) }
            }

            for _ in 0..<Int.random(in: 20...200, using: &chance) {
                switch Int.random(in: 0..<10, using: &chance) {
                case 0, 1:
                    let lane: LaneKind = Bool.random(using: &chance) ? .memory : .disk(index: 0)
                    let found = (0..<Int.random(in: 1...8, using: &chance)).map { _ in
                        Int.random(in: 0..<64, using: &chance)
                    }
                    ledger.owe(pages(found.sorted()), of: lane)
                    for number in found {
                        if sentThisRound[lane, default: []].contains(number) { again[lane, default: []].insert(number) }
                        unacknowledged[lane, default: []].insert(number)
                    }
                case 2, 3, 4:
                    guard let connection = live.randomElement(using: &chance), let item = ledger.take(for: connection)
                    else {
                        break
                    }
                    let taken = numbers(item.extents)
                    for number in taken {
                        let isReturned = inFlight.values.joined().contains {
                            $0.lane == item.lane && $0.pages.contains(number)
                        }
                        #expect(!isReturned, "seed \(seed): page \(number) is in flight twice")
                        sentThisRound[item.lane, default: []].insert(number)
                    }
                    inFlight[connection, default: []].append((item.sequence, item.lane, taken))
                case 5, 6, 7:
                    guard let connection = live.randomElement(using: &chance), let items = inFlight[connection],
                        let last = items.randomElement(using: &chance)
                    else { break }
                    try ledger.acknowledge(connection, through: last.sequence)
                    for item in items where item.sequence <= last.sequence {
                        for number in item.pages where !again[item.lane, default: []].contains(number) {
                            unacknowledged[item.lane]?.remove(number)
                        }
                    }
                    inFlight[connection] = items.filter { $0.sequence > last.sequence }
                case 8:
                    if let connection = live.randomElement(using: &chance), inFlight[connection] != nil {
                        ledger.lose(connection)
                        lost.insert(connection)
                        live.removeAll { $0 == connection }
                        live.append(ConnectionID(nextConnection))
                        nextConnection += 1
                    } else if let connection = lost.popFirst() {
                        ledger.retire(connection)
                        inFlight[connection] = nil
                    }
                default:
                    guard ledger.isSettled else { break }
                    ledger.beginRound(ledger.round + 1)
                    again = [:]
                    sentThisRound = [:]
                }
                let total = ledger.total
                #expect(total.surveyed == total.acknowledged + total.pending, "seed \(seed)")
                #expect(total.acknowledged >= acknowledgedBefore)
                acknowledgedBefore = total.acknowledged
                let flying = inFlight.values.joined().reduce(0) { $0 + $1.pages.count }
                #expect(total.inFlight == UInt64(flying) * page, "seed \(seed)")
            }
            let debts = ledger.debts()
            for (lane, expected) in unacknowledged {
                let actual = Set(numbers(debts[lane]?.extents ?? []))
                // What was surveyed beside something found again may wait a round longer; nothing may be missing.
                #expect(actual.isSuperset(of: expected), "seed \(seed): \(lane) forgot \(expected.subtracting(actual))")
            }
        }
    }

    @Test func `half a million extents are no work`() throws {
        let ledger = Book([.memory])
        let count = 250_000
        let clock = ContinuousClock()
        let began = clock.now
        ledger.owe(pages(stride(from: 0, to: count * 4, by: 4)), of: .memory)
        // The frozen guest's harvest joins a round that has not begun to be sent: every second extent is new, between the others.
        ledger.owe(pages(stride(from: 2, to: count * 4, by: 4)), of: .memory)
        var items: UInt64 = 0
        while ledger.take(for: first) != nil {
            items += 1
            if items % 64 == 0 { try ledger.acknowledge(first, through: items) }
        }
        try ledger.acknowledge(first, through: items)
        #expect(ledger.isClear)
        #expect(ledger.meter(of: .memory).acknowledged == UInt64(2 * count) * page)
        // Quadratic work would take minutes.
        #expect(clock.now - began < .seconds(20))
    }
}
