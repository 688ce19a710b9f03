import FerryContract
import FerryCore
import FerryLinux
import FerryTransfer
import Synchronization

/// One machine on its way to another host: what the source has set up for it, and the session that copies.
final class OutgoingMigration: Sendable {
    let id: String
    let session: SourceSession
    private let guest: QEMUSourceGuest
    private let client: QMPClient
    private let sources: [NBDBlockSource]
    private let ended = Event()

    /// Sets the machine's hypervisor up for being read: block server, exports, tracker. The guest goes on running. On
    /// failure
    /// what was set up is left to the journal.
    init(
        _ log: MigrationLog, machine: Machine, host: HostMigrations, includesStorage: Bool, peer: MigrationPeer,
        route: MigrationRoute, protection: TrafficProtection
    ) throws(Failure) {
        id = log.context.migration
        let document = try machine.document()
        let qemu = try machine.requireQEMU()
        client = try qemu.qmp()
        let migration = try Self.identifier(id)
        guest = try QEMUSourceGuest(
            machine: machine.name, client: client, process: qemu.process, runtimeFolder: machine.runtimeFolder,
            user: host.environment.guest, needsBarrier: document.diskCache == .none)
        do throws(Failure) {
            let (lanes, sources) = try Self.lanes(
                includesStorage ? document.disks : [], qemu, client, folder: machine.runtimeFolder,
                label: String(id.prefix(8)), marks: host.marks(log.context))
            self.sources = sources
            var configuration = SourceSession.Configuration(
                migration: migration, epoch: log.context.epoch, targetName: peer.host.name, policy: host.tuning.policy,
                protection: protection)
            configuration.connections = host.tuning.dataConnections
            configuration.timeouts = host.tuning.timeouts
            configuration.verifiesMemory = host.tuning.verifiesMemory
            if let kernel = document.kernel {
                configuration.bootFiles = [
                    BootFile(kind: .kernel, path: "\(machine.folder)/\(MachineDocument.Kernel.kernelFileName)")
                ]
                if kernel.hasInitrd {
                    configuration.bootFiles.append(
                        BootFile(
                            kind: .initialRAMDisk, path: "\(machine.folder)/\(MachineDocument.Kernel.initrdFileName)"))
                }
            }
            session = SourceSession(
                configuration, guest: host.tuning.sourceGuestFilter(guest), lanes: lanes, supply: route, log: log,
                peer: peer, witness: host.witness(of: log), probe: host.tuning.probe)
        } catch {
            guest.close()
            throw error
        }
    }

    private static func lanes(
        _ disks: [MachineDocument.Disk], _ qemu: RunningQEMU, _ client: QMPClient, folder: String, label: String,
        marks: PhaseMarks
    ) throws(Failure) -> (lanes: [any CopyLane], sources: [NBDBlockSource]) {
        let file = try RAMFile.open(qemu.record.memoryFile)
        var lanes: [any CopyLane] = [
            MemoryLane(
                file: file, mapping: try Mapping(file, writable: false),
                tracker: try DirtyTracker(qemu.process, file: file))
        ]
        guard !disks.isEmpty else { return (lanes, []) }
        let interruption = CancellationToken()
        let monitor = QMPBlockMonitor(client, interruption: interruption)
        var sources: [NBDBlockSource] = []
        let socket = "\(folder)/nbd"
        // What a move that ended badly may have left.
        try monitor.removeTracking(nodes: disks.map(\.name))
        marks.before(.diskServer)
        try monitor.startBlockServer(socket: socket)
        for (index, disk) in disks.enumerated() {
            let source = try NBDBlockSource(
                node: disk.name, label: label, socket: socket, monitor: monitor, marks: marks,
                interruption: interruption)
            sources.append(source)
            lanes.append(DiskLane(index: index, source: source))
        }
        marks.after(.diskServer)
        return (lanes, sources)
    }

    static func identifier(_ id: String) throws(Failure) -> MigrationID {
        guard let migration = MigrationID(id) else {
            throw Failure(
                MigrationFault.malformedDescription, "'\(id)' is not the identifier of a migration.", target: id)
        }
        return migration
    }

    /// The whole move, on the calling thread.
    func run() -> SourceReport {
        defer {
            guest.close()
            ended.set()
        }
        return session.run()
    }

    func learn(_ standing: OwnershipStanding) { session.learn(standing) }

    /// Whether the hypervisor has owed an answer, or a read of a disk has been under way, for seconds: it hangs on its storage.
    var isWaitingForStorage: Bool {
        let longest = (sources.map(\.longestWait) + [client.oldestDebt]).max() ?? .zero
        return longest > .seconds(2)
    }

    /// This host ends: returns once the session has, with the machine here, there, or in doubt.
    func stop() {
        session.suspend()
        ended.wait(until: .after(.seconds(60)))
    }
}
