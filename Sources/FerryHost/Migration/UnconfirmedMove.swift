import FerryContract
import FerryCore
import FerryLinux
import FerryTransfer

/// A move that is over here, while the other host does not know it or has not agreed.
struct UnconfirmedMove: Sendable {
    enum Agreement: Sendable {
        case known
        /// The machine is this host's, and the other's record may claim it: the records stay open, so that a later life of ferryd
        /// asks before it lets the machine run.
        case open
        /// The other host cannot have become READY. It was not reached: what was made there goes as soon as it hears of it.
        case unheard
    }

    let log: MigrationLog
    let agreement: Agreement
    /// After that the other host's own waiting has ended what it had.
    let expiry = Deadline.after(.seconds(120))

    init(_ log: MigrationLog, _ agreement: Agreement) {
        self.log = log
        self.agreement = agreement
    }
}

/// The other host is asked, or told, until it answers.
extension HostMigrations {
    private static let longestPause = Duration.seconds(10)

    func confirmLater(_ move: UnconfirmedMove) {
        let begins = addUnconfirmed(move)
        guard begins else { return }
        do throws(Failure) {
            remember(
                try WorkerThread("move-confirm") { [stopping, weak self] in
                    var pause = self?.tuning.timeouts.askAgain ?? Self.longestPause
                    // At once for the first time: usually only a last word was lost.
                    while let self, let moves = self.unconfirmed() {
                        for move in moves where !stopping.isSet { self.confirm(move) }
                        if stopping.wait(until: .after(pause)) { return }
                        pause = min(pause * 2, Self.longestPause)
                    }
                })
        } catch {
            // The records stay open; the next life asks.
            complain(error, move.log.context.machineName)
        }
    }

    /// The other host's record of a move that this host's newest record claims the machine by.
    ///
    /// The source makes the target give up what it may still have; the target tells its own record, which the source may wait for.
    func claimed(_ log: MigrationLog, _ peer: MigrationPeer) throws(Failure) -> OwnershipStanding {
        let context = log.context
        switch context.side {
        case .source:
            return OwnershipStanding(
                try peer.send(AbandonMigrationRequest(migration: context.migration), within: .seconds(10)))
        case .target:
            return try peer.ask(
                telling: OwnershipStanding(role: log.role, epoch: context.epoch, isRunning: false))
        }
    }

    private func confirm(_ move: UnconfirmedMove) {
        let log = move.log
        let context = log.context
        guard move.agreement == .open else {
            let isHeard = (try? claimed(log, peer(trustedPeer(context), context.migration))) != nil
            if isHeard || move.expiry.hasPassed { removeUnconfirmed(context.migration) }
            return
        }
        // Gone on to somewhere else: that move's records say where.
        let isPast =
            machines.machineIfPresent(context.machine) == nil || records.epoch(of: context.machine) > context.epoch
        let answer = isPast ? nil : try? claimed(log, peer(trustedPeer(context), context.migration))
        let confirmation = isPast ? .agreed : answer.map { OwnershipConfirmation.judge(log.journal, peer: $0) } ?? .open
        do throws(Failure) {
            switch confirmation {
            case .open: return
            case .agreed: try close(log)
            case .yields: try yield(log)
            }
            removeUnconfirmed(context.migration)
        } catch {
            complain(error, context.machineName)
        }
    }

    /// The machine is the other host's by an administrator's word: it stands still here and nobody starts it. Its files stay.
    func yield(_ log: MigrationLog) throws(Failure) {
        let context = log.context
        let failure = Failure(
            MigrationFault.inDoubt,
            "Virtual machine '\(context.machineName)' does not run on '\(hostName)': '\(context.peerName)' was given it on an administrator's word, while this host's record says that it is its own.",
            target: context.machineName,
            advice:
                "Look at both: if '\(context.peerName)' has what is wanted, remove the virtual machine here with Remove-VM; else remove it there, move the folder \(context.migration) out of migrations/open in ferryd's state folder here and restart ferryd."
        )
        if let machine = machines.machineIfPresent(context.machine) {
            machine.hold(failure)
            // Somebody must be able to look at it, and to remove it.
            if machine.isPlanned { try machines.commit(machine) }
            try log.undo.keepEverything()
            if let qemu = machine.qemu, qemu.guestStatus.state == .running { try qemu.qmp().execute("stop") }
        }
        complain(failure, context.machineName)
        report(log) { report in
            report.status = .inDoubt
            report.failure = FailureDocument(failure)
        }
    }
}
