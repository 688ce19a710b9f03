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

    /// Starts it; what came of it, in words, is in the box once it is over.
    func begin() -> Box<String?> {
        let outcome = Box<String?>(nil)
        Task {
            let words: String
            do throws(Failure) { words = try await run().status.rawValue } catch { words = error.explanation }
            outcome.update { $0 = words }
        }
        return outcome
    }
}
