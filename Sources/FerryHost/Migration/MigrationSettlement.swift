import FerryContract
import FerryCore
import FerryLinux
import FerryTransfer
import Synchronization

/// Settles one move that an earlier life of ferryd left, by its record and, where that does not say enough, the peer's.
///
/// ```
///   decide ──▶ act ──▶ settled
///      └─ paused, unknown ──▶ the session's own recovery: asks the peer until one of the two may run the guest
/// ```
///
/// A host that comes back to a record by which the machine is its own, with a guest that does not run, reads the other host's first:
/// an administrator may have given the machine to that one meanwhile (`OwnershipConfirmation`).
///
/// The machine is leased meanwhile, so nobody starts it. A source that has released it and hears nothing stays here for
/// as long
/// as it takes: no answer is no answer.
final class MigrationSettlement: Sendable {
    private enum Recovery: Sendable {
        case source(SourceSession)
        case target(TargetSession)
    }

    let log: MigrationLog
    private let host: HostMigrations
    private let peer: MigrationPeer
    private let machine: Machine?
    private let lease: MachineLease?
    private let recovery = Mutex<Recovery?>(nil)
    private let ended = Event()
    /// The other host has agreed that the machine is here, or will be asked again.
    private let isConfirmed = Atomic<Bool>(false)
    private let isDecidedForTarget = Atomic<Bool>(false)
    private let vouched = Event()
    private let stopping = Event()

    /// - Parameter machine: nil when it is gone from this host.
    init(_ log: MigrationLog, host: HostMigrations, machine: Machine?, peer: MigrationPeer) throws(Failure) {
        self.log = log
        self.host = host
        self.machine = machine
        self.peer = peer
        lease = try machine?.lease(.move)
    }

    /// Settles what needs no peer on the calling thread; the rest goes on on a thread of its own.
    ///
    /// - Parameter finished: called once when the settlement is over, on whichever thread that happens.
    func start(_ finished: @escaping @Sendable () -> Void) throws(Failure) {
        guard !mustAskFirst else {
            host.report(log) { $0.status = .inDoubt }
            _ = try WorkerThread("settlement") { [self] in
                askFirst()
                end(finished)
            }
            return
        }
        let isSettled: Bool
        do throws(Failure) {
            isSettled = try decide()
        } catch {
            // It stays open for the next life. Where the record says that the machine is this host's, it is the administrator's
            // to stop or to start; where it does not, nobody may take it.
            host.report(log) { report in
                report.status = isOurs ? .failed : .inDoubt
                report.failure = FailureDocument(error)
            }
            if isOurs { lease?.end() }
            ended.set()
            throw error
        }
        guard !isSettled else { return end(finished) }
        host.report(log) { $0.status = .inDoubt }
        host.announceDoubt(log.context)
        _ = try WorkerThread("settlement") { [self] in
            recover()
            end(finished)
        }
    }

    private func end(_ finished: () -> Void) {
        lease?.end()
        finished()
        ended.set()
    }

    /// The peer's record, told by the peer.
    func learn(_ standing: OwnershipStanding) {
        switch recovery.withLock({ $0 }) {
        case .source(let session): session.learn(standing)
        case .target(let session): session.learn(standing)
        case nil: break
        }
    }

    /// The source gives the move up: what a target was READY with is destroyed.
    func abandon() {
        guard case .target = recovery.withLock({ $0 }) else { return }
        abandon(interrupted)
        ended.wait(until: .after(.seconds(60)))
    }

    /// As above, for a reason of this host's own, and without waiting.
    func abandon(_ reason: Failure) {
        guard case .target(let session) = recovery.withLock({ $0 }) else { return }
        session.abandon(reason)
    }

    /// Ends asking; what is not settled stays as it is for the next life of ferryd.
    func stop() {
        stopping.set()
        switch recovery.withLock({ $0 }) {
        case .source(let session): session.suspend()
        case .target(let session): session.suspend()
        case nil: break
        }
        ended.wait(until: .after(.seconds(60)))
    }

    // MARK: - Asking first

    /// Whether its own record claims the machine and no guest runs by it.
    private var mustAskFirst: Bool {
        guard machine != nil, guest != .running else { return false }
        switch (log.context.side, log.role) {
        case (.source, .owner), (.source, .refused), (.target, .owner): return true
        // The witness is asked in its place.
        case (.target, .granted): return guest == .paused && log.witness == nil
        case (.source, _), (.target, _): return false
        }
    }

    /// Whether the machine waits for the other host's answer, or for an administrator's word in its place.
    var isAskingFirst: Bool { mustAskFirst && !ended.isSet }

