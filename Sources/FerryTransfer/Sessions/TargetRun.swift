import FerryCore
import FerryLinux

/// One run of a `TargetSession`: the driver that performs what the cutover machine decides.
///
/// Everything here happens on one thread; connections are received on theirs and post events.
final class TargetRun {
    let session: TargetSession
    var configuration: TargetSession.Configuration { session.configuration }
    var guest: any TargetGuest { session.guest }
    var intake: Intake { session.intake }

    var control: ControlChannel?
    var isControlLost = false
    var cutover: TargetCutoverMachine
    var results: [TargetCutoverMachine.Event] = []
    var isFeeding = false

    var setUp = TargetSetUp()
    var deviceState: [UInt8] = []
    var memoryDigest: [UInt8]?
    var releaseTime = Duration.zero
    var loadTime = Duration.zero
    var grantedAt: MonotonicTime?
    var recordTime = Duration.zero
    var runTime = Duration.zero
    var isGuestDead = false
    var isAsking = false
    var isClaiming = false
    var isSuspending = false
    var areSinksClosed = false
    var hasRun = false
    var isConfirmed = false
    var roundsBegun = 0
    var outcome: TargetOutcome?

    private static let alivePoll = Duration.milliseconds(300)
    /// After the end, for the source to take the last word.
    private static let farewell = Duration.seconds(2)

    init(_ session: TargetSession) {
        self.session = session
        cutover = TargetCutoverMachine(Self.cutoverConfiguration(session))
    }

    private static func cutoverConfiguration(_ session: TargetSession) -> TargetCutoverMachine.Configuration {
        let configuration = session.configuration
        return .init(
            epoch: configuration.epoch, sourceName: configuration.sourceName, timeouts: configuration.timeouts,
            witness: session.witness?.name)
    }

    func now() -> MonotonicTime { session.clock.now() }

    func run() -> TargetReport {
        do throws(Failure) { try session.log.append(.prepared) } catch { feed(.failed(error)) }
        let connectDue = now() + configuration.connectTimeout
        return finish(connectDue: connectDue)
    }

    func recover() -> TargetReport {
        isControlLost = true
        areSinksClosed = true
        let configuration = Self.cutoverConfiguration(session)
        cutover =
            session.log.role == .granted && session.witness != nil
            ? TargetCutoverMachine(restartedWithGrant: configuration, at: now())
            : TargetCutoverMachine(restartedWithReady: configuration, at: now())
        session.publish { $0.phase = .settle }
        return finish(connectDue: nil)
    }

    private func finish(connectDue: MonotonicTime?) -> TargetReport {
        while outcome == nil {
            var wait = Self.alivePoll
            if let wakeUp = cutover.wakeUp { wait = min(wait, wakeUp - now()) }
            if let event = session.mailbox.next(until: .after(max(.zero, wait))) { handle(event) }
            tick(connectDue)
        }
        tearDown()
        var report = TargetReport(outcome: outcome ?? .inDoubt)
        report.memoryBytes = intake.memoryBytes
        report.diskBytes = intake.diskBytes
        report.rounds = roundsBegun
        report.isEncrypted = configuration.protection.isEncrypted
        report.isConfirmed = isConfirmed
        return report
    }

    private func tick(_ connectDue: MonotonicTime?) {
        let now = now()
        if control == nil, outcome == nil, let connectDue, connectDue <= now {
            feed(.failed(.timedOutReceiving("the connection of the source", from: configuration.sourceName)))
        }
        if !isGuestDead, outcome == nil, !guest.isAlive {
            isGuestDead = true
            feed(.guestDied(guestLost))
        }
        if let due = cutover.wakeUp, due <= now { feed(.tick) }
        if isSuspending, outcome == nil, cutover.isAwaitingGrant || cutover.isRefusalUnwritten { outcome = .inDoubt }
    }

    var guestLost: Failure {
        Failure(
            TransferFault.guestLost,
            "The planned machine's hypervisor ended while it was moved from '\(configuration.sourceName)'.")
    }

    // MARK: Events

    private func handle(_ event: TargetSession.Event) {
        switch event {
        case .controlOpened(let channel, let hello): opened(channel, hello)
        case .control(.silence(let isSilent)): session.publish { $0.isPeerSilent = isSilent }
        case .control(.message(let message)):
            do throws(Failure) { try receive(message) } catch { fail(error) }
        case .control(.lost(let failure)):
            isControlLost = true
            feed(.linkLost(failure))
        case .receiver(.ended): break
        case .receiver(.failed(let failure)): fail(failure)
        case .standing(let standing): feed(.standing(standing))
        case .askEnded:
            isAsking = false
            session.marks.after(.settle)
        case .witnessed(let side):
            isClaiming = false
            if side == .target { session.marks.after(.witness) }
            feed(.witnessed(side))
        case .witnessFailed(let failure):
            isClaiming = false
            feed(.witnessFailed(failure))
        case .vouched: feed(.vouched)
        case .abandon(let failure): feed(.abandon(failure))
        case .suspend:
            isSuspending = true
            guard !cutover.isAwaitingGrant else { return }
            feed(.abandon(Failure(TransferFault.cancelled, "This host's runtime ends.")))
        }
    }

