package import FerryCore
import FerryLinux
import Synchronization

/// The source's side of one move: connects, copies in rounds, switches over, and ends with the guest running on exactly one host.
///
/// `run` blocks on a thread of the caller's; everything else may be called from any thread. The session writes OWNER when it
/// starts, and every later record through `log`.
///
///     connecting ▶ preparing ▶ rounds (survey, barrier, copy, …) ▶ cutover ▶ report
///
/// Whatever fails before RELEASED leaves the guest running here and the target told to destroy what it has.
package final class SourceSession: Sendable {
    package struct Configuration: Sendable {
        package var migration: MigrationID
        /// Of the records: the machine's epoch plus one.
        package var epoch: UInt64
        package var targetName: String
        package var policy: ConvergencePolicy
        package var protection: TrafficProtection
        /// Data connections, 1 … `WireProtocol.connectionsLimit` / 2.
        package var connections = 2
        package var bootFiles: [BootFile] = []
        package var timeouts = CutoverTimeouts()
        /// What stop, device state, load and run take on this host: part of every forecast.
        package var deviceState = Duration.milliseconds(15)
        /// Compares a digest of all memory before the target loads its device state. Lengthens the blackout; for tests and doubts.
        package var verifiesMemory = false
        /// From the map of what is to be copied to the target's readiness for it.
        package var prepareTimeout = Duration.seconds(300)
        package var cut = DebtLedger.Cut()
        package var deviceStateLimit = 64 << 20

        package init(
            migration: MigrationID, epoch: UInt64, targetName: String, policy: ConvergencePolicy,
            protection: TrafficProtection
        ) {
            self.migration = migration
            self.epoch = epoch
            self.targetName = targetName
            self.policy = policy
            self.protection = protection
        }
    }

    enum Event: Sendable {
        case control(ControlChannel.Delivery)
        case mover(Mover.Report)
        case settled
        case deviceStatePrepared
        case deviceStateFailed(Failure)
        case standing(OwnershipStanding)
        case askEnded
        case witnessed(OwnershipSide)
        case witnessFailed(Failure)
        case cancel
        case suspend
    }

    let configuration: Configuration
    let guest: any SourceGuest
    let lanes: [any CopyLane]
    let supply: any ChannelSupply
    let log: any OwnershipLog
    let peer: any OwnershipPeer
    let witness: (any OwnershipWitness)?
    let marks: PhaseMarks
    let clock: any TimeSource
    let mailbox = Mailbox<Event>()
    let board: WorkBoard
    let share = MoverShare()
    private let published = Mutex((progress: SessionProgress(), percent: MonotonePercent()))

    /// - Parameters:
    ///   - lanes: at most one of memory; their kinds differ. The session closes them.
    ///   - witness: of a move that both hosts have agreed to make with one.
    package init(
        _ configuration: Configuration, guest: any SourceGuest, lanes: [any CopyLane], supply: any ChannelSupply,
        log: any OwnershipLog, peer: any OwnershipPeer, witness: (any OwnershipWitness)? = nil,
        probe: (any PhaseProbe)? = nil, clock: any TimeSource = SystemTime()
    ) {
        self.configuration = configuration
        self.guest = guest
        self.lanes = lanes
        self.supply = supply
        self.log = log
        self.peer = peer
        self.witness = witness
        marks = PhaseMarks(.source, migration: configuration.migration.description, probe: probe)
        self.clock = clock
        let mailbox = self.mailbox
        board = WorkBoard(lanes: lanes.map(\.kind), cut: configuration.cut, clock: clock) { mailbox.post(.settled) }
    }

    /// The whole move. Once.
    package func run() -> SourceReport { SourceRun(self).run() }

    /// Goes on where a host restarted with RELEASED as its newest record: asks the target until one of the two may run the
    /// guest. Nothing is copied; `lanes` are not used.
    package func recover(guestIsDead: Bool) -> SourceReport { SourceRun(self).recover(guestIsDead: guestIsDead) }

    /// Ends the move, if that is still possible: see `SessionProgress.wasTooLateToCancel`.
    ///
    /// What the session waits for meanwhile, storage that hangs for instance, is interrupted.
    package func cancel() {
        mailbox.post(.cancel)
        interrupt()
    }

    /// This host's runtime ends: cancels, or, past RELEASED, returns as soon as the outcome is known or in doubt.
    package func suspend() {
        mailbox.post(.suspend)
        interrupt()
    }

    /// Past RELEASED this interrupts nothing: nobody drains, pauses, surveys or loads any more.
    private func interrupt() {
        guest.interrupt()
        for lane in lanes { lane.interrupt() }
    }

    /// What the other host's record says, from its question to this host.
    package func learn(_ standing: OwnershipStanding) { mailbox.post(.standing(standing)) }

    /// What this host answers to a question about the move.
    ///
    /// - Parameter isRunning: whether the guest runs here, asked of the hypervisor at this moment.
    package func standing(isRunning: Bool) -> OwnershipStanding {
        OwnershipStanding(role: log.role, epoch: configuration.epoch, isRunning: isRunning)
    }

    package var progress: SessionProgress {
        let total = board.total
        let memory = board.meter(of: .memory)
        return published.withLock { published in
            if published.progress.round != nil { published.percent.update(total) }
            var progress = published.progress
            progress.percent = published.percent.value
            if progress.isPeerSilent {
                progress.reasonNotFrozen = "'\(configuration.targetName)' has not been heard of for more than a second."
            }
            for lane in lanes {
                switch lane.kind {
                case .memory:
                    progress.memory = LaneProgress(
                        acknowledged: ByteCount(memory.acknowledged), pending: ByteCount(memory.pending))
                case .disk:
                    progress.disk = LaneProgress(
                        acknowledged: ByteCount(total.acknowledged - min(memory.acknowledged, total.acknowledged)),
                        pending: ByteCount(total.pending - min(memory.pending, total.pending)))
                }
            }
            progress.wireBytes = share.wireBytes
            return progress
        }
    }

    func publish(_ change: (inout SessionProgress) -> Void) { published.withLock { change(&$0.progress) } }
}
