package import FerryCore
import Foundation
import Synchronization

/// One asynchronous piece of work that the runspace's thread waits for.
private final class Parking<Result: Sendable, Update: Sendable>: Sendable {
    private struct State {
        var result: Result?
        var update: Update?
    }
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    func finish(_ result: Result) {
        state.withLock { $0.result = result }
        wake.signal()
    }

    /// Newer updates replace older ones nobody has looked at.
    func publish(_ update: Update) {
        state.withLock { $0.update = update }
        wake.signal()
    }

    func next() -> (result: Result?, update: Update?) {
        wake.wait()
        return state.withLock { state in
            defer { state.update = nil }
            return (state.result, state.update)
        }
    }
}

extension CommandIO {
    /// Parks this runspace's thread until `body` has finished on Swift's pool. Ctrl-C cancels the task, waits for it to come
    /// back, and throws `.interrupted`, so what the task holds is released in order.
    package func wait<Answer: Sendable>(
        _ body: @escaping @Sendable () async throws(Failure) -> Answer
    ) throws(Stop) -> Result<Answer, Failure> {
        try wait(reporting: { (_: Never) in }, { _ async throws(Failure) in try await body() })
    }

    /// The same for work that reports while it runs: `publish` may be called from anywhere, `update` runs on the runspace's
    /// thread with the newest value.
    ///
    /// ```swift
    /// let result = try io.wait(reporting: { io.progress(ProgressRecord($0)) }) { publish async throws(Failure) in
    ///     …
    ///     publish(report)
    /// }
    /// ```
    package func wait<Answer: Sendable, Update: Sendable>(
        reporting update: (Update) throws(Stop) -> Void,
        _ body: @escaping @Sendable (@escaping @Sendable (Update) -> Void) async throws(Failure) -> Answer
    ) throws(Stop) -> Result<Answer, Failure> {
        runspace.flushOutput()
        let parking = Parking<Result<Answer, Failure>, Update>()
        let task = Task.detached {
            let result: Result<Answer, Failure>
            do throws(Failure) {
                result = .success(try await body { parking.publish($0) })
            } catch {
                result = .failure(error)
            }
            parking.finish(result)
        }
        let result: Result<Answer, Failure> = try interrupt.withHandler({ task.cancel() }) {
            () throws(Stop) -> Result<Answer, Failure> in
            var failed: Stop?
            while true {
                let (result, newest) = parking.next()
                if let newest, failed == nil {
                    do throws(Stop) { try update(newest) } catch {
                        failed = error
                        task.cancel()
                    }
                }
                guard let result else { continue }
                if let failed { throw failed }
                return result
            }
        }
        try interrupt.check()
        return result
    }

    /// Sleeps; Ctrl-C wakes it.
    package func sleep(seconds: Double) throws(Stop) {
        guard seconds > 0 else { return }
        runspace.flushOutput()
        let wake = DispatchSemaphore(value: 0)
        try interrupt.withHandler({ wake.signal() }) { () throws(Stop) in
            _ = wake.wait(timeout: .now() + min(seconds, 1e9))
        }
        try interrupt.check()
    }
}
