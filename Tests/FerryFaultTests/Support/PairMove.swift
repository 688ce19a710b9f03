import FerryContract
import FerryCore
import FerryHTTP

/// One move, as an administrator of the source asks for it.
struct PairMove: Sendable {
    let connection: HTTPHostConnection
    let request: MoveMachineRequest

    /// Returns when the move is over, or the host that was asked is gone.
    func run() async throws(Failure) -> MigrationReport {
        try await FaultHost.complete(request, connection).migration
    }

    /// Starts it; what came of it, in words, is in the outcome once it is over.
    func begin() -> MoveOutcome {
        let outcome = MoveOutcome()
        Task {
            let words: String
            do throws(Failure) { words = try await run().status.rawValue } catch { words = error.explanation }
            outcome.end(words)
        }
        return outcome
    }
}
