import FerryLinux

/// Rings whenever one of a session's jobs changes, so that one wait can watch many jobs.
final class JobBell: Sendable {
    private let monitor = Monitor(0)

    func ring() { monitor.update { $0 &+= 1 } }

    /// Until `condition` holds, looked at after each ring; false when `deadline` passed first.
    func wait(until deadline: Deadline, _ condition: () -> Bool) -> Bool {
        monitor.wait(until: deadline) { _ in condition() ? true : nil } ?? false
    }
}