    /// An administrator says that the other host does not have it.
    func vouch() { vouched.set() }

    /// An administrator says that the source has released the machine, and that no witness gives it back.
    func vouchForRelease() {
        guard case .target(let session) = recovery.withLock({ $0 }) else { return }
        session.vouch()
    }

    private func askFirst() {
        var isAnnounced = false
        while !stopping.isSet {
            var confirmation = OwnershipConfirmation.open
            if vouched.isSet {
                confirmation = .agreed
            } else if let answer = try? host.claimed(log, peer) {
                // One that claims nothing against it is enough to let the guest run; what it still has to learn it is told later.
                confirmation = OwnershipConfirmation.judge(log.journal, peer: answer)
                if confirmation == .open, log.context.side == .target { return act(.open) }
            } else if witnessDecidesForSource() {
                // The target will not run it. It is told so until it has agreed.
                return act(.open)
            }
            if confirmation != .open { return act(confirmation) }
            if !isAnnounced { host.announceDoubt(log.context, isOwn: true) }
            isAnnounced = true
            vouched.wait(until: .after(host.tuning.timeouts.askAgain))
        }
    }

    /// A source whose target does not answer has the witness decide: for it, and nobody else runs the machine by this move.
    private func witnessDecidesForSource() -> Bool {
        guard log.context.side == .source, !isDecidedForTarget.load(ordering: .acquiring),
            let witness = host.witness(of: log), let side = try? witness.claim(for: .source)
        else { return false }
        // It will never say anything else.
        if side == .target { isDecidedForTarget.store(true, ordering: .releasing) }
        return side == .source
    }

    private func act(_ confirmation: OwnershipConfirmation) {
        do throws(Failure) {
            guard confirmation == .yields else {
                isConfirmed.store(confirmation == .agreed, ordering: .releasing)
                guard try decide() else { return recover() }
                return
            }
            switch (log.context.side, guest) {
            case (.target, .paused):
                // It has not run here, or not since anybody could know of it.
                try machine?.destroyQEMU()
                try append(.refused)
                try undoAndFinish()
            case (.source, _):
                // Its memory and disks are the other host's since it was READY; the files of the disks stay all the same.
                try host.records.retainDisks(log)
                try append(.gone)
                try host.retire(log)
            case (.target, _): try host.yield(log)
            }
        } catch {
            host.complain(error, log.context.machineName)
            host.report(log) { report in
                report.status = isOurs ? .failed : .inDoubt
                report.failure = FailureDocument(error)
            }
        }
    }

    // MARK: - By the own record

    /// Carries out what the record decides alone. false: the peer must be asked.
    private func decide() throws(Failure) -> Bool {
        switch OwnershipDecision.decide(log.journal, guest: guest, hasWitness: log.witness != nil) {
        case .nothing:
            try host.undoEverything(log)
            try host.finish(log, .failed, interrupted)
        case .keepHere:
            try append(.refused)
            try host.resumeGuest(of: log)
            try undoAndFinish()
        case .ownStopped:
            if log.context.side == .target {
                try host.keep(log, isConfirmed.load(ordering: .acquiring) ? .known : .open)
            } else {
                try append(.refused)
                try undoAndFinish()
            }
        case .run:
            try host.resumeGuest(of: log)
            try host.keep(log, isConfirmed.load(ordering: .acquiring) ? .known : .open)
        case .becomeOwner:
            try append(.owner)
            try host.resumeGuest(of: log)
            try host.keep(log, isConfirmed.load(ordering: .acquiring) ? .known : .open)
        case .stayPausedAndAsk:
            if let machine, guest == .running { try machine.requireQEMU().qmp().execute("stop") }
            return false
        case .destroyAndRefuse:
            try machine?.destroyQEMU()
            try append(.refused)
            try undoAndFinish()
        case .retire:
            try append(.gone)
            try host.retire(log)
        }
        return true
    }

    /// A source keeps the machine, and a target has destroyed what it had. The source tells the target until that has agreed.
    private func undoAndFinish() throws(Failure) {
        try host.undoEverything(log)
        let isKnown = isConfirmed.load(ordering: .acquiring) || log.context.side == .target
        try host.finish(log, .failed, interrupted, isKnown ? .known : .open)
    }

    private func append(_ role: OwnershipRole) throws(Failure) {
        if log.role != role { try log.append(role) }
    }

    // MARK: - With the peer

