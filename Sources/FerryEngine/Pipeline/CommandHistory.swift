/// The commands typed in one session, as `Get-History` lists them: numbered from 1, the newest `$MaximumHistoryCount` of them.
///
/// A command is entered when it has ended; while it runs it stands in `running`, whose text `Invoke-History` replaces by what it
/// runs again.
package final class CommandHistory {
    package private(set) var entries: [CommandRecord] = []
    private var lastID: Int64 = 0
    private(set) var running: CommandRecord?
    private var isRunningEntered = false
    /// Records that `Invoke-History` is running, to notice a loop.
    package var invoked: [Int64] = []

    package init() {}

    /// A command that runs and is waiting for one typed at a nested prompt.
    struct Suspended {
        fileprivate let running: CommandRecord?
        fileprivate let isRunningEntered: Bool
    }

    func begin(_ text: String) -> Suspended {
        defer {
            running = CommandRecord(text, started: .now)
            isRunningEntered = false
        }
        return Suspended(running: running, isRunningEntered: isRunningEntered)
    }

    func end(_ status: PipelineStatus, limit: Int, resuming suspended: Suspended) {
        guard let running else { return }
        running.status = status
        running.ended = .now
        if !isRunningEntered { enter(running, limit: limit) }
        self.running = suspended.running
        isRunningEntered = suspended.isRunningEntered
        invoked = []
    }

    /// What the running command is remembered as.
    package func replaceRunning(by text: String) { running?.commandLine = text }

    /// Adds a record as it is, with a number of its own; the command that adds it comes first.
    package func add(_ record: CommandRecord, limit: Int) {
        if let running, !isRunningEntered {
            running.status = .completed
            running.ended = .now
            enter(running, limit: limit)
            isRunningEntered = true
        }
        enter(record, limit: limit)
    }

    package func entry(id: Int64) -> CommandRecord? { entries.first { $0.id == id } }

    package func remove(_ record: CommandRecord) { entries.removeAll { $0 === record } }

    private func enter(_ record: CommandRecord, limit: Int) {
        lastID += 1
        record.id = lastID
        entries.append(record)
        if entries.count > max(1, limit) { entries.removeFirst(entries.count - max(1, limit)) }
    }
}

extension Runspace {
    /// `$MaximumHistoryCount`; 4096 when it is no number from 1 to 32767.
    package var maximumHistoryCount: Int {
        guard case .number(let number)? = globalSession.top.value(of: Symbol("MaximumHistoryCount")),
            let count = number.asInt64, (1...32767).contains(count)
        else { return 4096 }
        return Int(count)
    }

    /// Runs a line as a person types it: it is part of the history from then on.
    ///
    /// - Returns: an exit code when the line said `exit`.
    package func runTyped(_ text: String) -> Int32? {
        let suspended = history.begin(text)
        let code = runLine(text)
        history.end(
            interrupt.isRaised ? .stopped : lastSucceeded ? .completed : .failed, limit: maximumHistoryCount,
            resuming: suspended)
        return code
    }
}