    private func opened(_ channel: Channel, _ hello: HelloMessage) {
        guard control == nil, outcome == nil else { return channel.socket.shutDown() }
        begin(.signIn)
        do throws(Failure) {
            let control = try ControlChannel(channel, isSource: false)
            self.control = control
            let mailbox = session.mailbox
            try control.start { mailbox.post(.control($0)) }
            guard hello.epoch == configuration.epoch else {
                throw Failure(
                    TransferFault.protocolViolation,
                    "'\(configuration.sourceName)' moves epoch \(hello.epoch) of the machine; agreed was \(configuration.epoch)."
                )
            }
            let accept = try AcceptMessage.answer(to: hello, offering: configuration.capabilities)
            setUp.capabilities = accept.capabilities
            try control.send(.accept(accept))
            session.marks.after(.signIn)
        } catch {
            fail(error)
        }
    }

    private func receive(_ message: Message) throws(Failure) {
        switch message {
        case .lanes(let lanes): try setUp.take(lanes, expecting: session.sinks)
        case .bootFile(let file): try setUp.take(file)
        case .bootFileBytes(let bytes):
            let guest = self.guest
            try setUp.take(bytes) { (bytes, kind, offset) throws(Failure) in
                try guest.store(bytes, of: kind, at: offset)
            }
        case .extentMap(let map):
            if let extents = try setUp.take(map) { try prepare(extents) }
        case .roundBegin(let round):
            try requirePrepared("a round")
            roundsBegun += 1
            session.publish { progress in
                progress.phase = round.isFrozen ? .lastCopy : round.round == 0 ? .firstRound : .laterRound
                progress.round = Int(round.round)
            }
            intake.begin(round: round.round)
        case .roundEnd(let end):
            try intake.seal(round: end.round, reached: end.reached)
            send(.roundSealed(RoundSealedMessage(round: end.round)))
        case .connectionLost(let lost):
            session.retire(lost.connection)
            send(.connectionRetired(ConnectionRetiredMessage(connection: lost.connection)))
        case .releaseDisks:
            try requirePrepared("the release of the disks")
            feed(.sealed)
        case .memoryDigest(let digest): memoryDigest = digest.digest
        case .deviceState(let piece): try take(piece)
        case .grant(let grant):
            guard grant.epoch == configuration.epoch else { throw violation("GRANT of epoch \(grant.epoch)") }
            grantedAt = now()
            session.marks.after(.grant)
            feed(.granted)
        case .gone: isConfirmed = true
        case .cancel:
            feed(
                .abandon(
                    Failure(
                        TransferFault.cancelled, "'\(configuration.sourceName)' ended the move.",
                        target: configuration.sourceName)))
        case .failure(let failure): feed(.abandon(failure.failure))
        case .hello, .accept, .prepared, .roundSealed, .connectionRetired, .disksReleased, .ready, .running, .refused,
            .heartbeat, .opening, .opened, .item, .acknowledgement:
            // A second hello; the channel lets none of the others through.
            throw violation("'\(message.tag)'")
        }
    }

    func violation(_ what: String) -> Failure {
        Failure(
            TransferFault.protocolViolation, "'\(configuration.sourceName)' sent \(what).",
            target: configuration.sourceName)
    }

    private func requirePrepared(_ what: String) throws(Failure) {
        guard setUp.isPrepared else { throw violation("\(what) before there was room for it") }
    }

    private func prepare(_ extents: [LaneKind: ExtentSet]) throws(Failure) {
        begin(.prepare)
        // Files first: the hypervisor may need them to start, and what it then puts into memory is cleared by the sinks.
        try guest.prepare()
        var allocated: UInt64 = 0
        for sink in session.sinks { allocated += try sink.prepare(extents[sink.kind] ?? ExtentSet()) }
        setUp.isPrepared = true
        session.marks.after(.prepare)
        send(.prepared(PreparedMessage(allocated: allocated)))
    }

    private func take(_ piece: DeviceStateMessage) throws(Failure) {
        guard Int(piece.total) <= configuration.deviceStateLimit else {
            throw Failure(
                TransferFault.deviceStateTooLarge,
                "'\(configuration.sourceName)' announced \(ByteCount(UInt64(piece.total))) of device state.")
        }
        guard Int(piece.offset) == deviceState.count else { throw violation("device state out of order") }
        deviceState += piece.bytes
        if deviceState.count == Int(piece.total) { feed(.deviceStateArrived) }
    }

    func fail(_ failure: Failure) {
        // What went wrong travels with REFUSED; said now, the source resumes without waiting for the destruction here.
        if !hasRun { send(.failure(FailureMessage(failure: failure))) }
        feed(.failed(failure))
    }

    func send(_ message: Message) {
        guard !isControlLost else { return }
        try? control?.send(message)
    }

    /// Shows the phase and begins it.
    func begin(_ phase: MigrationPhase) {
        session.publish { $0.phase = phase }
        session.marks.before(phase)
    }

    private func tearDown() {
        begin(.cleanUp)
        session.endReceiving()
        closeSinks()
        // The last word is on its way: a socket closed with unread bytes would take it back.
        if let control, !isControlLost {
            let deadline = Deadline.after(Self.farewell)
            waiting: while let event = session.mailbox.next(until: deadline) {
                switch event {
                case .control(.message(.gone)):
                    isConfirmed = true
                    break waiting
                case .control(.lost): break waiting
                case .control, .controlOpened, .receiver, .standing, .askEnded, .witnessed, .witnessFailed,
                    .vouched, .abandon, .suspend:
                    continue
                }
            }
            control.close()
        } else {
            control?.close()
        }
        session.marks.after(.cleanUp)
    }

    func closeSinks() {
        guard !areSinksClosed else { return }
        areSinksClosed = true
        for sink in session.sinks { try? sink.close() }
    }
}