    private func recover() {
        do throws(Failure) {
            switch log.context.side {
            case .source: try recoverSource()
            case .target: try recoverTarget()
            }
        } catch {
            host.complain(error, log.context.machineName)
        }
    }

    private func recoverSource() throws(Failure) {
        var configuration = SourceSession.Configuration(
            migration: try OutgoingMigration.identifier(log.context.migration), epoch: log.context.epoch,
            targetName: peer.host.name, policy: host.tuning.policy, protection: .plain())
        configuration.timeouts = host.tuning.timeouts
        let session = SourceSession(
            configuration, guest: SettlingGuest(log, host: host, machine: machine), lanes: [], supply: NoSupply(),
            log: log, peer: peer, witness: host.witness(of: log), probe: host.tuning.probe)
        recovery.withLock { $0 = .source(session) }
        switch session.recover(guestIsDead: guest == .absent).outcome {
        case .moved:
            try append(.gone)
            try host.retire(log)
        case .keptHere, .stoppedHere:
            // The target has refused, or an administrator has vouched for it.
            try append(.refused)
            try undoAndFinish()
        case .inDoubt: break
        }
    }

    private func recoverTarget() throws(Failure) {
        var configuration = TargetSession.Configuration(
            migration: try OutgoingMigration.identifier(log.context.migration), epoch: log.context.epoch,
            sourceName: peer.host.name, protection: .plain())
        configuration.timeouts = host.tuning.timeouts
        let session = try TargetSession(
            configuration, guest: SettlingGuest(log, host: host, machine: machine), sinks: [], log: log, peer: peer,
            witness: host.witness(of: log), probe: host.tuning.probe)
        recovery.withLock { $0 = .target(session) }
        let outcome = session.recover().outcome
        switch outcome {
        case .runsHere: try host.keep(log)
        case .ownedHere(let failure):
            host.complain(failure, log.context.machineName)
            try host.keep(log)
        case .refused:
            try append(.refused)
            try undoAndFinish()
        case .inDoubt: break
        }
    }

    private var guest: OwnershipDecision.LocalGuest {
        guard let qemu = machine?.qemu, qemu.process.isAlive else { return .absent }
        return qemu.guestStatus.state == .running ? .running : .paused
    }

    private var isOurs: Bool {
        switch (log.context.side, log.role) {
        case (.source, .owner), (.source, .refused), (.source, nil), (.target, .owner): true
        case (.source, _), (.target, _): false
        }
    }

    private var interrupted: Failure {
        Failure(
            TransferFault.connectionLost,
            "The move of virtual machine '\(log.context.machineName)' ended because ferryd was restarted on '\(host.hostName)'.",
            target: log.context.machineName)
    }
}

/// The guest of an unsettled move: it can only be made to run, or to go. Nothing is copied any more.
private final class SettlingGuest: SourceGuest, TargetGuest {
    private let log: MigrationLog
    private let host: HostMigrations
    private let machine: Machine?

    init(_ log: MigrationLog, host: HostMigrations, machine: Machine?) {
        self.log = log
        self.host = host
        self.machine = machine
    }

    var needsBarrier: Bool { false }
    var isAlive: Bool { machine?.qemu?.process.isAlive ?? false }
    func resume() throws(Failure) { try host.resumeGuest(of: log) }
    func destroy() throws(Failure) { try machine?.destroyQEMU() }

    func run() throws(GuestStartFailure) {
        do throws(Failure) { try resume() } catch { throw error.isQEMUAnswer ? .answered(error) : .unanswered(error) }
    }

    func drain() throws(Failure) -> Duration { throw over }
    func pause() throws(Failure) { throw over }
    func beginDeviceState() throws(Failure) { throw over }
    func finishDeviceState() throws(Failure) -> [UInt8] { throw over }
    func store(_ bytes: [UInt8], of file: BootFileKind, at offset: UInt64) throws(Failure) { throw over }
    func prepare() throws(Failure) { throw over }
    func releaseDisks() throws(Failure) { throw over }
    func load(deviceState: [UInt8]) throws(Failure) { throw over }

    private var over: Failure {
        Failure(
            MigrationFault.migrationUnknown,
            "The copying of virtual machine '\(log.context.machineName)' ended with an earlier life of ferryd.",
            target: log.context.machineName)
    }
}

/// Recovery copies nothing, so nobody may connect.
private final class NoSupply: ChannelSupply {
    func connect(number: UInt32, until deadline: Deadline, stop: StopSignal) throws(Failure) -> StreamSocket {
        throw Failure(MigrationFault.migrationUnknown, "A move of an earlier life of ferryd opens no connections.")
    }
}
