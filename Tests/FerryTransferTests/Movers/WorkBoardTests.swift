import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

@Suite struct WorkBoardTests {
    private let settled = Event()
    private let one = ConnectionID(1)
    private let two = ConnectionID(2)

    private func board() -> WorkBoard {
        let settled = self.settled
        let board = WorkBoard(
            lanes: [.memory], cut: .init(itemBytes: 4096, itemExtents: 1), clock: SystemTime()
        ) { settled.set() }
        board.beginRound(0)
        board.owe(ExtentSet([Extent(offset: 0, length: 3 * 4096)]), of: .memory)
        return board
    }

    private func take(_ board: WorkBoard, _ connection: ConnectionID) -> UInt64? {
        guard case .item(let item) = board.take(for: connection) else { return nil }
        return item.sequence
    }

    @Test func `nothing is handed out before the board is opened`() throws {
        let board = board()
        #expect(take(board, one) == nil)
        board.open()
        #expect(take(board, one) == 1)
        #expect(!settled.isSet)
    }

    @Test func `it settles with the last acknowledgement and closes`() throws {
        let board = board()
        board.open()
        #expect(take(board, one) == 1)
        #expect(take(board, two) == 1)
        #expect(take(board, one) == 2)
        #expect(try board.acknowledge(one, through: 2) == 2)
        #expect(!settled.isSet)
        #expect(try board.acknowledge(two, through: 1) == 1)
        #expect(settled.isSet)
        #expect(board.reached == [.init(connection: 1, sequence: 2), .init(connection: 2, sequence: 1)])
        #expect(board.round(of: .memory).acknowledged == 3 * 4096)
        board.owe(ExtentSet([Extent(offset: 1 << 20, length: 4096)]), of: .memory)
        #expect(take(board, one) == nil)
    }

    @Test func `a board with nothing owed settles at once`() {
        let settled = self.settled
        let board = WorkBoard(lanes: [.memory], clock: SystemTime()) { settled.set() }
        board.beginRound(0)
        board.open()
        #expect(settled.isSet)
    }

    @Test func `what a lost connection carried waits for its retirement`() throws {
        let board = board()
        board.open()
        _ = take(board, one)
        _ = take(board, one)
        _ = take(board, two)
        board.lose(one)
        #expect(take(board, two) == nil)
        #expect(try board.acknowledge(two, through: 1) == 1)
        #expect(!settled.isSet)
        board.retire(one)
        #expect(take(board, two) == 2)
        #expect(take(board, two) == 3)
        #expect(try board.acknowledge(two, through: 3) == 2)
        #expect(settled.isSet)
        #expect(board.reached == [.init(connection: 2, sequence: 3)])
    }

    @Test func `an acknowledgement of what was never sent is the peer's fault`() throws {
        let board = board()
        board.open()
        _ = take(board, one)
        let failure = #expect(throws: Failure.self) { _ = try board.acknowledge(one, through: 9) }
        #expect(failure?.is(TransferFault.protocolViolation) == true)
        #expect(!settled.isSet)
    }

    @Test func `an ended board hands out nothing and wakes who waits`() throws {
        let board = board()
        board.open()
        board.end()
        guard case .ended = board.take(for: one) else {
            Issue.record("not ended")
            return
        }
        board.waitForWork(until: .scaled(.seconds(30)))
        #expect(board.giveBack() == [.memory: ExtentSet([Extent(offset: 0, length: 3 * 4096)])])
    }

    @Test func `a round is sealed only when each connection got exactly so far`() throws {
        let medium = ArrayMedium([UInt8](repeating: 0, count: 8192))
        let intake = Intake(sinks: [DiskSink(index: 0, target: ArrayDisk(medium))])
        intake.begin(round: 4)
        #expect(throws: Failure.self) { try intake.seal(round: 3, reached: []) }
        #expect(throws: Failure.self) { try intake.seal(round: 4, reached: [.init(connection: 1, sequence: 1)]) }
        try intake.seal(round: 4, reached: [])
        #expect(throws: Failure.self) { try intake.seal(round: 4, reached: []) }
    }
}
