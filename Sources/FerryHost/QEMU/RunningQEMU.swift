package import FerryCore
package import FerryLinux
import Synchronization

/// The QEMU process of one machine, as this life of ferryd knows it. The process outlives the object, and ferryd.
package final class RunningQEMU: Sendable {
    private struct Status: Sendable {
        var value: GuestStatus
        /// Counts events, so that an answer that was overtaken by one is not believed.
        var changes: UInt64 = 0
    }

    package let owner: String
    package let record: RuntimeRecord
    package let process: ProcessHandle
    private let client = Mutex<QMPClient?>(nil)
    private let status = Mutex(Status(value: GuestStatus("")))
    private let usage = Mutex(ProcessorUsage())
    private let watch = Mutex<ProcessWatch?>(nil)

    init(owner: String, record: RuntimeRecord, process: ProcessHandle) {
        self.owner = owner
        self.record = record
        self.process = process
    }

    /// The conversation with QEMU.
    ///
    /// - Throws: `HostFault.qemuGone` while there is none: the process has ended, or it does not answer.
    package func qmp() throws(Failure) -> QMPClient {
        guard let client = client.withLock({ $0 }) else {
            throw Failure(HostFault.qemuGone, "QEMU of virtual machine \(owner) does not answer.", target: owner)
        }
        if let ending = client.ending { throw ending }
        return client
    }

    /// From QEMU's events; no question is asked.
    package var guestStatus: GuestStatus { status.withLock { $0.value } }

    /// Bytes of memory that the guest has touched.
    package var resident: ByteCount { ByteCount((try? FileIdentity.ifPresent(record.memoryFile))?.allocated ?? 0) }

    /// Percent of the host's processors over the last sampling interval.
    package var processorPercent: Int { usage.withLock { $0.percent } }

    /// Seconds the guest has run, earlier hosts included.
    package var uptime: Double {
        record.uptimeBefore + max(0, HostClock.secondsSinceBoot - record.startedAfterBoot)
    }

    /// Why nobody can be asked; nil while QEMU answers.
    package var complaint: String? {
        guard let client = client.withLock({ $0 }), client.ending == nil else { return "QEMU does not answer" }
        return client.oldestDebt > Self.patience ? "QEMU is waiting for storage" : nil
    }

    /// A command that is older than this is worth telling the administrator.
    private static let patience = Duration.seconds(5)

    // MARK: - For Machine

    /// Connects, and learns the run state. Replaces a conversation that has ended.
    func connect(deadline: Duration) throws(Failure) {
        let fresh = try QMPClient.connect(
            path: record.controlSocket, owner: owner, deadline: deadline,
            event: { [weak self] event in
                self?.status.withLock { status in
                    status.value.apply(event)
                    status.changes += 1
                }
            })
        while true {
            let before = status.withLock { $0.changes }
            let answer = try fresh.execute("query-status", deadline: deadline)
            let isCurrent = status.withLock { status in
                guard status.changes == before else { return false }
                status.value = GuestStatus(answer["status"]?.text ?? "")
                return true
            }
            if isCurrent { break }
        }
        client.withLock { $0 = fresh }
    }

    /// Whether the conversation is lost although the process lives.
    var needsConnection: Bool { process.isAlive && client.withLock { $0?.ending != nil || $0 == nil } }

    func observe(_ ended: @escaping @Sendable (ExitStatus) -> Void) throws(Failure) {
        let fresh = try ProcessWatch(process, ended)
        watch.withLock { $0 = fresh }
    }

    func sample(processors: Int) {
        guard let used = try? process.statistics().cpuTime else { return }
        usage.withLock { $0.add(used, at: SystemTime().now(), processors: processors) }
    }

    /// ferryd ends; QEMU goes on.
    func leave() {
        watch.withLock { $0 }?.cancel()
        client.withLock { $0 }?.close()
    }
}
