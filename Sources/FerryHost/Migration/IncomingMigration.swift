import FerryContract
import FerryCore
import FerryLinux
import FerryTransfer
import Synchronization

/// One machine that another host is moving here: what was made for it, and the session that receives.
///
/// ```
///   preparing ──▶ receiving ──▶ kept │ refused        (records closed)
///       └─ fails, abandoned ──▶ undone
/// ```
final class IncomingMigration: PlannedHypervisor {
    private struct State: Sendable {
        var session: TargetSession?
        var machine: Machine?
        /// Nobody starts, stops or removes a machine that is on its way.
        var lease: MachineLease?
        /// Why the machine was given up, once somebody did.
        var abandonment: Failure?
        var isOver = false
    }

    let id: String
    private let log: MigrationLog
    private let request: PrepareMigrationRequest
    private let host: HostMigrations
    private let prepared = ContinuousClock.now
    private let state = Monitor(State())

    init(_ log: MigrationLog, request: PrepareMigrationRequest, host: HostMigrations) {
        id = log.context.migration
        self.log = log
        self.request = request
        self.host = host
    }

    // MARK: - Preparing

    /// Makes everything the machine needs here but its QEMU process, each thing in the journal first, and starts the
    /// session.
    func prepare(_ plan: TargetAdmission.Plan, peer: MigrationPeer) throws(Failure) {
        let document = plan.document
        // Disks that stay where they are are never made here, and so never in the journal.
        if request.includeStorage {
            for folder in plan.diskFolders { try makeFolders(folder) }
            let tool = ImageTool(host.configuration, owner: host.environment.guest)
            for (disk, described) in zip(document.disks, request.machine.disks) {
                try log.undo.willMake(.removeFile(path: disk.path))
                try tool.create(disk.path, format: disk.format, capacity: described.capacity)
            }
        }
        if let parent = plan.parent { try makeFolders(parent) }
        try log.undo.willMake(.removePlannedMachine(machine: document.id))
        let machine = try host.machines.add(document, in: plan.parent, plannedBy: id)
        let lease = try machine.lease(.move)
        state.update { state in
            state.machine = machine
            state.lease = lease
        }
        let (daemon, sinks) = try openDisks(document)
        let migration = try OutgoingMigration.identifier(id)
        var configuration = TargetSession.Configuration(
            migration: migration, epoch: request.epoch, sourceName: peer.host.name,
            protection: plan.isEncrypted ? .encrypted(plan.secret) : .plain(plan.secret))
        configuration.timeouts = host.tuning.timeouts
        let guest = QEMUTargetGuest(
            machine: document.name, planned: self, daemon: daemon, images: document.disks.map(\.path),
            incomingSocket: "\(machine.runtimeFolder)/incoming")
        let memory = PlannedMemorySink(path: host.environment.memoryFile(of: document.id), size: document.memory)
        let session = try TargetSession(
            configuration, guest: guest, sinks: [memory] + sinks, log: log, peer: peer,
            witness: host.witness(of: log), probe: host.tuning.probe)
        try state.update { (state) throws(Failure) in
            if let abandonment = state.abandonment { throw abandonment }
            state.session = session
        }
    }

