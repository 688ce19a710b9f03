import FerryCore
import FerryLinux
import Synchronization

/// Runs jobs, each on a thread of its own, at most so many at a time; the others wait in order.
package final class JobQueue: Sendable {
    private struct Contents {
        var limit: Int
        var running = 0
        var waiting: [(job: Job, body: @Sendable (Job) -> Void)] = []
    }

    private let contents: Mutex<Contents>

    package init(limit: Int) { contents = Mutex(Contents(limit: limit)) }

    /// For jobs not begun yet.
    package func setLimit(_ limit: Int) {
        contents.withLock { $0.limit = max(1, limit) }
        startWaiting()
    }

    /// - Parameter body: does the job's work, its beginning and ending included.
    package func submit(_ job: Job, _ body: @escaping @Sendable (Job) -> Void) {
        contents.withLock { $0.waiting.append((job, body)) }
        startWaiting()
    }

    /// Begins a job that waits, whatever the limit.
    func startNow(_ job: Job) {
        let found = contents.withLock { contents -> (job: Job, body: @Sendable (Job) -> Void)? in
            guard let place = contents.waiting.firstIndex(where: { $0.job === job }) else { return nil }
            contents.running += 1
            return contents.waiting.remove(at: place)
        }
        if let (job, body) = found { start(job, body) }
    }

    private func startWaiting() {
        while let (job, body) = next() { start(job, body) }
    }

    private func start(_ job: Job, _ body: @escaping @Sendable (Job) -> Void) {
        do throws(Failure) {
            _ = try WorkerThread("job-\(job.id)", stackBytes: Runspace.stackBytes) { [self] in
                body(job)
                contents.withLock { $0.running -= 1 }
                startWaiting()
            }
        } catch {
            contents.withLock { $0.running -= 1 }
            job.finish(.failed, reason: Parcel(.object(ErrorRecord(error))))
        }
    }

    private func next() -> (job: Job, body: @Sendable (Job) -> Void)? {
        contents.withLock { contents in
            guard contents.running < contents.limit, !contents.waiting.isEmpty else { return nil }
            contents.running += 1
            return contents.waiting.removeFirst()
        }
    }
}
