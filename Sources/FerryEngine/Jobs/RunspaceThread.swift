import FerryCore
import FerryLinux

/// A runspace on a thread of its own, doing one piece of work after another: what `[powershell]` objects run in.
///
/// ```
///   start ─▶ [work] ─▶ the thread, its runspace ─▶ records of the work
/// ```
final class RunspaceThread: Sendable {
    /// Does its work and returns what tells of its end, which is called when the runspace is free again.
    typealias Work = @Sendable (Runspace) -> @Sendable () -> Void

    private struct Contents {
        var work: Work?
        var isBusy = false
        var isClosed = false
    }

    private let contents = Monitor(Contents())
    /// Where the host of the runspace puts what it is told, while work is under way.
    private let target = Monitor<(@Sendable (JobRecord) -> Void)?>(nil)
    private let interrupt = Interrupt()

    /// - Throws: when no thread can be made.
    init(seed: RunspaceSeed) throws(Failure) {
        _ = try WorkerThread("runspace", stackBytes: Runspace.stackBytes) { [self] in
            let host = JobHost { record in self.target.read { $0 }?(record) }
            let runspace = Runspace(host: host, interrupt: interrupt, seed: seed)
            defer { runspace.close() }
            while let work = next() {
                let tell = work(runspace)
                target.update { $0 = nil }
                contents.update { $0.isBusy = false }
                tell()
            }
        }
    }

    private func next() -> Work? {
        let work: Work?? = contents.wait { contents -> Work?? in
            if let work = contents.work {
                contents.work = nil
                return work
            }
            return contents.isClosed ? .some(nil) : nil
        }
        return work ?? nil
    }

    /// Hands over work; `false` if the runspace is closed or still at other work.
    func start(_ put: @escaping @Sendable (JobRecord) -> Void, _ work: @escaping Work) -> Bool {
        let isTaken = contents.update { contents in
            guard !contents.isClosed, !contents.isBusy else { return false }
            contents.isBusy = true
            return true
        }
        guard isTaken else { return false }
        interrupt.clear()
        target.update { $0 = put }
        contents.update { $0.work = work }
        return true
    }

    var isBusy: Bool { contents.read { $0.isBusy } }

    /// Stops the work that is under way.
    func stop() { interrupt.raise() }

    /// Ends the thread as soon as its work lets it.
    func close() {
        contents.update { $0.isClosed = true }
        interrupt.raise()
    }
}
