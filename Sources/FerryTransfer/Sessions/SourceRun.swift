import FerryCore
import FerryLinux

/// One run of a `SourceSession`: the driver that performs what the round machine and the cutover machine decide.
///
/// Everything here happens on one thread. Other threads (control, movers, device state, questions) only post events.
final class SourceRun {
    let session: SourceSession
    var configuration: SourceSession.Configuration { session.configuration }
    var guest: any SourceGuest { session.guest }
    var board: WorkBoard { session.board }

    var control: ControlChannel?
    var isControlLost = false
    /// What both hosts can do.
    var capabilities: Capabilities = []
    var rounds: RoundMachine
    var cutover: SourceCutoverMachine
    /// Results of actions, handled in order once the actions of the event before are done.
    var results: [SourceCutoverMachine.Event] = []
    var isFeeding = false

    var moverStop: StopSignal?
    var movers: [WorkerThread] = []
    var moversLeft = 0
    /// A survey that must wait for a moment, or for the target's room.
    var delayed: (order: RoundMachine.SurveyOrder, due: MonotonicTime)?
    var unprepared: (order: RoundMachine.SurveyOrder, found: [RoundMachine.Surveyed], due: MonotonicTime)?
    var isPrepared = false
    private var start = MonotonicTime(nanoseconds: 0)
    /// Spent looking for what there is to copy before the target was ready to take it.
    var firstSurveyTime = Duration.zero
    private var preparationTime: Duration?
    var openRound: Int?
    var roundsBegun = 0

    var deviceState: [UInt8] = []
    var deviceStateThread: WorkerThread?
    var isAsking = false
    var isClaiming = false
    var isGuestDead = false
    var isSuspending = false
    var isReturned = false
    var mayTargetBeReady = false
    var barrierTime = Duration.zero
    var blackout = BlackoutClock()
    var outcome: SourceOutcome?
    var cleanUpFailures: [Failure] = []

    /// Between two looks at whether the hypervisor lives.
    private static let alivePoll = Duration.milliseconds(300)

    init(_ session: SourceSession) {
        self.session = session
        let configuration = session.configuration
        rounds = RoundMachine(
            .init(
                lanes: session.lanes.isEmpty ? [.memory] : session.lanes.map(\.kind), policy: configuration.policy,
                needsBarrier: session.guest.needsBarrier, deviceState: configuration.deviceState))
        cutover = SourceCutoverMachine(Self.cutoverConfiguration(session))
    }

    private static func cutoverConfiguration(_ session: SourceSession) -> SourceCutoverMachine.Configuration {
        let configuration = session.configuration
        return SourceCutoverMachine.Configuration(
            needsBarrier: session.guest.needsBarrier, epoch: configuration.epoch, targetName: configuration.targetName,
            timeouts: configuration.timeouts, deviceStateLimit: configuration.deviceStateLimit,
            witness: session.witness?.name)
    }

    func now() -> MonotonicTime { session.clock.now() }

    func run() -> SourceReport {
        start = now()
        do throws(Failure) {
            try setUp()
            step(rounds.handle(.start, at: now()))
        } catch {
            feed(.failed(error))
        }
        return finish()
    }

    func recover(guestIsDead: Bool) -> SourceReport {
        start = now()
        isGuestDead = guestIsDead
        mayTargetBeReady = true
        isControlLost = true
        isReturned = true
        cutover = SourceCutoverMachine(
            restartedWithReleased: Self.cutoverConfiguration(session), guestIsDead: guestIsDead, at: start)
        session.publish { $0.phase = .settle }
        return finish()
    }

