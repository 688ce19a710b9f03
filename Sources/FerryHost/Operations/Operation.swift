package import FerryContract
package import FerryCore
import Synchronization

/// A long piece of work with an identity: it is watched, cancelled and remembered by its id.
///
/// The thread that works publishes values; readers wait for one that is newer than the one they have. After the end nothing
/// changes any more.
package final class Operation: Sendable {
    private struct State {
        var report: OperationReport
        var isPastCancelling = false
        var endings: [@Sendable (Failure?) -> Void] = []
        /// Set once the work has ended: its failure, or nil inside.
        var ending: Failure??
        var observer: (@Sendable (ProgressReport) -> Void)?
        var canceller: (@Sendable () -> Void)?
        var newestTicket: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<OperationReport, Never>] = [:]
        /// Waits that ended before their continuation was there.
        var expired: Set<UInt64> = []
    }

    package let id: String
    package let operation: OperationID
    /// Polled by the work: true once somebody asked for cancellation.
    package let cancellation = CancellationToken()
    private let state: Mutex<State>

    init(id: String, operation: OperationID, target: String?, activity: String) {
        self.id = id
        self.operation = operation
        let progress = ProgressReport(generation: 1, activity: activity, stage: "Starting", percent: -1)
        state = Mutex(
            State(
                report: OperationReport(
                    id: id, operation: operation, target: target, state: .running, progress: progress)))
    }

    package var report: OperationReport { state.withLock { $0.report } }

    /// Publishes progress. The generation is counted here, and the percentage never falls.
    package func update(_ change: (inout ProgressReport) -> Void) {
        publish { report in
            let (generation, percent) = (report.progress.generation, report.progress.percent)
            change(&report.progress)
            report.progress.generation = generation + 1
            report.progress.percent = max(percent, min(report.progress.percent, 100))
        }
    }

    /// Calls `observer` with every progress from now on, on the thread that publishes it; it must not block.
    package func observe(_ observer: @escaping @Sendable (ProgressReport) -> Void) {
        state.withLock { $0.observer = observer }
    }

    /// Calls `body` as soon as cancellation is asked for, at once when it was already; nil ends that. For work that waits where
    /// it cannot look at `cancellation`; `body` must not block.
    package func onCancel(_ body: (@Sendable () -> Void)?) {
        let isAskedFor = state.withLock { state in
            state.canceller = body
            return cancellation.isCancelled
        }
        if isAskedFor { body?() }
    }

    /// Calls `body` once with how the work ended, before anybody who waits hears of it; at once when it has ended already.
    package func onEnding(_ body: @escaping @Sendable (Failure?) -> Void) {
        let ending: Failure?? = state.withLock { state in
            if state.ending == nil { state.endings.append(body) }
            return state.ending
        }
        if let ending { body(ending) }
    }

    private func tellEnding(_ failure: Failure?) {
        let endings = state.withLock { state in
            state.ending = .some(failure)
            defer { state.endings = [] }
            return state.endings
        }
        for ending in endings { ending(failure) }
    }

    /// Something the administrator should know although it goes well.
    package func warn(_ text: String) {
        publish { report in
            report.warnings.append(text)
            report.progress.generation += 1
        }
    }

    /// From here on cancellation is refused. false when it was asked for before: then the work ends as cancelled.
    package func closeCancellation() -> Bool {
        state.withLock { state in
            guard !cancellation.isCancelled else { return false }
            state.isPastCancelling = true
            return true
        }
    }

    /// - Throws: `HostFault.operationCancelled` once somebody asked for cancellation.
    package func checkCancellation() throws(Failure) {
        guard cancellation.isCancelled else { return }
        let report = report
        throw Failure(
            HostFault.operationCancelled, "\(report.progress.activity) was cancelled.", target: report.target)
    }

    /// - Throws: `HostFault.operationPastCancelling`.
    func cancel() throws(Failure) {
        let (refused, canceller): (OperationReport?, (@Sendable () -> Void)?) = state.withLock { state in
            if state.report.state != .running || state.isPastCancelling { return (state.report, nil) }
            cancellation.cancel()
            return (nil, state.canceller)
        }
        canceller?()
        guard let refused, refused.state == .running else { return }
        throw Failure(
            HostFault.operationPastCancelling,
            "\(refused.progress.activity) can no longer be cancelled: \(refused.progress.stage).",
            target: refused.target)
    }

    func finish(_ ending: Result<[UInt8], Failure>) {
        switch ending {
        case .success: tellEnding(nil)
        case .failure(let failure): tellEnding(failure)
        }
        publish { report in
            report.progress.generation += 1
            switch ending {
            case .success(let bytes):
                report.state = .completed
                report.result = String(decoding: bytes, as: UTF8.self)
                report.progress.stage = "Completed"
                report.progress.percent = 100
            case .failure(let failure):
                report.state = cancellation.isCancelled ? .cancelled : .failed
                report.failure = FailureDocument(failure)
                report.progress.stage = cancellation.isCancelled ? "Cancelled" : "Failed"
            }
        }
    }

    private func publish(_ change: (inout OperationReport) -> Void) {
        let (report, waiters, observer) = state.withLock { state in
            guard state.report.state == .running else {
                return (
                    state.report, [CheckedContinuation<OperationReport, Never>](),
                    nil as (@Sendable (ProgressReport) -> Void)?
                )
            }
            change(&state.report)
            defer { state.waiters = [:] }
            return (state.report, Array(state.waiters.values), state.observer)
        }
        observer?(report.progress)
        for waiter in waiters { waiter.resume(returning: report) }
    }

    /// The report once it is newer than `generation`; the newest one after `timeout`, at the end of the operation, or when the
    /// calling task is cancelled.
    package func report(after generation: UInt64, timeout: Duration) async -> OperationReport {
        let ticket = state.withLock { state in
            state.newestTicket += 1
            return state.newestTicket
        }
        let timer = Task {
            if (try? await Task.sleep(for: timeout)) != nil { release(ticket) }
        }
        defer {
            timer.cancel()
            state.withLock { _ = $0.expired.remove(ticket) }
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: OperationReport? = state.withLock { state in
                    let report = state.report
                    if report.progress.generation > generation || report.state != .running
                        || state.expired.contains(ticket)
                    {
                        return report
                    }
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            release(ticket)
        }
    }

    private func release(_ ticket: UInt64) {
        let (waiter, report) = state.withLock { state in
            guard let waiter = state.waiters.removeValue(forKey: ticket) else {
                state.expired.insert(ticket)
                return (nil as CheckedContinuation<OperationReport, Never>?, state.report)
            }
            return (waiter, state.report)
        }
        waiter?.resume(returning: report)
    }
}
