import FerryLinux
import Synchronization

/// The jobs of one session: what `Get-Job` lists.
package final class JobTable: Sendable, RunspaceBelonging {
    /// `Start-Job` has no limit in PowerShell, where each is a process; here threads are what runs out.
    private static let backgroundLimit = 64
    /// `Start-ThreadJob -ThrottleLimit`'s default.
    package static let threadLimit = 5

    private struct Contents {
        var lastID = 0
        var jobs: [Job] = []
    }

    private let contents = Mutex(Contents())
    private let bell = JobBell()
    package let background = JobQueue(limit: JobTable.backgroundLimit)
    package let threads = JobQueue(limit: JobTable.threadLimit)

    init() {}

    /// A job and its children, numbered after their parent. One that is not listed has no numbers: a command waits for it.
    package func make(
        name: String?, kind: String, location: String, command: String, children: [(location: String, command: String)],
        isListed: Bool = true
    ) -> Job {
        let ids = contents.withLock { contents in
            guard isListed else { return 0..<1 + children.count }
            defer { contents.lastID += 1 + children.count }
            return contents.lastID + 1..<contents.lastID + 2 + children.count
        }
        let made = zip(ids.dropFirst(), children).map { id, child in
            Job(
                id: id, name: "Job\(id)", kind: "", location: child.location, command: child.command, bell: bell)
        }
        let parent = Job(
            id: ids.lowerBound, name: name ?? "Job\(ids.lowerBound)", kind: kind, location: location, command: command,
            children: made, bell: bell)
        if isListed { contents.withLock { $0.jobs.append(parent) } }
        return parent
    }

    /// Parents and jobs without children, oldest first.
    package var jobs: [Job] { contents.withLock { $0.jobs } }

    /// Nobody can receive them any more.
    package func runspaceEnds() {
        for job in jobs { job.stop() }
    }

    package func remove(_ job: Job) { contents.withLock { $0.jobs.removeAll { $0 === job } } }

    fileprivate func waitForEnd(of job: Job) {
        _ = bell.wait(until: .after(.seconds(15))) { job.state.isFinished }
    }

    fileprivate func wait(until deadline: Deadline, _ interrupt: Interrupt, _ condition: () -> Bool) throws(Stop)
        -> Bool
    {
        let held = try interrupt.withHandler({ [bell] in bell.ring() }) {
            bell.wait(until: deadline) { interrupt.isRaised || condition() }
        }
        try interrupt.check()
        return held
    }
}

extension CommandIO {
    /// The session's jobs.
    package var jobs: JobTable {
        let key = ObjectIdentifier(JobTable.self)
        if let table = runspace.belongings[key] as? JobTable { return table }
        let table = JobTable()
        runspace.belongings[key] = table
        return table
    }

    /// After `job.stop()`: until it has ended, at most as long as a stop may take. Another Ctrl-C does not shorten it.
    package func waitForEnd(of job: Job) {
        jobs.waitForEnd(of: job)
    }

    /// Parks the thread until `condition` holds, which is looked at whenever a job of the session changes. Ctrl-C ends the wait
    /// and nothing else.
    ///
    /// - Parameter seconds: how long at most; nil without end.
    /// - Returns: false when the time passed first.
    package func waitForJobs(seconds: Double? = nil, _ condition: () -> Bool) throws(Stop) -> Bool {
        runspace.flushOutput()
        let deadline = seconds.map { Deadline.after(.seconds(min(max($0, 0), 1e9))) } ?? .never
        return try jobs.wait(until: deadline, interrupt, condition)
    }
}
