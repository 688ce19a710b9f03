import FerryLinux

/// One run of a `[powershell]` object's pipelines, seen from the thread that asked for it.
final class CommandRun: Sendable {
    enum Outcome: Sendable {
        case completed
        /// A terminating error's record; `byPreference`: a preference of Stop made it one.
        case failed(Parcel, byPreference: Bool)
        case stopped
    }

    private struct Contents {
        var records: [JobRecord] = []
        var outcome: Outcome?
    }

    private let contents = Monitor(Contents())

    /// - Returns: `nil` if the runspace cannot take work now.
    init?(_ pipeline: CommandPipeline, _ input: [Parcel], on thread: RunspaceThread) {
        let contents = contents
        let put: @Sendable (JobRecord) -> Void = { record in contents.update { $0.records.append(record) } }
        let isStarted = thread.start(put) { runspace in
            var outcome = Outcome.completed
            do throws(Stop) {
                try pipeline.perform(input, in: runspace, put)
                if runspace.interrupt.isRaised { outcome = .stopped }
            } catch {
                switch error.cause {
                case .error(let record):
                    runspace.record(record)
                    outcome = .failed(Parcel(.object(record)), byPreference: record.forcesStop)
                case .interrupted: outcome = .stopped
                default: break
                }
            }
            let ended = outcome
            return { contents.update { $0.outcome = ended } }
        }
        guard isStarted else { return nil }
    }

    var outcome: Outcome? { contents.read { $0.outcome } }

    /// Waits for the end; an interrupt stops the work and is thrown once that is over.
    func wait(_ thread: RunspaceThread, _ interrupt: Interrupt) throws(Stop) -> (records: [JobRecord], outcome: Outcome)
    {
        let outcome = try interrupt.withHandler({ thread.stop() }) { () throws(Stop) in
            contents.wait { $0.outcome } ?? .stopped
        }
        let records = contents.update { contents in
            defer { contents.records = [] }
            return contents.records
        }
        try interrupt.check()
        return (records, outcome)
    }
}
