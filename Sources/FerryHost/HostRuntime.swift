package import FerryContract
package import FerryCore
package import FerryLinux
import Glibc
import Synchronization

/// One host: its machines, settings and operations, and the answers to every request of the contract.
///
///     made (folders, memory, account, settings) ──start──▶ answering ──stop──▶ stopped
///
/// Machines outlive it: `stop`, or a crash, leaves them running, and the next life's `start` takes them over. Two runtimes on
/// one state folder are refused.
package final class HostRuntime: Sendable {
    package static let ferryVersion = "0.1.0"

    private struct Phase: Sendable {
        var services: HostServices?
        var housekeeper: WorkerThread?
    }

    package let environment: HostEnvironment
    package let machines: MachineRegistry
    package let operations = OperationRegistry()
    private let phase = Mutex(Phase())
    private let stopSignal: StopSignal
    /// Held until `stop`: whoever still holds the object then must not keep the next life out.
    private let lock: Mutex<FolderLock?>

    /// `migrations/open/<id>` is the deepest of the state folder's folders.
    private static let stateDepth = 3

    package var configuration: HostConfiguration { environment.configuration }

    /// Prepares the host: makes its folders, mounts the memory's tmpfs, makes the guests' account, reads the settings. Blocks.
    ///
    /// - Parameters:
    ///   - kernel: what this computer can do; found out by trying.
    ///   - log: gets every event of the host as it happens.
    /// - Throws: `HostFault.stateFolderInUse`, `documentDamaged` for the settings, `accountMissing`, and what the system refuses.
    package init(
        _ configuration: HostConfiguration, kernel: KernelCapabilities = .probe(),
        log: @escaping @Sendable (HostEvent) -> Void = { _ in }
    ) throws(Failure) {
        try Folder.create(configuration.stateFolder, mode: 0o711)
        do throws(Failure) { lock = Mutex(try FolderLock(configuration.stateFolder)) } catch
            where error.is(LinuxFault.busy)
        {
            throw Failure(
                HostFault.stateFolderInUse, "Another ferryd uses the folder \(configuration.stateFolder).",
                target: configuration.stateFolder, cause: error)
        }
        // The folder is ours alone now: what earlier lives had begun to write when they were killed is nobody's.
        _ = try? DurableFile.removeUnfinished(in: configuration.stateFolder, depth: Self.stateDepth)
        try Folder.create(configuration.runtimeFolder, mode: 0o711)
        if geteuid() == 0 {
            _ = try TmpfsMount.ensure(at: configuration.memoryFolder, size: configuration.memorySize)
        } else {
            try Folder.create(configuration.memoryFolder)
        }
        // Paths are compared and handed to QEMU: one spelling for each.
        var configuration = configuration
        configuration.stateFolder = try CanonicalPath.of(configuration.stateFolder)
        configuration.runtimeFolder = try CanonicalPath.of(configuration.runtimeFolder)
        configuration.memoryFolder = try CanonicalPath.of(configuration.memoryFolder)
        let guest = try GuestAccount.ensure(configuration.guestUser)
        environment = try HostEnvironment(
            configuration: configuration,
            settings: try SettingsStore(folder: configuration.stateFolder, initial: configuration.initialSettings),
            events: try EventLog(folder: configuration.stateFolder, listener: log), kernel: kernel, guest: guest)
        machines = try MachineRegistry(environment)
        stopSignal = try StopSignal()
    }

    /// Takes over the machines that run, lets `services` settle what an earlier life left, and begins to answer. Blocks.
    package func start(_ services: HostServices) throws(Failure) {
        try machines.load()
        try services.migrations.recover()
        // A port that another program holds is no reason to leave machines without an owner.
        try? Self.openPorts(environment, services)
        let (machines, environment, signal) = (machines, environment, stopSignal)
        let housekeeper = try WorkerThread("housekeeping") {
            let processors = Self.processorCount
            while !signal.wait(until: .after(Self.housekeepingInterval)) {
                machines.takeUpRepairs()
                for machine in machines.all { machine.maintain(processors: processors) }
                if environment.listeners.failure(of: .migration) != nil {
                    try? Self.openPorts(environment, services)
                }
            }
        }
        phase.withLock { $0 = Phase(services: services, housekeeper: housekeeper) }
    }

    private static func openPorts(_ environment: HostEnvironment, _ services: HostServices) throws(Failure) {
        try environment.listeners.change { () throws(Failure) in
            try services.migrations.settingsChanged(environment.settings.current)
        }
    }

    /// Answers nothing any more, ends what works on machines, and leaves the machines running. Blocks; idempotent.
    package func stop() {
        let ending = phase.withLock { phase in
            defer { phase = Phase() }
            return phase
        }
        operations.close()
        environment.listeners.close()
        ending.services?.migrations.stop()
        // What was told to end and did not keeps the folder locked: the next life must not meet its half-done work.
        let isQuiet = operations.drain(until: .after(Self.stopLimit))
        stopSignal.raise()
        ending.housekeeper?.join()
        for machine in machines.all { machine.qemu?.leave() }
        if isQuiet { lock.withLock { $0 = nil } }
    }

    /// Longer than QEMU may take to start.
    private static let stopLimit = Duration.seconds(75)
    private static let housekeepingInterval = Duration.seconds(2)

    static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    // MARK: - Requests

    /// Carries out one request of `caller`.
    ///
    /// - Parameter body: JSON of the operation's request.
    /// - Returns: JSON of its response.
    package func perform(_ id: OperationID, body: [UInt8], caller: Caller) async throws(Failure) -> [UInt8] {
        let services = try started()
        let (standing, peer) = standing(of: caller, services)
        try standing.demand(id.permission, on: configuration.name)
        return try await OperationTable.operation(id).answer(body, HostCall(host: self, caller: caller, peer: peer))
    }

    /// The operation's report once it is newer than `generation`; the newest one after at most 20 s, and at once when the
    /// task is cancelled.
    package func operation(
        _ id: String, after generation: UInt64, caller: Caller
    ) async throws(Failure) -> OperationReport {
        let operation = try watched(id, caller)
        return await operation.report(after: generation, timeout: .seconds(20))
    }

    package func cancelOperation(_ id: String, caller: Caller) throws(Failure) {
        let operation = try watched(id, caller)
        let (_, peer) = standing(of: caller, try started())
        let report = operation.report
        let audit = AuditEntry(
            "cancel \(report.operation.rawValue)", subject: report.target, caller: caller, peer: peer, host: self)
        do throws(Failure) { try operation.cancel() } catch {
            audit.writeNow(error)
            throw error
        }
        if report.state == .running { audit.writeNow(nil) }
    }

    private func watched(_ id: String, _ caller: Caller) throws(Failure) -> Operation {
        let (standing, _) = standing(of: caller, try started())
        // Whether an id exists is told only to those who may know.
        guard standing.allows(.read) || standing.allows(.migrate) else {
            throw PermissionFault.accessDenied(on: configuration.name)
        }
        let operation = try operations.operation(id)
        try standing.demand(operation.report.watchingPermission, on: configuration.name)
        return operation
    }

    private func started() throws(Failure) -> HostServices {
        guard let services = phase.withLock({ $0.services }) else {
            throw Failure(
                HostFault.hostStopping, "The host \(configuration.name) is starting or stopping.",
                target: configuration.name)
        }
        return services
    }

    /// Who the caller is here: by user and group for a local process, by key for another host.
    private func standing(of caller: Caller, _ services: HostServices) -> (Standing, TrustReport?) {
        switch caller {
        case .local(let userID, let groupID, _):
            if userID == 0 || userID == geteuid() { return (.administrator, nil) }
            guard let group = GuestAccount.group(configuration.administratorGroup),
                groupID == group || GuestAccount.isMember(userID: userID, groupID: group)
            else { return (.localUser(userID: userID), nil) }
            return (.administrator, nil)
        case .remote(let fingerprint, _):
            guard let fingerprint, let peer = services.trust.trustedHost(fingerprint: fingerprint) else {
                return (.stranger, nil)
            }
            return (.trustedHost(name: peer.name), peer)
        }
    }

    // MARK: - For operations

    /// Only while requests are answered; a request that outlives `stop` gets services that refuse.
    var services: HostServices {
        get throws(Failure) { try started() }
    }

    /// Also when nothing has changed: a listener that could not be opened is tried again.
    func settingsChanged() throws(Failure) {
        try Self.openPorts(environment, started())
    }
}
