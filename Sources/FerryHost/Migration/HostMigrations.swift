package import FerryContract
package import FerryCore
import FerryLinux
import FerryTransfer
import FoundationEssentials
import Synchronization

/// The moves of one host, in both directions.
///
/// ```
///   move ──▶ OutgoingMigration ══ control, data ══ IncomingMigration ◀── prepare        (the other host's)
///                  └──────────── MigrationRecords, MigrationHistory ────────────┘
///   recover ──▶ MigrationSettlement      what an earlier life left
/// ```
package final class HostMigrations: MigrationService {
    private struct State {
        var outgoing: [String: OutgoingMigration] = [:]
        var incoming: [String: IncomingMigration] = [:]
        var settlements: [String: MigrationSettlement] = [:]
        /// Those of this host's own moves that run, by the move's id.
        var operations: [String: Operation] = [:]
        /// Moves that are over but for what they made in a hypervisor that hangs, by machine.
        var unfinished: [String: UnfinishedMove] = [:]
        var undoing: [WorkerThread] = []
        /// Over here; the other host does not know or has not agreed yet. By the move's id.
        var unconfirmed: [String: UnconfirmedMove] = [:]
        var isConfirming = false
        /// Moves that have been admitted and are not over, by id: what the limit counts.
        var admitted: Set<String> = []
        var isStopped = false
    }

    package let machines: MachineRegistry
    package let tuning: MigrationTuning
    let environment: HostEnvironment
    let trust: any TrustService
    let connector: any PeerConnector
    let records: MigrationRecords
    let history: MigrationHistory
    /// What this host has decided for others.
    let witnessBook: WitnessBook
    private let state = Mutex(State())
    /// Set when the service ends.
    let stopping = Event()
    private let listener = Mutex<MigrationListener?>(nil)

    package init(
        machines: MachineRegistry, trust: any TrustService, connector: any PeerConnector,
        tuning: MigrationTuning = MigrationTuning()
    ) throws(Failure) {
        self.machines = machines
        self.trust = trust
        self.connector = connector
        self.tuning = tuning
        environment = machines.environment
        let folder = "\(environment.configuration.stateFolder)/migrations"
        history = try MigrationHistory(folder: folder)
        records = try MigrationRecords(folder: folder, probe: tuning.probe)
        witnessBook = WitnessBook(folder: "\(environment.configuration.stateFolder)/witness")
        if let damage = witnessBook.damage { environment.events.add(damage, nil) }
        tuning.faults?.attach(self)
    }

    var hostName: String { environment.configuration.name }
    var configuration: HostConfiguration { environment.configuration }
    var settings: HostSettings { environment.settings.current }

    func complain(_ failure: Failure, _ target: String?) { environment.events.add(failure, target) }

    // MARK: - MigrationService

    package func recover() throws(Failure) {
        var newest: [String: MigrationLog] = [:]
        var older: [MigrationLog] = []
        var hasDamage = false
        for found in try records.unsettled() {
            do throws(Failure) {
                let log = try found.get()
                guard let other = newest[log.context.machine] else {
                    newest[log.context.machine] = log
                    continue
                }
                let isNewer =
                    (log.context.epoch, log.newest?.time ?? 0) > (other.context.epoch, other.newest?.time ?? 0)
                older.append(isNewer ? other : log)
                if isNewer { newest[log.context.machine] = log }
            } catch {
                hasDamage = true
                hold(error)
            }
        }
        // Its own note of who plans it is damaged; the records know.
        for machine in machines.all where machine.plannedBy?.isEmpty == true {
            if let migration = records.planner(of: machine.id) { machine.plan(by: migration) }
        }
        // An older move of a machine was over long ago; only its clean-up was not, and it says nothing about the guest.
        for log in older {
            attempt(log.context.machineName) { () throws(Failure) in
                // A move that brought the machine made what is the machine's now.
                let hasArrived = log.context.side == .target && log.role == .owner
                if hasArrived { try log.undo.keepEverything() } else { try undoEverything(log) }
                try finish(log, hasArrived ? .completed : .failed, nil)
            }
        }
        for log in newest.values {
            attempt(log.context.machineName) { () throws(Failure) in
                try marks(log.context).around(.recover) { () throws(Failure) in try settle(log) }
            }
        }
        // A machine that was planned by a move of which no record is left: nothing of it can have run.
        for machine in machines.all where machine.isPlanned {
            guard let migration = machine.plannedBy, records.log(migration) == nil, !hasDamage else { continue }
            attempt(machine.name) { () throws(Failure) in try machines.remove(machine) }
        }
        try records.prune(keeping: Set(history.all.map(\.id)))
    }

    /// Nobody may run a machine of which the records of a move cannot be read: the other host may own it.
    private func hold(_ failure: Failure) {
        complain(failure, nil)
        guard let migration = failure.target else { return }
        for machine in machines.all where records.mentions(machine.id, in: migration) {
            machine.hold(
                Failure(
                    MigrationFault.inDoubt,
                    "Virtual machine '\(machine.name)' is not started on '\(hostName)', because the records of its migration \(migration) are damaged.",
                    target: machine.name, cause: failure,
                    advice:
                        "Look with Get-VMMigration on the other host whether it owns the machine. If it does, remove the machine here with Remove-VM; else move the folder \(migration) out of migrations/open in ferryd's state folder and restart ferryd."
                ))
        }
        do throws(Failure) {
            try history.update(migration) { report in
                report.status = .inDoubt
                report.failure = FailureDocument(failure)
            }
        } catch { complain(error, nil) }
    }

    /// One failure must not keep the others from being settled.
    private func attempt(_ machine: String, _ body: () throws(Failure) -> Void) {
        do throws(Failure) { try body() } catch { complain(error, machine) }
    }

    private func settle(_ log: MigrationLog) throws(Failure) {
        let context = log.context
        let settlement = try MigrationSettlement(
            log, host: self, machine: machines.machineIfPresent(context.machine),
            peer: peer(trustedPeer(context), context.migration))
        state.withLock { $0.settlements[context.migration] = settlement }
        let migration = context.migration
        try settlement.start { [weak self] in
            self?.state.withLock { _ = $0.settlements.removeValue(forKey: migration) }
        }
    }

    /// A host that is not trusted any more cannot be asked, and cannot ask.
    func trustedPeer(_ context: MigrationContext) -> TrustReport {
        trust.trustedHost(fingerprint: context.peerFingerprint)
            ?? TrustReport(
                name: context.peerName, address: "", controlPort: 0, dataPort: 0, fingerprint: context.peerFingerprint,
                trustedSince: 0)
    }

    package func traces() throws(Failure) -> [MigrationTrace] {
        let active = state.withLock {
            $0.admitted.union($0.outgoing.keys).union($0.incoming.keys).union($0.settlements.keys)
                .union($0.unconfirmed.keys)
        }
        return try records.open().map { open in
            MigrationTrace(
                migration: open.migration, machine: open.machine, isActive: active.contains(open.migration))
        }
    }

    package func migrations(_ request: GetMigrationsRequest) throws(Failure) -> [MigrationReport] {
        for incoming in state.withLock({ Array($0.incoming.values) }) {
            guard let progress = incoming.progress else { continue }
            history.refresh(incoming.id) { if $0.status == .running { $0.take(progress) } }
        }
        let patterns = request.machineNames.map { NamePattern($0) }
        return history.all.filter { report in
            (patterns.isEmpty || patterns.contains { $0.matches(report.machineName) })
                && (request.ids.isEmpty || request.ids.contains(report.id))
        }
    }

    package func standing(
        _ request: MigrationStatusRequest, peer: TrustReport
    ) throws(Failure) -> MigrationStanding {
        try tuning.faults?.requireLink(to: peer.name)
        if let own = request.own {
            learn(OwnershipStanding(own), of: request.migration, from: peer)
        } else if let incoming = incoming(request.migration), records.log(request.migration)?.role == .owner {
            // It runs here; the source asks what it has become, which is known once the planned machine is an ordinary
            // one.
            _ = incoming.wait(until: .after(.seconds(10)))
        }
        return try answer(request.migration, peer)
    }

    package func settingsChanged(_ settings: HostSettings) throws(Failure) {
        do throws(Failure) {
            try listen(settings)
            if settings.migrationEnabled {
                environment.listeners.opened(.migration)
            } else {
                environment.listeners.unwanted(.migration)
            }
        } catch {
            environment.listeners.failed(.migration, error)
            throw error
        }
    }

    private func listen(_ settings: HostSettings) throws(Failure) {
        let addresses =
            settings.migrationEnabled
            ? HostAddresses.accepting(settings, listenAddress: configuration.listenAddress) : []
        let current = try listener.withLock { (listener) throws(Failure) in
            if let listener { return listener }
            let made = try MigrationListener(
                port: configuration.dataPort, verify: { [weak self] in self?.verify($0) },
                complain: { [weak self] in self?.complain($0, nil) })
            listener = made
            return made
        }
        try current.listen(on: addresses)
    }

    package func stop() {
        stopping.set()
        let (outgoing, incoming, settlements) = state.withLock { state in
            state.isStopped = true
            return (Array(state.outgoing.values), Array(state.incoming.values), Array(state.settlements.values))
        }
        listener.withLock { $0 }?.close()
        for migration in outgoing { migration.stop() }
        for migration in incoming { migration.stop() }
        for settlement in settlements { settlement.stop() }
        let undoing = state.withLock { state in
            defer { state.undoing = [] }
            return state.undoing
        }
        for thread in undoing { thread.join() }
    }

    // MARK: - Which moves there are

    /// E-22 when the host moves as many machines as it may.
    func requireFreePlace(for machine: String) throws(Failure) {
        let limit = settings.maximumMigrations
        guard state.withLock({ $0.admitted.count }) < limit else { throw .migrationLimitReached(machine, limit: limit) }
    }

    /// Counts a move against the host's limit. `depart` ends it.
    func admit(_ migration: String, _ machine: String) throws(Failure) {
        let limit = settings.maximumMigrations
        let (isStopped, isFull) = state.withLock { state in
            guard !state.isStopped, state.admitted.count < limit else { return (state.isStopped, true) }
            state.admitted.insert(migration)
            return (false, false)
        }
        if isStopped {
            throw Failure(
                HostFault.hostStopping, "Virtual machine '\(machine)' was not moved: this host is stopping.",
                target: machine)
        }
        if isFull { throw .migrationLimitReached(machine, limit: limit) }
    }

    func depart(_ migration: String) { state.withLock { _ = $0.admitted.remove(migration) } }

    func add(_ migration: OutgoingMigration) { state.withLock { $0.outgoing[migration.id] = migration } }
    func add(_ migration: IncomingMigration) { state.withLock { $0.incoming[migration.id] = migration } }
    func removeOutgoing(_ id: String) { state.withLock { _ = $0.outgoing.removeValue(forKey: id) } }
    func removeIncoming(_ id: String) { state.withLock { _ = $0.incoming.removeValue(forKey: id) } }
    func outgoing(_ id: String) -> OutgoingMigration? { state.withLock { $0.outgoing[id] } }
    func settlement(_ id: String) -> MigrationSettlement? { state.withLock { $0.settlements[id] } }
    func incoming(_ id: String) -> IncomingMigration? { state.withLock { $0.incoming[id] } }

    /// The operation that carries out a move from here; nil when none does.
    func operation(of migration: String) -> Operation? { state.withLock { $0.operations[migration] } }
    func setOperation(_ operation: Operation?, of migration: String) {
        state.withLock { $0.operations[migration] = operation }
    }

    func unfinished(_ machine: String) -> UnfinishedMove? { state.withLock { $0.unfinished[machine] } }
    func setUnfinished(_ move: UnfinishedMove?, of machine: String) {
        state.withLock { $0.unfinished[machine] = move }
    }
    /// Whether somebody must begin to ask.
    func addUnconfirmed(_ move: UnconfirmedMove) -> Bool {
        state.withLock { state in
            state.unconfirmed[move.log.context.migration] = move
            defer { state.isConfirming = true }
            return !state.isConfirming
        }
    }
    func removeUnconfirmed(_ migration: String) {
        state.withLock { _ = $0.unconfirmed.removeValue(forKey: migration) }
    }
    /// nil when there is none any more, and whoever asks ends.
    func unconfirmed() -> [UnconfirmedMove]? {
        state.withLock { state in
            state.isConfirming = !state.unconfirmed.isEmpty
            return state.isConfirming ? Array(state.unconfirmed.values) : nil
        }
    }

    /// Keeps a thread that `stop` waits for.
    func remember(_ thread: WorkerThread) {
        state.withLock { state in
            state.undoing.removeAll { $0.isFinished }
            state.undoing.append(thread)
        }
    }

    private func verify(_ channel: IncomingChannel) -> MigrationListener.Taking? {
        guard let migration = incoming(channel.migration.description) else { return nil }
        if let faults = tuning.faults, !faults.accepts(channel) { return { true } }
        return migration.verify(channel)
    }

    // MARK: - Questions of the peer

    /// What the peer's record says may be what a move here waits for.
    private func learn(_ standing: OwnershipStanding, of migration: String, from peer: TrustReport) {
        guard records.log(migration)?.context.peerFingerprint == peer.fingerprint else { return }
        let (outgoing, incoming, settlement) = state.withLock {
            ($0.outgoing[migration], $0.incoming[migration], $0.settlements[migration])
        }
        outgoing?.learn(standing)
        incoming?.learn(standing)
        settlement?.learn(standing)
    }

    /// From the record. Only while a session works here its own view of it counts: it does not tell OWNER before the guest
    /// runs, because a `cont` that fails could not be taken back from a source that has erased its copy. A host learns of its
    /// own moves only.
    func answer(_ migration: String, _ peer: TrustReport) throws(Failure) -> MigrationStanding {
        guard let newest = try records.newest(migration), try isParty(peer, to: migration) else {
            return MigrationStanding(record: nil, epoch: 0, isRunning: false)
        }
        let machine = machines.machineIfPresent(newest.machine)
        let isRunning = machine?.qemu.map { $0.process.isAlive && $0.guestStatus.state == .running } ?? false
        let role = incoming(migration)?.standing(isRunning: isRunning)?.role ?? newest.role
        var standing = MigrationStanding(record: role.rawValue, epoch: newest.epoch, isRunning: isRunning)
        if newest.side == .target, role == .owner { standing.machine = machine?.report }
        return standing
    }

    private func isParty(_ peer: TrustReport, to migration: String) throws(Failure) -> Bool {
        guard let context = try records.context(migration) else { return false }
        return context.peerFingerprint == peer.fingerprint
    }

    func peer(_ host: TrustReport, _ migration: String) -> MigrationPeer {
        MigrationPeer(host, connector: connector, migration: migration, faults: tuning.faults)
    }

    func marks(_ context: MigrationContext) -> PhaseMarks {
        PhaseMarks(context.side == .source ? .source : .target, migration: context.migration, probe: tuning.probe)
    }

    // MARK: - Endings

    /// Publishes in the history and in its file.
    func report(_ log: MigrationLog, _ change: (inout MigrationReport) -> Void) {
        do throws(Failure) { try history.update(log.context.migration, change) } catch {
            complain(error, log.context.machineName)
        }
    }

    /// The move is over on this host; what it made is undone or kept already.
    ///
    /// - Parameter agreement: of the other host.
    func finish(
        _ log: MigrationLog, _ status: MigrationStatus, _ failure: Failure?,
        _ agreement: UnconfirmedMove.Agreement = .known
    ) throws(Failure) {
        report(log) { report in
            report.status = status
            report.phase = status.rawValue
            report.ended = report.ended ?? Date().timeIntervalSince1970
            // What kept it in doubt for a while is no failure of a move that was completed.
            if failure != nil || status == .completed { report.failure = failure.map(FailureDocument.init) }
        }
        try log.undo.retire()
        if agreement != .open { try close(log) }
        if agreement != .known { confirmLater(UnconfirmedMove(log, agreement)) }
    }

    /// The move is settled, and the other host agrees.
    func close(_ log: MigrationLog) throws(Failure) {
        try records.close(log)
        settleWitness(of: log)
    }

    /// The target owns the machine: what the move made here is the machine's.
    func keep(_ log: MigrationLog, _ agreement: UnconfirmedMove.Agreement = .open) throws(Failure) {
        let context = log.context
        if let machine = machines.machineIfPresent(context.machine), machine.isPlanned {
            try marks(context).around(.commit) { () throws(Failure) in try machines.commit(machine) }
        }
        for made in log.undo.open {
            // The scaffold goes, whatever became of the move.
            if case .removeTree(let path) = made { try Folder.removeTree(path) }
        }
        try log.undo.keepEverything()
        try records.setEpoch(context.epoch, of: context.machine)
        announceArrival(context)
        try finish(log, .completed, nil, agreement)
    }

    /// The source has given the machine away: nothing of it stays, but for disks that were to be kept.
    func retire(_ log: MigrationLog) throws(Failure) {
        let context = log.context
        let machine = machines.machineIfPresent(context.machine)
        marks(context).before(.retire)
        // It may have come back since, when this is settled late: then what is here is not what was left.
        if records.epoch(of: context.machine) <= context.epoch, machine?.isPlanned != true {
            if let machine { try machines.remove(machine) }
            for disk in log.removableDisks where machines.user(ofImage: disk) == nil { try DurableFile.remove(disk) }
            try records.setEpoch(context.epoch, of: context.machine)
        }
        marks(context).after(.retire)
        try log.undo.keepEverything()
        announceDeparture(context)
        try finish(log, .completed, nil)
    }

    /// Makes the guest run from whatever a move left its hypervisor in.
    func resumeGuest(of log: MigrationLog) throws(Failure) {
        let machine = try machines.machine(log.context.machine)
        try QEMUSourceGuest.resume(machine.name, try machine.requireQEMU().qmp())
    }

    func undoEverything(_ log: MigrationLog) throws(Failure) {
        try log.undo.undoEverything { (undo) throws(Failure) in try perform(undo, of: log.context) }
    }

    private func perform(_ undo: MigrationUndo, of context: MigrationContext) throws(Failure) {
        switch undo {
        case .removeFile(let path):
            // Whatever the journal says: the disk of a machine that is here for good is not a move's to remove.
            if let user = machines.user(ofImage: path), user.plannedBy != context.migration { return }
            try DurableFile.remove(path)
        case .removeEmptyFolder(let path): Folder.removeIfEmpty(path)
        case .removeTree(let path): try Folder.removeTree(path)
        case .endStorageDaemon(let socket): try StorageDaemon.endLeftover(socket: socket)
        case .removeTracking(let id):
            guard let machine = machines.machineIfPresent(id), let qemu = machine.qemu else { return }
            let nodes = try machine.document().disks.map(\.name)
            try QMPBlockMonitor(qemu.qmp()).removeTracking(nodes: nodes)
            try DurableFile.remove(QEMUSourceGuest.relayPath(in: machine.runtimeFolder))
        case .removePlannedMachine(let id):
            guard let machine = machines.machineIfPresent(id), machine.plannedBy == context.migration else { return }
            try machines.remove(machine)
        }
    }
}
