import CLinux
package import FerryCore
import Glibc
import Synchronization

/// How a process ended.
package enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    /// It called exit with this code.
    case exited(Int32)
    /// This signal ended it.
    case killed(Int32)
    /// It is gone; it was no child of ours (we were restarted meanwhile), so nobody told us how.
    case unknown

    package var isSuccess: Bool { self == .exited(0) }

    package var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .killed(let signal): "was killed by signal \(signal)"
        case .unknown: "ended"
        }
    }
}

/// One process, held by a pidfd: the number may be given to another process, the handle never means another.
///
/// The process is not ended when the handle goes.
package final class ProcessHandle: Sendable, CustomStringConvertible {
    package let pid: Int32
    /// Clock ticks after boot; with the pid it names the process for as long as the host is up. Persist both.
    package let startTicks: UInt64
    private let descriptor: SharedDescriptor
    private let ended = Mutex<ExitStatus?>(nil)

    init(pid: Int32, descriptor: consuming Descriptor) throws(Failure) {
        self.pid = pid
        self.descriptor = SharedDescriptor(descriptor)
        startTicks = try ProcessStatistics.read(pid).startTicks
    }

    private init(pid: Int32, startTicks: UInt64, descriptor: consuming Descriptor) {
        self.pid = pid
        self.startTicks = startTicks
        self.descriptor = SharedDescriptor(descriptor)
    }

    /// The running process `pid`.
    package static func of(_ pid: Int32) throws(Failure) -> ProcessHandle {
        let result = ferry_pidfd_open(pid)
        guard result >= 0 else { throw Failure(errno: result, "find process \(pid)", target: "\(pid)") }
        return try ProcessHandle(pid: pid, descriptor: Descriptor(adopting: result))
    }

    /// The process that was `pid` with `startTicks`, nil when it has ended (even if another has the number now).
    package static func adopt(_ pid: Int32, startTicks: UInt64) throws(Failure) -> ProcessHandle? {
        let result = ferry_pidfd_open(pid)
        // EINVAL: the number belongs to a thread now.
        if result == -ESRCH || result == -EINVAL { return nil }
        guard result >= 0 else { throw Failure(errno: result, "find process \(pid)", target: "\(pid)") }
        let descriptor = Descriptor(adopting: result)
        // Read after the pidfd was opened: if the figures match, the pidfd is of the same process.
        guard let found = try? ProcessStatistics.read(pid), found.startTicks == startTicks else { return nil }
        let handle = ProcessHandle(pid: pid, startTicks: startTicks, descriptor: descriptor)
        return handle.isAlive ? handle : nil
    }

    package var description: String { "process \(pid)" }

    /// Whether it still runs. One system call.
    package var isAlive: Bool { descriptor.withRaw { ferry_poll_one($0, Int16(POLLIN), 0) } == 0 }

    /// How it ended, nil while it runs. A child of ours is reaped here.
    package var exitStatus: ExitStatus? {
        ended.withLock { ended in
            if let ended { return ended }
            guard !isAlive else { return nil }
            var report = ferry_exit()
            // SAFETY: a local structure of the type the call fills.
            let result = descriptor.withRaw { number in unsafe ferry_pidfd_reap(number, &report) }
            switch result {
            case 1: ended = report.was_killed != 0 ? .killed(report.code) : .exited(report.code)
            case 0: return nil
            default: ended = .unknown
            }
            return ended
        }
    }

    /// Sends a signal; a process that is gone is a failure (`processGone`).
    package func send(_ signal: Int32) throws(Failure) {
        let result = descriptor.withRaw { ferry_pidfd_signal($0, signal) }
        guard result == 0 else { throw Failure(errno: result, "signal \(signal) process \(pid)", target: description) }
    }

    /// Waits for the end; `timedOut` when `deadline` passes first, `cancelled` when `stop` is raised.
    @discardableResult
    package func waitForExit(until deadline: Deadline, stop: StopSignal? = nil) throws(Failure) -> ExitStatus {
        while true {
            if let status = exitStatus { return status }
            try descriptor.withRaw { (number) throws(Failure) in
                try Readiness.wait(
                    number, for: Readiness.reading, until: deadline, stop: stop,
                    attempt: "see the end of process \(pid)")
            }
        }
    }

    /// SIGKILL, and waits until it is gone. Idempotent.
    @discardableResult
    package func kill(until deadline: Deadline = .after(.seconds(30))) throws(Failure) -> ExitStatus {
        do throws(Failure) {
            try send(SIGKILL)
        } catch  where error.is(LinuxFault.processGone) {
            // It ended by itself.
        }
        return try waitForExit(until: deadline)
    }

    /// SIGTERM, then SIGKILL when it has not gone within `grace`.
    @discardableResult
    package func terminate(grace: Duration) throws(Failure) -> ExitStatus {
        do throws(Failure) {
            try send(SIGTERM)
            return try waitForExit(until: .after(grace))
        } catch  where error.is(LinuxFault.processGone) || error.is(LinuxFault.timedOut) {
            return try kill()
        }
    }

    /// What it uses now.
    package func statistics() throws(Failure) -> ProcessStatistics {
        let found = try ProcessStatistics.read(pid)
        guard found.startTicks == startTicks else { throw gone("look at") }
        return found
    }

    func gone(_ attempt: String) -> Failure {
        Failure(LinuxFault.processGone, "Cannot \(attempt) process \(pid): it has ended.", target: description)
    }

    func withRaw<Result, E: Error>(_ body: (Int32) throws(E) -> Result) throws(E) -> Result {
        try descriptor.withRaw(body)
    }
}