    private func makeFolders(_ path: String) throws(Failure) {
        var missing: [String] = []
        var folder = path
        while !Folder.exists(folder), let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
            missing.append(folder)
            folder = String(folder[..<slash])
        }
        for folder in missing.reversed() {
            try log.undo.willMake(.removeEmptyFolder(path: folder))
            try Folder.create(folder, mode: 0o711)
        }
    }

    /// The sockets of the move are in a folder of its own: the machine's is made anew when QEMU starts.
    private var socketFolder: String { Self.socketFolder(of: id, host.configuration) }

    private static func socketFolder(of migration: String, _ configuration: HostConfiguration) -> String {
        "\(configuration.runtimeFolder)/m-\(migration.prefix(8))"
    }

    static func storageSocket(of migration: String, _ configuration: HostConfiguration) -> String {
        "\(socketFolder(of: migration, configuration))/nbd"
    }

    private func openDisks(_ document: MachineDocument) throws(Failure) -> (StorageDaemon?, [any LaneSink]) {
        guard request.includeStorage, !document.disks.isEmpty else { return (nil, []) }
        try log.undo.willMake(.removeTree(path: socketFolder))
        try Folder.create(socketFolder, mode: 0o700)
        if let user = host.environment.guest {
            try Folder.setOwner(socketFolder, user: user.userID, group: user.groupID)
        }
        let socket = Self.storageSocket(of: id, host.configuration)
        try log.undo.willMake(.endStorageDaemon(socket: socket))
        let marks = host.marks(log.context)
        marks.before(.diskServer)
        let daemon = try StorageDaemon(
            images: document.disks.map { .init(name: $0.name, path: $0.path, format: $0.format) }, socket: socket,
            user: host.environment.guest, log: "\(socketFolder)/daemon.log", configuration: host.configuration)
        var sinks: [any LaneSink] = []
        for (index, disk) in document.disks.enumerated() {
            sinks.append(DiskSink(index: index, target: try NBDBlockSink(socket: socket, export: disk.name)))
        }
        marks.after(.diskServer)
        return (daemon, sinks)
    }

    // MARK: - Receiving

    /// Receives on a thread of its own until the move is settled here.
    func start() throws(Failure) {
        guard let session = state.read({ $0.session }) else { throw abandoned }
        _ = try WorkerThread("move-in") { [self] in
            host.settled(log, session.run())
            over()
        }
    }

    /// Nothing of the move works here any more. The session goes: it holds the guest's memory, and, by its guest, this object.
    func over() {
        let lease = state.update { state in
            defer { (state.session, state.lease) = (nil, nil) }
            return state.lease
        }
        lease?.end()
        state.update { $0.isOver = true }
    }

    func vouch() { state.read { $0.session }?.vouch() }
    /// Blocks until the connection has shown that it is the move's own.
    ///
    /// - Returns: takes it over, false when it is not wanted any more; nil for somebody else's.
    func verify(_ channel: IncomingChannel) -> MigrationListener.Taking? {
        guard let session = state.read({ $0.session }), let verified = try? session.verify(channel) else { return nil }
        return { session.take(verified) }
    }
    func learn(_ standing: OwnershipStanding) { state.read { $0.session }?.learn(standing) }
    /// nil when no session works here any more.
    func standing(isRunning: Bool) -> OwnershipStanding? { state.read { $0.session }?.standing(isRunning: isRunning) }
    var isOver: Bool { state.read { $0.isOver } }
    var progress: SessionProgress? { state.read { $0.session }?.progress }

    /// Gives the machine up, as far as that is still possible, and waits until it is settled.
    ///
    /// - Returns: false when it was not within `limit`.
    func abandon(within limit: Duration) -> Bool {
        abandon(abandoned)
        return wait(until: .after(limit))
    }

    /// As above, for a reason of this host's own, and without waiting.
    func abandon(_ reason: Failure) {
        state.update { $0.abandonment = $0.abandonment ?? reason }
        state.read { $0.session }?.abandon(reason)
    }

    /// false when the move was still at work when `deadline` passed.
    func wait(until deadline: Deadline) -> Bool { state.wait(until: deadline) { $0.isOver ? true : nil } ?? false }

    func stop() {
        state.update { $0.abandonment = $0.abandonment ?? abandoned }
        state.read { $0.session }?.suspend()
        _ = wait(until: .after(.seconds(60)))
    }

    private var abandoned: Failure {
        Failure(
            TransferFault.cancelled,
            "'\(log.context.peerName)' gave up moving virtual machine '\(log.context.machineName)'.",
            target: log.context.machineName)
    }

    // MARK: - PlannedHypervisor

    private func planned() throws(Failure) -> Machine {
        guard let machine = state.read({ $0.machine }) else { throw abandoned }
        return machine
    }

    func path(of file: BootFileKind) throws(Failure) -> String {
        let folder = try planned().folder
        switch file {
        case .kernel: return "\(folder)/\(MachineDocument.Kernel.kernelFileName)"
        case .initialRAMDisk: return "\(folder)/\(MachineDocument.Kernel.initrdFileName)"
        }
    }

    func launch() throws(Failure) -> (client: QMPClient, process: ProcessHandle) {
        // The guest has gone on running at the source since it told its uptime.
        let told = request.machine.uptimeSeconds
        let uptime = (told.isFinite ? max(0, told) : 0) + (ContinuousClock.now - prepared).inSeconds
        let qemu = try planned().launch(
            .incoming, uptimeBefore: uptime, hasForeignDisks: !request.includeStorage)
        return (try qemu.qmp(), qemu.process)
    }

    func kill() throws(Failure) { try state.read { $0.machine }?.destroyQEMU() }
}
