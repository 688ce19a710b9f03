package import FerryCore
import FerryLinux
import Synchronization

/// The target's side of one move: takes connections the daemon hands over, applies what comes, and ends with the guest running
/// here or with nothing of it left here.
///
/// `run` blocks on a thread of the caller's; everything else may be called from any thread. The session writes PREPARED when it
/// starts, and every later record through `log`.
package final class TargetSession: Sendable {
    package struct Configuration: Sendable {
        package var migration: MigrationID
        /// Of the records: the machine's epoch plus one, as the source announced it at sign-in.
        package var epoch: UInt64
        package var sourceName: String
        package var protection: TrafficProtection
        package var timeouts = CutoverTimeouts()
        /// From `run` to the source's control channel.
        package var connectTimeout = Duration.seconds(30)
        package var capabilities = Capabilities.all
        package var deviceStateLimit = 64 << 20

        package init(migration: MigrationID, epoch: UInt64, sourceName: String, protection: TrafficProtection) {
            self.migration = migration
            self.epoch = epoch
            self.sourceName = sourceName
            self.protection = protection
        }
    }

    enum Event: Sendable {
        case controlOpened(Channel, HelloMessage)
        case control(ControlChannel.Delivery)
        case receiver(Receiver.Report)
        case standing(OwnershipStanding)
        case askEnded
        case witnessed(OwnershipSide)
        case witnessFailed(Failure)
        case vouched
        case abandon(Failure)
        case suspend
    }

    private struct Adoption: Sendable {
        var receivers: [UInt32: Receiver] = [:]
        var hasEnded = false
    }

    let configuration: Configuration
    let guest: any TargetGuest
    let sinks: [any LaneSink]
    let log: any OwnershipLog
    let peer: any OwnershipPeer
    let witness: (any OwnershipWitness)?
    let marks: PhaseMarks
    let clock: any TimeSource
    let mailbox = Mailbox<Event>()
    let intake: Intake
    private let adoption = Mutex(Adoption())
    private let published = Mutex(SessionProgress())
    private let isDecided = Atomic<Bool>(false)
    private let stop: StopSignal

    /// - Parameters:
    ///   - sinks: one for each lane this host expects. The session closes them.
    ///   - witness: of a move that both hosts have agreed to make with one.
    package init(
        _ configuration: Configuration, guest: any TargetGuest, sinks: [any LaneSink], log: any OwnershipLog,
        peer: any OwnershipPeer, witness: (any OwnershipWitness)? = nil, probe: (any PhaseProbe)? = nil,
        clock: any TimeSource = SystemTime()
    ) throws(Failure) {
        self.configuration = configuration
        self.guest = guest
        self.sinks = sinks
        self.log = log
        self.peer = peer
        self.witness = witness
        marks = PhaseMarks(.target, migration: configuration.migration.description, probe: probe)
        self.clock = clock
        intake = Intake(sinks: sinks)
        stop = try StopSignal()
    }

    /// The whole move. Once.
    package func run() -> TargetReport { TargetRun(self).run() }

    /// Goes on where a host restarted with READY as its newest record, or with GRANT in a move with a witness, and the hypervisor
    /// paused: asks the source, or the witness, until the guest may run or must go.
    package func recover() -> TargetReport { TargetRun(self).recover() }

    /// Takes over a connection of this migration, before or while `run` runs: `verify`, then `take`. Blocks as `verify` does.
    ///
    /// - Returns: false when the session does not want it; the caller closes the socket.
    package func adopt(_ incoming: IncomingChannel) -> Bool {
        guard let verified = try? verify(incoming) else { return false }
        return take(verified)
    }

    /// Hears the first record of a connection. Until that has verified under the key, the connection may be anybody's: it takes
    /// nothing of the session's, and the caller bounds how many there are. Blocks for at most the handshake's limit, and no
    /// longer than the session takes connections.
    package func verify(_ incoming: IncomingChannel) throws(Failure) -> VerifiedChannel {
        let deadline = Deadline.after(Channel.handshakeTimeout)
        guard incoming.migration == configuration.migration else { throw VerifiedChannel.notOpened(incoming) }
        let channel = try Channel.establish(
            incoming, protection: configuration.protection, until: deadline, stop: stop)
        switch try channel.reader.receiveMessage(until: deadline, stop: stop) {
        case .hello(let hello)
        where incoming.number == 0 && hello.connection == 0 && hello.migration == incoming.migration:
            return VerifiedChannel(channel, hello)
        case .opening(let opening)
        where incoming.number > 0 && opening.connection == incoming.number && opening.migration == incoming.migration:
            return VerifiedChannel(channel, nil)
        default: throw VerifiedChannel.notOpened(incoming)
        }
    }

    /// - Returns: false when the session wants no more of them, or has one of that number; the caller closes the socket.
    package func take(_ verified: VerifiedChannel) -> Bool {
        let (mailbox, intake, channel) = (mailbox, intake, verified.channel)
        return adoption.withLock { adoption in
            guard !adoption.hasEnded else { return false }
            if let hello = verified.hello {
                mailbox.post(.controlOpened(channel, hello))
                return true
            }
            // Those that ended by themselves have nothing left to join.
            adoption.receivers = adoption.receivers.filter { !$0.value.isFinished }
            guard adoption.receivers[channel.number] == nil,
                adoption.receivers.count < WireProtocol.connectionsLimit,
                let receiver = try? Receiver(channel, intake: intake),
                (try? receiver.start { mailbox.post(.receiver($0)) }) != nil
            else { return false }
            adoption.receivers[channel.number] = receiver
            return true
        }
    }

    /// Returns once nothing from this connection will be applied any more, even if it has not arrived yet.
    func retire(_ connection: UInt32) {
        intake.retire(connection)
        adoption.withLock { $0.receivers.removeValue(forKey: connection) }?.join()
    }

    /// Ends all connections but the control channel and joins their threads; none is adopted afterwards.
    func endReceiving() {
        intake.end()
        let receivers = adoption.withLock { adoption in
            adoption.hasEnded = true
            defer { adoption.receivers = [:] }
            return Array(adoption.receivers.values)
        }
        stop.raise()
        for receiver in receivers { receiver.join() }
    }

    /// Gives the machine up, as far as that is still possible.
    package func abandon(_ failure: Failure) { mailbox.post(.abandon(failure)) }

    /// This host's runtime ends: gives up what was never READY; READY stays as it is (`inDoubt`), for `recover`.
    package func suspend() { mailbox.post(.suspend) }

    /// What the other host's record says, from its question to this host.
    package func learn(_ standing: OwnershipStanding) { mailbox.post(.standing(standing)) }

    /// An administrator knows that the source has released the machine and will not run it, whatever a witness says.
    package func vouch() { mailbox.post(.vouched) }

    /// What this host answers to a question about the move while the session lives; afterwards the log answers.
    ///
    /// OWNER shows as GRANT until the guest runs: a `cont` that answers an error could not be taken back from a source that has
    /// erased its copy.
    ///
    /// - Parameter isRunning: whether the guest runs here, asked of the hypervisor at this moment.
    package func standing(isRunning: Bool) -> OwnershipStanding {
        let isDecided = isDecided.load(ordering: .acquiring)
        let role = log.role
        return OwnershipStanding(
            role: role == .owner && !isDecided ? .granted : role, epoch: configuration.epoch, isRunning: isRunning)
    }

    func decide() { isDecided.store(true, ordering: .releasing) }

    /// What is applied; only the source knows what is still pending.
    package var progress: SessionProgress {
        var progress = published.withLock { $0 }
        progress.wireBytes = intake.wireBytes
        for sink in sinks {
            switch sink.kind {
            case .memory: progress.memory = LaneProgress(acknowledged: ByteCount(intake.memoryBytes), pending: .zero)
            case .disk: progress.disk = LaneProgress(acknowledged: ByteCount(intake.diskBytes), pending: .zero)
            }
        }
        return progress
    }

    func publish(_ change: (inout SessionProgress) -> Void) { published.withLock { change(&$0) } }
}
