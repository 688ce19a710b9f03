package import FerryCore
import FerryLinux

/// `ForEach-Object -Parallel`: one script task for each object, so many at a time, records handed back to the one that asked.
///
/// ```
///   submit ─▶ [items] ─▶ worker threads, a runspace each ─▶ [records] ─▶ take
/// ```
package final class ParallelWork: Sendable {
    /// Records waiting for the caller; workers wait beyond.
    private static let recordLimit = 1_000

    private struct Contents {
        var items: [Parcel] = []
        var records: [JobRecord] = []
        var workers: [Interrupt] = []
        var idle = 0
        var busy = 0
        var isClosed = false
        var isStopped = false
    }

    /// What the caller can do next.
    package enum Step: Sendable {
        case records([JobRecord])
        /// Another item may be submitted.
        case free
        case finished
        case timedOut
    }

    private let task: ScriptTask
    private let limit: Int
    private let reusesRunspaces: Bool
    private let deadline: Deadline
    private let contents = Monitor(Contents())

    /// - Parameter seconds: how long all of it may take; nil without end.
    package init(_ task: ScriptTask, limit: Int, reusesRunspaces: Bool, seconds: Int?) {
        self.task = task
        self.limit = limit
        self.reusesRunspaces = reusesRunspaces
        deadline = seconds.map { .after(.seconds($0)) } ?? .never
    }

    /// After `free`, from the caller's thread.
    ///
    /// - Throws: when no thread can be made.
    package func submit(_ item: Value) throws(Failure) {
        let parcel = Parcel(item)
        let interrupt = Interrupt()
        let needsWorker = contents.update { contents in
            contents.items.append(parcel)
            guard contents.idle < contents.items.count, contents.workers.count < limit else { return false }
            contents.workers.append(interrupt)
            return true
        }
        if needsWorker {
            _ = try WorkerThread("parallel", stackBytes: Runspace.stackBytes) { [self] in work(interrupt) }
        }
    }

    /// No more items come.
    package func close() { contents.update { $0.isClosed = true } }

    /// Ends everything; workers leave as soon as their script lets them.
    ///
    /// - Returns: how many were at work.
    @discardableResult package func stop() -> Int {
        let (workers, busy) = contents.update { contents in
            contents.isStopped = true
            contents.items = []
            return (contents.workers, contents.busy)
        }
        for worker in workers { worker.raise() }
        return busy
    }

    /// Waits for what happens next.
    ///
    /// - Parameter wantsRoom: whether a free place counts, or only records and the end.
    package func next(wantsRoom: Bool, _ interrupt: Interrupt) throws(Stop) -> Step {
        let step = try interrupt.withHandler({ [contents] in contents.update { _ in } }) {
            contents.wait(until: deadline) { contents -> Step? in
                if interrupt.isRaised { return .finished }
                if !contents.records.isEmpty {
                    defer { contents.records = [] }
                    return .records(contents.records)
                }
                if wantsRoom { return contents.busy + contents.items.count < limit ? .free : nil }
                return contents.busy == 0 && contents.items.isEmpty ? .finished : nil
            } ?? .timedOut
        }
        try interrupt.check()
        return step
    }

    // MARK: On a worker's thread

    private func work(_ interrupt: Interrupt) {
        let put: @Sendable (JobRecord) -> Void = { record in self.put(record) }
        var runspace: Runspace?
        defer { runspace?.close() }
        while let item = takeItem() {
            var own = task
            own.item = item
            let current = runspace ?? own.makeRunspace(interrupt: interrupt, put)
            if reusesRunspaces { runspace = current }
            defer { if !reusesRunspaces { current.close() } }
            if let record = own.perform(in: current, put)?.record {
                let failed = ErrorRecord(
                    record.exception, errorID: "PSTaskException", category: .invalidOperation, target: record.target)
                // The id stands alone: the error is the task's, not the command's.
                failed.commandTypeName = ""
                failed.activity = "ForEach-Object"
                failed.position = record.position
                failed.scriptStackTrace = record.scriptStackTrace
                self.put(.error(Parcel(.object(failed))))
            }
            contents.update { $0.busy -= 1 }
        }
    }

    private func takeItem() -> Parcel? {
        contents.update { $0.idle += 1 }
        let item: Parcel?? = contents.wait { contents -> Parcel?? in
            if contents.isStopped { return .some(nil) }
            if !contents.items.isEmpty {
                contents.busy += 1
                return .some(contents.items.removeFirst())
            }
            return contents.isClosed ? .some(nil) : nil
        }
        contents.update { $0.idle -= 1 }
        return item ?? nil
    }

    private func put(_ record: JobRecord) {
        _ = contents.wait { contents -> Bool? in
            if contents.isStopped { return true }
            guard contents.records.count < Self.recordLimit else { return nil }
            contents.records.append(record)
            return true
        }
    }
}