    private func finish() -> SourceReport {
        while outcome == nil {
            if let event = session.mailbox.next(until: nextDeadline()) { handle(event) }
            tick()
        }
        tearDown()
        var report = SourceReport(outcome: outcome ?? .inDoubt)
        report.rounds = roundsBegun
        for lane in session.lanes {
            let acknowledged = acknowledgedBytes[lane.kind] ?? 0
            switch lane.kind {
            case .memory: report.memoryBytes += acknowledged
            case .disk: report.diskBytes += acknowledged
            }
        }
        report.wireBytes = session.share.wireBytes
        report.barrierTime = barrierTime
        report.totalTime = now() - start
        report.preparationTime = preparationTime
        if case .moved = report.outcome { report.blackout = blackout.report }
        report.connectionsOpened = session.progress.connectionsOpened
        report.cleanUpFailures = cleanUpFailures
        report.mayTargetBeReady = mayTargetBeReady
        return report
    }

    private var acknowledgedBytes: [LaneKind: UInt64] = [:]

    /// The ledger's counters go with it when its debts are handed back.
    func rememberMeters() {
        for lane in session.lanes { acknowledgedBytes[lane.kind] = board.meter(of: lane.kind).acknowledged }
    }

    private func nextDeadline() -> Deadline {
        let moments = [delayed?.due, unprepared?.due, cutover.wakeUp].compactMap(\.self)
        let wait = moments.map { $0 - now() }.min() ?? Self.alivePoll
        return .after(max(.zero, min(wait, Self.alivePoll)))
    }

    private func tick() {
        let now = now()
        if !isGuestDead, outcome == nil, !guest.isAlive {
            isGuestDead = true
            feed(.guestDied(guestLost))
        }
        if let delayed, delayed.due <= now {
            self.delayed = nil
            survey(delayed.order)
        }
        if let unprepared, unprepared.due <= now {
            self.unprepared = nil
            feed(.failed(.timedOutReceiving("room for the machine", from: configuration.targetName)))
        }
        if let due = cutover.wakeUp, due <= now { feed(.tick) }
        if cutover.isInDoubt {
            session.publish { $0.phase = .settle }
            if isSuspending { outcome = .inDoubt }
        }
    }

    // MARK: Events

    private func handle(_ event: SourceSession.Event) {
        switch event {
        case .control(.message(let message)): receive(message)
        case .control(.silence(let isSilent)): session.publish { $0.isPeerSilent = isSilent }
        case .control(.lost(let failure)):
            isControlLost = true
            feed(.linkLost(failure))
        case .mover(let report): handle(report)
        case .settled: settled()
        case .deviceStatePrepared:
            blackout.mark("device state prepared", at: now())
            feed(.deviceStatePrepared)
        case .deviceStateFailed(let failure): feed(.failed(failure))
        case .standing(let standing): feed(.standing(standing))
        case .askEnded:
            isAsking = false
            session.marks.after(.settle)
        case .witnessed(let side):
            isClaiming = false
            session.marks.after(.witness)
            session.publish { $0.witness = WitnessWord(session.witness?.name ?? "", .decided(side)) }
            feed(.witnessed(side))
        case .witnessFailed:
            isClaiming = false
            session.publish { $0.witness = WitnessWord(session.witness?.name ?? "", .silent) }
        case .cancel: feed(.cancel)
        case .suspend:
            isSuspending = true
            feed(.cancel)
        }
    }

    private func handle(_ report: Mover.Report) {
        switch report {
        case .connected: session.publish { $0.connectionsOpened += 1 }
        case .lost(let connection, _): send(.connectionLost(ConnectionLostMessage(connection: connection.number)))
        case .laneFailed(let failure):
            moversLeft -= 1
            feed(.failed(failure))
        case .gaveUp(let failure):
            moversLeft -= 1
            if moversLeft == 0 { feed(.failed(failure)) }
        }
    }

