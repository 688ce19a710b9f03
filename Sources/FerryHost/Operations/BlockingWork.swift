package import FerryCore
package import FerryLinux

/// The bridge between the cooperative pool, which must not be blocked, and threads that may block.
package enum BlockingWork {
    /// Runs `body` on a thread of its own that nobody waits for.
    package static func run(_ name: String, _ body: @escaping @Sendable () -> Void) throws(Failure) {
        _ = try WorkerThread(name, body)
    }

    /// Runs `body` on a thread of its own; the calling task is suspended meanwhile. Cancelling the task does not stop `body`.
    package static func value<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            do throws(Failure) {
                try run(name) {
                    do throws(Failure) {
                        continuation.resume(returning: .success(try body()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Parks the calling thread until asynchronous `body` has ended. For threads of ours only, never for one of the pool.
    ///
    /// When `deadline` passes or `cancellation` is asked for first, `body`'s task is cancelled and its ending awaited: what it
    /// does must react to that, as `HostConnection`'s calls do.
    package static func wait<Value: Sendable>(
        until deadline: Deadline = .never, cancellation: CancellationToken? = nil,
        for body: @escaping @Sendable () async throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let ending = Monitor<Result<Value, Failure>?>(nil)
        let task = Task {
            let result: Result<Value, Failure>
            do throws(Failure) { result = .success(try await body()) } catch { result = .failure(error) }
            ending.update { $0 = result }
        }
        while true {
            let step = cancellation == nil ? deadline : deadline.sooner(.after(.milliseconds(200)))
            if let result = ending.wait(until: step, { $0 }) { return try result.get() }
            guard deadline.hasPassed || cancellation?.isCancelled == true else { continue }
            task.cancel()
            guard let result = ending.wait({ $0 }) else { continue }
            return try result.get()
        }
    }
}
