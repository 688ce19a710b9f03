package import FerryCore
import FerryLinux
package import FerryTransfer
import Glibc
import Synchronization

/// The target's end of a cutover: a planned machine's QEMU, started `-incoming defer -S` once everything it boots from
/// is here.
///
/// ```
///   store* ──▶ prepare ──▶ releaseDisks ──▶ load ──▶ run
///                    any of them ──▶ destroy
/// ```
package final class QEMUTargetGuest: TargetGuest {
    private static let frozenDeadline = Duration.seconds(20)

    private struct Hypervisor: Sendable {
        var client: QMPClient
        var process: ProcessHandle
        /// MIGRATION events from before `migrate-incoming` on.
        var events: QMPEventStream
    }

    private struct Writing: Sendable {
        var kind: BootFileKind
        var file: SharedDescriptor
        var path: String
    }

    private struct State: Sendable {
        var hypervisor: Hypervisor?
        var writing: Writing?
        var isDestroyed = false
    }

    private let machine: String
    private let planned: any PlannedHypervisor
    private let daemon: StorageDaemon?
    private let images: [String]
    private let incomingSocket: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - daemon: has the images open; nil for a machine without disks.
    ///   - images: paths of the disk images.
    ///   - incomingSocket: path of the Unix socket on which QEMU will wait for its device state.
    package init(
        machine: String, planned: any PlannedHypervisor, daemon: StorageDaemon?, images: [String],
        incomingSocket: String
    ) {
        self.machine = machine
        self.planned = planned
        self.daemon = daemon
        self.images = images
        self.incomingSocket = incomingSocket
    }

    package var isAlive: Bool {
        state.withLock { !$0.isDestroyed && ($0.hypervisor?.process.isAlive ?? true) }
    }

    // MARK: - Before the copy

    package func store(_ bytes: [UInt8], of file: BootFileKind, at offset: UInt64) throws(Failure) {
        try state.withLock { (state) throws(Failure) in
            if state.writing?.kind != file {
                let path = try planned.path(of: file)
                let opened = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
                state.writing = Writing(kind: file, file: SharedDescriptor(opened), path: path)
            }
            guard let writing = state.writing else { return }
            let file = try writing.file.duplicate()
            try file.writeAll(bytes, path: writing.path)
        }
    }

    package func prepare() throws(Failure) {
        let writing = state.withLock { state in
            defer { state.writing = nil }
            return state.writing
        }
        if let writing { try writing.file.duplicate().makeDurable(path: writing.path) }
        let (client, process) = try planned.launch()
        let events = client.events(["MIGRATION"])
        state.withLock { $0.hypervisor = Hypervisor(client: client, process: process, events: events) }
        try QEMUSourceGuest.configure(client)
        // The images are opened for writing at `cont`, the commit act, and not before.
        try client.execute(
            "migrate-set-capabilities", ["capabilities": [["capability": "late-block-activate", "state": true]]])
        try client.execute("migrate-incoming", ["uri": .string("unix:\(incomingSocket)")])
    }

    // MARK: - Frozen

    package func releaseDisks() throws(Failure) { try daemon?.release() }

    package func load(deviceState: [UInt8]) throws(Failure) {
        let hypervisor = try current()
        let deadline = Deadline.after(Self.frozenDeadline)
        do throws(Failure) {
            let socket = try StreamSocket.connect(path: incomingSocket, until: deadline)
            try socket.writeFully(deviceState, until: deadline)
            socket.finishWriting()
            let ends: Set<String> = ["completed", "failed", "cancelled"]
            let event = hypervisor.events.next(until: deadline) { ends.contains($0.data["status"]?.text ?? "") }
            guard event?.data["status"]?.text == "completed" else {
                throw hypervisor.client.ending
                    ?? Failure(
                        MigrationFault.hypervisorFailed,
                        "QEMU ended loading with status '\(event?.data["status"]?.text ?? "unknown")'.", target: machine
                    )
            }
            let status = try hypervisor.client.execute("query-status")["status"]?.text ?? "unknown"
            guard status == "paused" else {
                throw Failure(
                    MigrationFault.hypervisorFailed, "QEMU's status after loading is '\(status)' instead of 'paused'.",
                    target: machine)
            }
        } catch {
            throw Failure(
                MigrationFault.hypervisorFailed, "Loading the device state of virtual machine \(machine) failed.",
                target: machine, cause: error)
        }
        for image in images { try ImageLock.requireObtainable(image) }
    }

    package func run() throws(GuestStartFailure) {
        let client: QMPClient
        do throws(Failure) { client = try current().client } catch { throw .answered(error) }
        do throws(Failure) {
            try client.execute("cont", deadline: Self.frozenDeadline)
        } catch {
            // Only an answer proves that the guest has not run.
            throw error.isQEMUAnswer ? .answered(error) : .unanswered(error)
        }
    }

    // MARK: - The way back

    package func destroy() throws(Failure) {
        var first: Failure?
        do throws(Failure) { try planned.kill() } catch { first = error }
        do throws(Failure) { try daemon?.destroy() } catch { first = first?.adding(cleanUp: error) ?? error }
        if let first { throw first }
        state.withLock { $0.isDestroyed = true }
    }

    private func current() throws(Failure) -> Hypervisor {
        guard let hypervisor = state.withLock({ $0.hypervisor }) else {
            throw Failure(
                MigrationFault.hypervisorFailed, "QEMU of the planned virtual machine \(machine) has not been started.",
                target: machine)
        }
        return hypervisor
    }
}

extension Failure {
    /// QEMU itself said no: whatever was asked for has not happened.
    var isQEMUAnswer: Bool {
        `is`(HostFault.qemuRefused) || `is`(HostFault.qemuCommandUnknown) || `is`(HostFault.qemuDeviceNotActive)
            || `is`(HostFault.qemuDeviceNotFound)
    }
}
