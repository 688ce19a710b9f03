package import FerryCore
package import FerryLinux
import FerryTransfer
import Synchronization

/// The source's end of a cutover, over QMP.
///
/// `stop` is always ours: a QEMU that stopped the guest by itself would also resume it by itself when the peer dies.
package final class QEMUSourceGuest: SourceGuest {
    /// What a command on the frozen path may take before the cutover is given up.
    private static let frozenDeadline = Duration.seconds(20)
    /// What requests in flight may take before the move is given up.
    private static let drainDeadline = Duration.seconds(60)
    private static let activeStates: Set<String> = [
        "setup", "active", "pre-switchover", "device", "wait-unplug", "postcopy-active", "cancelling",
    ]

    package let needsBarrier: Bool
    private let machine: String
    private let client: QMPClient
    private let process: ProcessHandle
    private let relay: DeviceStateRelay
    private let interruption = CancellationToken()
    /// MIGRATION events from before `migrate` on.
    private let events: Mutex<QMPEventStream?>

    /// Sets the hypervisor up for a move; the guest goes on running.
    ///
    /// - Parameters:
    ///   - runtimeFolder: where the relay's socket is made.
    ///   - user: whom QEMU runs as.
    package init(
        machine: String, client: QMPClient, process: ProcessHandle, runtimeFolder: String, user: QEMUCommandLine.User?,
        needsBarrier: Bool
    ) throws(Failure) {
        self.machine = machine
        self.client = client
        self.process = process
        self.needsBarrier = needsBarrier
        relay = try DeviceStateRelay(path: Self.relayPath(in: runtimeFolder), user: user, limit: Self.deviceStateLimit)
        events = Mutex(nil)
        try Self.configure(client)
        // No rate limit: the stream is small and the guest is paused while it is written.
        try client.execute("migrate-set-parameters", ["max-bandwidth": .integer(100 << 30)])
    }

    /// Capabilities both ends need: guest memory is not QEMU's to move, and the switch is ours to time.
    static func configure(_ client: QMPClient) throws(Failure) {
        let wanted = ["x-ignore-shared", "pause-before-switchover", "events"]
        try client.execute(
            "migrate-set-capabilities",
            ["capabilities": .array(wanted.map { ["capability": .string($0), "state": true] })])
    }

    package var isAlive: Bool { process.isAlive }

    /// The relay's socket: a ferryd that is killed leaves it there.
    static func relayPath(in runtimeFolder: String) -> String { "\(runtimeFolder)/state" }

    /// A `transaction` drains all block devices before it does anything, even with nothing to do (7.2 and 10.0).
    package func drain() throws(Failure) -> Duration {
        let start = ContinuousClock.now
        do throws(Failure) {
            try client.execute(
                "transaction", ["actions": []], deadline: Self.drainDeadline, interruption: interruption)
        } catch  where error.is(HostFault.qemuNotResponding) {
            throw waiting(for: "its requests in flight", since: start, error)
        }
        return ContinuousClock.now - start
    }

    package func pause() throws(Failure) {
        let start = ContinuousClock.now
        do throws(Failure) {
            try client.execute("stop", deadline: Self.frozenDeadline, interruption: interruption)
        } catch  where error.is(HostFault.qemuNotResponding) {
            throw waiting(for: "the guest's pause", since: start, error)
        }
    }

    package func interrupt() { interruption.cancel() }

    private func waiting(for what: String, since start: ContinuousClock.Instant, _ cause: Failure) -> Failure {
        let seconds = (ContinuousClock.now - start).inSeconds.rounded()
        guard interruption.isCancelled else {
            return Failure(
                TransferFault.storageWaiting,
                "QEMU of virtual machine \(machine) is waiting for storage: \(what) did not end within \(Int(seconds)) seconds.",
                target: machine, cause: cause)
        }
        return Failure(
            TransferFault.cancelled,
            "The move of virtual machine \(machine) was cancelled while QEMU was waiting for storage.",
            target: machine, cause: cause)
    }

    package func beginDeviceState() throws(Failure) {
        let stream = client.events(["MIGRATION"])
        events.withLock { $0 = stream }
        try client.execute("migrate", ["uri": .string("unix:\(relay.path)")], deadline: Self.frozenDeadline)
        try reach("pre-switchover", in: stream)
    }

    package func finishDeviceState() throws(Failure) -> [UInt8] {
        guard let stream = events.withLock({ $0 }) else {
            throw Failure(
                MigrationFault.hypervisorFailed,
                "The device state of virtual machine \(machine) was to be finished before it was begun.",
                target: machine)
        }
        try client.execute("migrate-continue", ["state": "pre-switchover"], deadline: Self.frozenDeadline)
        try reach("completed", in: stream)
        return try relay.stream(within: Self.frozenDeadline)
    }

    package func resume() throws(Failure) { try Self.resume(machine, client) }

    /// As `resume`, of a move that another life of ferryd began.
    package static func resume(_ machine: String, _ client: QMPClient) throws(Failure) {
        func status() throws(Failure) -> String {
            try client.execute("query-migrate", deadline: .seconds(10))["status"]?.text ?? "none"
        }
        let stream = client.events(["MIGRATION"])
        let found: String
        do throws(Failure) { found = try status() } catch {
            // A QEMU that waits for storage carries out later what it is sent now: the guest must not stay paused then. Without
            // an answer nobody claims that it runs.
            if error.is(HostFault.qemuNotResponding) { _ = try? client.execute("cont", deadline: .milliseconds(100)) }
            throw error
        }
        if activeStates.contains(found) {
            // `cont` is refused during pre-switchover.
            try client.execute("migrate_cancel")
            let deadline = Deadline.after(frozenDeadline)
            while try activeStates.contains(status()), !deadline.hasPassed {
                // Every change of status is an event; the limit covers one that came before the subscription.
                _ = stream.next(until: deadline.sooner(.after(.milliseconds(20))))
            }
        }
        try client.execute("cont", deadline: frozenDeadline)
        let state = try client.execute("query-status")["status"]?.text ?? "unknown"
        guard state == "running" else {
            throw Failure(
                MigrationFault.hypervisorFailed,
                "Virtual machine \(machine) did not resume: QEMU's status is '\(state)'.",
                target: machine)
        }
    }

    /// Ends what was set up. The guest is not touched. Idempotent.
    package func close() { relay.close() }

    private func reach(_ status: String, in stream: QMPEventStream) throws(Failure) {
        let ends: Set<String> = [status, "failed", "cancelled", "completed"]
        let event = stream.next(until: .after(Self.frozenDeadline)) { ends.contains($0.data["status"]?.text ?? "") }
        guard event?.data["status"]?.text != status else { return }
        if let ending = client.ending { throw ending }
        let answer = try? client.execute("query-migrate", deadline: .seconds(5))
        throw Failure(
            MigrationFault.hypervisorFailed,
            "QEMU of virtual machine \(machine) did not reach '\(status)' with its device state: \(answer?["error-desc"]?.text ?? "its status is '\(answer?["status"]?.text ?? "unknown")'").",
            target: machine)
    }
}
