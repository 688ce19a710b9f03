import FerryCore
import Synchronization

/// Work that goes on while the prompt does: `Start-Job`, `-AsJob`, `Invoke-Command -AsJob`.
///
/// A job either does the work itself or is the parent of children that do; a parent's state and records are its children's.
/// Everything here may be called from any thread.
package final class Job: Sendable {
    /// Records kept before somebody receives them; the job fails beyond.
    private static let recordLimit = 1_000_000
    /// Progress is news, not data: of many records the newest are kept.
    private static let progressLimit = 1_000

    private struct Contents {
        var state = JobState.notStarted
        var reason: Parcel?
        var records: [JobRecord] = []
        var progressCount = 0
        var begun: DateTime?
        var ended: DateTime?
        var stop: (@Sendable () -> Void)?
    }

    package let id: Int
    package let instanceID = GUID()
    package let name: String
    /// `PSJobTypeName`.
    package let kind: String
    package let location: String
    package let command: String
    package let children: [Job]
    private let contents = Mutex(Contents())
    private let bell: JobBell

    init(
        id: Int, name: String, kind: String, location: String, command: String, children: [Job] = [], bell: JobBell
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.location = location
        self.command = command
        self.children = children
        self.bell = bell
    }

    // MARK: What it shows

    package var state: JobState {
        guard !children.isEmpty else { return contents.withLock { $0.state } }
        let states = children.map(\.state)
        if states.allSatisfy({ $0 == .notStarted }) { return .notStarted }
        if states.contains(.blocked) { return .blocked }
        guard states.allSatisfy(\.isFinished) else { return states.contains(.stopping) ? .stopping : .running }
        if states.contains(.failed) { return .failed }
        return states.contains(.stopped) ? .stopped : .completed
    }

    /// Whether `Receive-Job` may still bring something.
    package var hasMoreData: Bool {
        guard children.isEmpty else { return children.contains { $0.hasMoreData } }
        return contents.withLock { !$0.state.isFinished || !$0.records.isEmpty }
    }

    /// Whether something waits to be received at this moment.
    package var hasRecords: Bool {
        children.isEmpty ? contents.withLock { !$0.records.isEmpty } : children.contains { $0.hasRecords }
    }

    /// The error a failed job ended with.
    package var reason: Parcel? { contents.withLock { $0.reason } }

    package var begun: DateTime? {
        children.isEmpty ? contents.withLock { $0.begun } : children.compactMap(\.begun).min()
    }

    package var ended: DateTime? {
        guard !children.isEmpty else { return contents.withLock { $0.ended } }
        return state.isFinished ? children.compactMap(\.ended).max() : nil
    }

    /// What is waiting to be received, oldest first; taken away unless `keeping`.
    package func records(keeping: Bool) -> [JobRecord] {
        contents.withLock { contents in
            defer {
                if !keeping {
                    contents.records = []
                    contents.progressCount = 0
                }
            }
            return contents.records
        }
    }

    // MARK: What it does

    /// - Parameter stop: what ends the work early.
    /// - Returns: false when the job was stopped before it began.
    package func begin(stop: @escaping @Sendable () -> Void) -> Bool {
        let begins = contents.withLock { contents in
            guard contents.state == .notStarted else { return false }
            contents.state = .running
            contents.begun = .now
            contents.stop = stop
            return true
        }
        bell.ring()
        return begins
    }

    package func append(_ record: JobRecord) {
        let isFull = contents.withLock { contents in
            if case .progress = record {
                if contents.progressCount >= Self.progressLimit,
                    let oldest = contents.records.firstIndex(where: { if case .progress = $0 { true } else { false } })
                {
                    contents.records.remove(at: oldest)
                    contents.progressCount -= 1
                }
                contents.progressCount += 1
            } else if contents.records.count >= Self.recordLimit {
                return true
            }
            contents.records.append(record)
            return false
        }
        if isFull { fail(beyond: Self.recordLimit) }
        bell.ring()
    }

    private func fail(beyond limit: Int) {
        let record = ErrorRecord(
            ExceptionObject(
                "System.InvalidOperationException",
                "The job '\(name)' was stopped because \(limit) of its results are waiting. Take them with Receive-Job while "
                    + "it runs."),
            errorID: "JobOutputLimit", category: .limitsExceeded)
        let stop = contents.withLock { contents -> (@Sendable () -> Void)? in
            guard !contents.state.isFinished else { return nil }
            contents.state = .failed
            contents.ended = .now
            contents.reason = Parcel(.object(record))
            return contents.stop
        }
        stop?()
    }

    /// The work is over. The first ending counts.
    package func finish(_ state: JobState, reason: Parcel? = nil) {
        contents.withLock { contents in
            guard !contents.state.isFinished else { return }
            contents.state = state
            contents.reason = reason
            contents.ended = .now
            contents.stop = nil
        }
        bell.ring()
    }

    /// Asks the work to end; a job that has not begun is stopped at once.
    package func stop() {
        for child in children { child.stop() }
        let stop = contents.withLock { contents -> (@Sendable () -> Void)? in
            switch contents.state {
            case .notStarted where children.isEmpty:
                contents.state = .stopped
                contents.ended = .now
            case .running, .blocked:
                contents.state = .stopping
                return contents.stop
            default: break
            }
            return nil
        }
        bell.ring()
        stop?()
    }
}

extension Job {
    /// How a run of script ended, as the job's ending.
    package func finish(with stop: Stop?) {
        switch stop?.cause {
        case nil, .exiting?, .breaking?, .continuing?, .returning?, .upstream?: finish(.completed)
        case .interrupted?: finish(.stopped)
        case .error(let record)?: finish(.failed, reason: Parcel(.object(record)))
        case .failed?: finish(.failed)
        }
    }
}
