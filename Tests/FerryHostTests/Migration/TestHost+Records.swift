import FerryContract
import FerryCore
import FerryHost
import FerryTransfer

extension TestHost {
    /// Writes what a move that was broken off has recorded on this host, which is stopped.
    ///
    /// - Parameters:
    ///   - isListed: whether it is in the history, too.
    ///   - isClosed: whether it is settled.
    @discardableResult
    func record(
        _ roles: [OwnershipRole], of migration: String, _ side: MigrationContext.MigrationSide, machine: MachineReport,
        peer: TestHost, epoch: UInt64 = 1, disks: [String] = [], undo: [MigrationUndo] = [], isListed: Bool = true,
        isClosed: Bool = false
    ) throws(Failure) -> MigrationLog {
        let folder = "\(configuration.stateFolder)/migrations"
        if isListed {
            let (source, target) = side == .source ? (self, peer) : (peer, self)
            var report = MigrationReport(
                id: migration, machineName: machine.name, machineID: machine.id,
                role: side == .source ? .source : .target, sourceHost: source.hostName, targetHost: target.hostName,
                status: .running, phase: "", started: 0)
            report.connections = 1
            try MigrationHistory(folder: folder).add(report)
        }
        let records = try MigrationRecords(folder: folder)
        let log = try records.begin(
            MigrationContext(
                migration: migration, side: side, machine: machine.id, machineName: machine.name, epoch: epoch,
                peerName: peer.hostName, peerFingerprint: peer.fingerprint, disks: disks))
        for undo in undo { try log.undo.willMake(undo) }
        for role in roles { try log.append(role) }
        if isClosed { try records.close(log) }
        return log
    }
}
