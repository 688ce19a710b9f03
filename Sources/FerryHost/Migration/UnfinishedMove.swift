import FerryContract
import FerryCore
import FerryLinux

/// A move that ended here with the machine, while QEMU hung on its storage: what the move made in it could not be taken away.
struct UnfinishedMove: Sendable {
    let log: MigrationLog
    let status: MigrationStatus
    let failure: Failure

    init(_ log: MigrationLog, _ status: MigrationStatus, _ failure: Failure) {
        self.log = log
        self.status = status
        self.failure = failure
    }
}

extension HostMigrations {
    private static let pause = Duration.seconds(2)

    /// Takes away what `move` left as soon as QEMU answers. A new life of ferryd does it at its start.
    func finishLater(_ move: UnfinishedMove) {
        let machine = move.log.context.machine
        setUnfinished(move, of: machine)
        do throws(Failure) {
            remember(
                try WorkerThread("move-undo") { [stopping, weak self] in
                    while !stopping.wait(until: .after(Self.pause)) {
                        guard let self, self.unfinished(machine) != nil else { return }
                        // Whoever works on the machine comes first.
                        let present = self.machines.machineIfPresent(machine)
                        let lease = try? present?.lease(.move)
                        guard present == nil || lease != nil else { continue }
                        defer { lease?.end() }
                        do throws(Failure) { try self.finishUnfinished(machine) } catch { continue }
                    }
                })
        } catch {
            complain(error, move.log.context.machineName)
        }
    }

    /// Finishes what an earlier move of the machine left. The caller has the machine's lease.
    ///
    /// - Throws: `TransferFault.storageWaiting` while QEMU still hangs.
    func finishUnfinished(_ machine: String) throws(Failure) {
        guard let move = unfinished(machine) else { return }
        try undoEverything(move.log)
        try finish(move.log, move.status, move.failure)
        setUnfinished(nil, of: machine)
    }
}
