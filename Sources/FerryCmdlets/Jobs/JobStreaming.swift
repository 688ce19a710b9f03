import FerryEngine

/// Writes what jobs put out, as it comes, until they are finished.
enum JobStreaming {
    /// - Throws: `.interrupted` after Ctrl-C; the jobs go on then.
    static func follow(_ sources: [Job], _ io: CommandIO) throws(Stop) {
        var waiting = sources
        while !waiting.isEmpty {
            let current = waiting
            _ = try io.waitForJobs { current.contains { $0.state.isFinished || $0.hasRecords } }
            // Finished first, looked at last: nothing is added after the end.
            waiting = current.filter { !$0.state.isFinished }
            for source in current {
                for record in source.records(keeping: false) { try record.write(to: io) }
                if !waiting.contains(where: { $0 === source }) { try writeReason(of: source, io) }
            }
        }
    }

    /// The error that ended a job is told each time.
    static func writeReason(of job: Job, _ io: CommandIO) throws(Stop) {
        guard job.state == .failed, let record = job.reason?.open().asObject as? ErrorRecord else { return }
        try io.relay(record)
    }
}
