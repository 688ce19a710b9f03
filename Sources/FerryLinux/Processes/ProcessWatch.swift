package import FerryCore

/// Calls back once when a process ends, from a thread of its own, within milliseconds.
///
/// Works for children and for processes adopted after a restart. When the watch goes first, it calls nothing any more.
package final class ProcessWatch: Sendable {
    private let stop: StopSignal
    private let thread: WorkerThread

    package init(
        _ process: ProcessHandle, _ ended: @escaping @Sendable (ExitStatus) -> Void
    ) throws(Failure) {
        let stop = try StopSignal()
        self.stop = stop
        thread = try WorkerThread("watch-\(process.pid)") {
            if let status = try? process.waitForExit(until: .never, stop: stop) { ended(status) }
        }
    }

    /// Ends the watch; afterwards the callback is neither running nor will run. Not to be called from the callback.
    package func cancel() {
        stop.raise()
        thread.join()
    }

    deinit { stop.raise() }
}
