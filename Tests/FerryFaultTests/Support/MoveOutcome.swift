import FerryCore
import FerryLinux
import FerryTestKit

/// What came of a move that a test has begun, once it is over.
final class MoveOutcome: Sendable {
    private let words = Monitor<String?>(nil)

    /// nil while it goes on.
    var current: String? { words.read { $0 } }

    func end(_ words: String) { self.words.update { $0 = words } }

    /// nil when it was not over within `limit`. Waits on a thread of its own: the tasks' threads are the move's, too.
    func wait(within limit: Duration) async -> String? {
        let deadline = Deadline.scaled(limit)
        return await onThread { [words] in words.wait(until: deadline) { $0 } }
    }
}

/// Calls `body`, which blocks, on a thread of its own.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        do throws(Failure) {
            _ = try WorkerThread("test-wait") { continuation.resume(returning: body()) }
        } catch {
            continuation.resume(returning: body())
        }
    }
}

/// Asks hosts, who tell nobody by themselves, until they say what is waited for.
///
/// - Returns: false when they did not within `limit`.
func settles(within limit: Duration, _ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = Deadline.scaled(limit)
    while try await !condition() {
        if deadline.hasPassed { return false }
        // Leaves the processor to whom the answer depends on; the wait is no synchronisation.
        try await Task.sleep(for: .milliseconds(10))
    }
    return true
}