    private func receive(_ message: Message) {
        switch message {
        case .prepared:
            guard let (order, found, _) = unprepared else { return violation("'prepared' out of turn") }
            unprepared = nil
            isPrepared = true
            preparationTime = now() - start - firstSurveyTime
            session.marks.after(.prepare)
            prepared(order, found)
        case .connectionRetired(let retired): board.retire(ConnectionID(retired.connection))
        case .roundSealed: break
        case .disksReleased(let released):
            blackout.mark("last round sealed, disks released", at: now())
            blackout.note("flush and release at the target", released.duration)
            feed(.disksReleased)
        case .ready(let ready):
            guard ready.epoch == configuration.epoch else { return violation("READY of epoch \(ready.epoch)") }
            blackout.mark("device state loaded", at: now())
            blackout.note("load at the target", ready.load)
            session.marks.after(.ready)
            feed(.ready)
        case .running(let running):
            guard running.epoch == configuration.epoch else { return violation("RUNNING of epoch \(running.epoch)") }
            blackout.mark("granted and running", at: now())
            blackout.note("OWNER recorded at the target", running.record)
            blackout.note("cont", running.run)
            session.marks.after(.running)
            feed(.running)
        case .refused(let refused):
            guard refused.epoch == configuration.epoch else { return violation("REFUSED of epoch \(refused.epoch)") }
            let cause =
                refused.failure ?? Failure(TransferFault.targetRefused, "'\(configuration.targetName)' gave no reason.")
            feed(.refused(cause))
        case .failure(let failure): feed(.failed(failure.failure))
        case .cancel:
            feed(
                .failed(
                    Failure(
                        TransferFault.cancelled, "The move was cancelled on '\(configuration.targetName)'.",
                        target: configuration.targetName)))
        case .accept: violation("'accept' twice")
        case .hello, .lanes, .bootFile, .bootFileBytes, .extentMap, .roundBegin, .roundEnd, .connectionLost,
            .releaseDisks, .deviceState, .memoryDigest, .grant, .gone, .heartbeat, .opening, .opened, .item,
            .acknowledgement:
            // The channel lets none of these through.
            violation("'\(message.tag)'")
        }
    }

    func violation(_ what: String) {
        feed(
            .failed(
                Failure(
                    TransferFault.protocolViolation, "'\(configuration.targetName)' sent \(what).",
                    target: configuration.targetName)))
    }

    var guestLost: Failure {
        Failure(
            TransferFault.guestLost,
            "The hypervisor of the machine ended while it was moved to '\(configuration.targetName)'.")
    }

    /// Best effort: a channel that is lost reports it by itself.
    func send(_ message: Message) {
        guard !isControlLost else { return }
        try? control?.send(message)
    }

    // MARK: Endings

    /// Nothing is surveyed or copied any more.
    func stopCopying() {
        _ = rounds.handle(.stopped, at: now())
        openRound = nil
        delayed = nil
        unprepared = nil
        stopMovers()
    }

    func stopMovers() {
        board.end()
        moverStop?.raise()
        // Nobody wants what a mover still reads.
        if !movers.isEmpty { for lane in session.lanes { lane.interrupt() } }
        for mover in movers { mover.join() }
        movers = []
    }

    func giveBack() {
        guard !isReturned else { return }
        isReturned = true
        rememberMeters()
        let owed = board.giveBack()
        for lane in session.lanes { if let extents = owed[lane.kind] { lane.restore(extents) } }
    }

    private func tearDown() {
        begin(.cleanUp)
        stopMovers()
        deviceStateThread?.join()
        if !isReturned { rememberMeters() }
        var failures: [Failure] = []
        // A dead hypervisor has nothing left to clean up in it.
        for lane in session.lanes where !isGuestDead {
            do throws(Failure) { try lane.close() } catch { failures.append(error) }
        }
        if case .moved = outcome { send(.gone(GoneMessage(epoch: configuration.epoch))) }
        control?.close()
        switch outcome {
        case .keptHere(let failure): outcome = .keptHere(failures.reduce(failure) { $0.adding(cleanUp: $1) })
        case .stoppedHere(let failure): outcome = .stoppedHere(failures.reduce(failure) { $0.adding(cleanUp: $1) })
        case .moved, .inDoubt, nil: cleanUpFailures = failures
        }
        session.marks.after(.cleanUp)
    }

    /// Shows the phase and begins it.
    func begin(_ phase: MigrationPhase, round: Int? = nil) {
        session.publish { $0.phase = phase }
        session.marks.before(phase, round: round)
    }
}
