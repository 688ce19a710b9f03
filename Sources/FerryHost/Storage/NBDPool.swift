package import FerryCore
import Synchronization

/// Connections to one NBD export, lent to one thread at a time and kept for the next.
///
/// There is no upper bound of its own: a lane's movers are the bound. A connection that failed is not kept.
package final class NBDPool: Sendable {
    private struct State: Sendable {
        var idle: [NBDConnection] = []
        var isClosed = false
    }

    package let capacity: UInt64
    private let socket: String
    private let export: String
    private let context: String?
    private let deadline: Duration
    private let interruption: CancellationToken?
    private let state: Mutex<State>

    /// Opens the first connection, which tells the export's size.
    package init(
        socket: String, export: String, context: String? = nil, deadline: Duration = .seconds(60),
        interruption: CancellationToken? = nil
    ) throws(Failure) {
        let first = try NBDConnection(
            socket: socket, export: export, context: context, deadline: deadline, interruption: interruption)
        self.interruption = interruption
        capacity = first.capacity
        self.socket = socket
        self.export = export
        self.context = context
        self.deadline = deadline
        state = Mutex(State(idle: [first]))
    }

    /// A connection for the caller alone, until `giveBack`. One that failed is closed and not given back.
    package func take() throws(Failure) -> NBDConnection {
        let (kept, isClosed) = state.withLock { ($0.idle.popLast(), $0.isClosed) }
        guard !isClosed else {
            throw Failure(StorageFault.blockTransferFailed, "Block export \(export) has been closed.", target: export)
        }
        if let kept { return kept }
        return try NBDConnection(
            socket: socket, export: export, context: context, deadline: deadline, interruption: interruption)
    }

    package func giveBack(_ connection: NBDConnection) {
        let isKept = state.withLock { state in
            guard !state.isClosed else { return false }
            state.idle.append(connection)
            return true
        }
        if !isKept { connection.close() }
    }

    package func withConnection<Result>(
        _ body: (NBDConnection) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let connection = try take()
        do throws(Failure) {
            let result = try body(connection)
            giveBack(connection)
            return result
        } catch {
            connection.close()
            throw error
        }
    }

    /// Closes what is idle now and what is lent as it comes back. Idempotent.
    package func close() {
        let idle = state.withLock { state in
            defer { state.idle = [] }
            state.isClosed = true
            return state.idle
        }
        for connection in idle { connection.close() }
    }
}
