import FerryCore
import FerryLinux

/// Setting up, and performing what the round machine says.
extension SourceRun {
    private static let setUpTimeout = Duration.seconds(10)

    /// Connects and agrees with the target on version, capabilities and lanes; sends the boot files.
    func setUp() throws(Failure) {
        try session.log.append(.owner)
        begin(.connect)
        let channel = try connect()
        session.marks.after(.connect)
        begin(.signIn)
        let control = try ControlChannel(channel, isSource: true)
        self.control = control
        let mailbox = session.mailbox
        try control.start { mailbox.post(.control($0)) }
        try control.send(
            .hello(
                HelloMessage(
                    migration: configuration.migration, capabilities: .all, epoch: configuration.epoch,
                    policy: configuration.policy.name, connections: UInt16(configuration.connections))))
        let accept = try awaitAccept()
        guard accept.version >= WireProtocol.oldestVersion, accept.version <= WireProtocol.newestVersion else {
            throw Failure(
                TransferFault.peerTooOld,
                "'\(configuration.targetName)' chose version \(accept.version) of the migration protocol.",
                target: configuration.targetName)
        }
        capabilities = accept.capabilities.intersection(.all)
        session.marks.after(.signIn)
        begin(.prepare)
        try control.send(
            .lanes(
                LanesMessage(
                    lanes: session.lanes.map { .init(kind: $0.kind, size: $0.size, unit: UInt32($0.unit)) })))
        if !configuration.bootFiles.isEmpty {
            guard capabilities.contains(.bootFiles) else {
                throw Failure(
                    TransferFault.peerTooOld,
                    "'\(configuration.targetName)' cannot take the files the machine boots from.",
                    target: configuration.targetName)
            }
            for file in configuration.bootFiles {
                try BootFileSender.send(file) { (message) throws(Failure) in
                    guard !isControlLost else { return }
                    try control.send(message)
                }
            }
        }
    }

    private func connect() throws(Failure) -> Channel {
        let stop = try StopSignal()
        let deadline = Deadline.after(Self.setUpTimeout)
        let socket = try session.supply.connect(number: 0, until: deadline, stop: stop)
        do throws(Failure) {
            return try Channel.open(
                socket, migration: configuration.migration, number: 0, protection: configuration.protection,
                until: deadline, stop: stop)
        } catch {
            socket.shutDown()
            throw handshakeFailed(error)
        }
    }

    private func handshakeFailed(_ cause: Failure) -> Failure {
        cause.is(LinuxFault.connectionLost)
            ? Failure(
                TransferFault.authenticationFailed,
                "'\(configuration.targetName)' closed the migration connection before it was set up: it does not expect this move, or "
                    + "holds another key.", target: configuration.targetName, cause: cause)
            : cause
    }

    private func awaitAccept() throws(Failure) -> AcceptMessage {
        let deadline = Deadline.after(Self.setUpTimeout)
        while let event = session.mailbox.next(until: deadline) {
            switch event {
            case .control(.message(.accept(let accept))): return accept
            case .control(.message(.failure(let failure))): throw failure.failure
            case .control(.message(.refused(let refused))):
                throw Failure(
                    TransferFault.targetRefused, "'\(configuration.targetName)' refused the machine.",
                    target: configuration.targetName, cause: refused.failure)
            case .control(.message(let message)):
                throw Failure(
                    TransferFault.protocolViolation, "'\(configuration.targetName)' sent '\(message.tag)' first.",
                    target: configuration.targetName)
            case .control(.lost(let failure)):
                isControlLost = true
                // The target takes nothing from who does not hold the key.
                throw failure.is(TransferFault.connectionLost)
                    ? Failure(
                        TransferFault.authenticationFailed,
                        "'\(configuration.targetName)' closed the migration connection instead of answering: the hosts hold "
                            + "different keys, or it gave the move up.", target: configuration.targetName,
                        cause: failure)
                    : failure
            case .cancel, .suspend:
                throw Failure(
                    TransferFault.cancelled, "The move to '\(configuration.targetName)' was cancelled.")
            case .control(.silence), .mover, .settled, .deviceStatePrepared, .deviceStateFailed, .standing, .askEnded,
                .witnessed, .witnessFailed:
                continue
            }
        }
        throw .timedOutReceiving("the answer to hello", from: configuration.targetName)
    }

    // MARK: Rounds

    func step(_ action: RoundMachine.Action) {
        publishRound()
        switch action {
        case .survey(let order):
            if order.delay > .zero {
                delayed = (order, now() + order.delay)
            } else {
                survey(order)
            }
        case .copy(let round): copy(round)
        case .freeze(let plan):
            feed(.begin(plan))
        case .restSettled:
            feed(.restSettled)
        case .giveUp(let failure):
            feed(.failed(failure))
        case .none:
            break
        }
    }

    private func publishRound() {
        let round = rounds.round
        let forecast = rounds.facts?.blackoutForecast
        let reason = rounds.notYet.flatMap { notYet in rounds.facts.map { notYet.sentence($0) } }
        session.publish { progress in
            progress.round = round
            progress.blackoutForecast = forecast
            progress.reasonNotFrozen = reason
        }
    }

    func survey(_ order: RoundMachine.SurveyOrder) {
        if isPrepared, !rounds.isFrozen { session.publish { $0.phase = .survey } }
        session.marks.before(.survey, round: order.round)
        if order.beginsRound { board.beginRound(order.round) }
        let begun = now()
        var found: [RoundMachine.Surveyed] = []
        var failed: [LaneKind] = []
        var failure: Failure?
        for wanted in order.lanes {
            guard let lane = session.lanes.first(where: { $0.kind == wanted.kind }) else { continue }
            let extents: ExtentSet
            do throws(Failure) {
                extents = try lane.survey(wanted.scope)
            } catch {
                failed.append(wanted.kind)
                failure = failure?.adding(cleanUp: error) ?? error
                continue
            }
            // A dead hypervisor's memory has no writers: what its tracker says looks like "nothing changed".
            guard guest.isAlive else {
                isGuestDead = true
                return feed(.guestDied(guestLost))
            }
            board.owe(extents, of: wanted.kind)
            found.append(
                .init(kind: wanted.kind, found: extents.byteCount, pending: board.meter(of: wanted.kind).pending))
            if !isPrepared { announce(extents, of: wanted.kind, isLast: wanted == order.lanes.last && failed.isEmpty) }
        }
        if !isPrepared { firstSurveyTime += now() - begun }
        if let failure { return step(rounds.handle(.surveyFailed(failed, failure), at: now())) }
        if isPrepared {
            prepared(order, found)
        } else {
            unprepared = (order, found, now() + configuration.prepareTimeout)
        }
    }

    private func announce(_ extents: ExtentSet, of lane: LaneKind, isLast: Bool) {
        var start = 0
        repeat {
            let end = min(start + WireProtocol.mapExtentsLimit, extents.extents.count)
            send(
                .extentMap(
                    ExtentMapMessage(
                        lane: lane, isLast: isLast && end == extents.extents.count,
                        extents: Array(extents.extents[start..<end]))))
            start = end
        } while start < extents.extents.count
    }

    /// The survey is done and the target has room: the barrier, and then the machine judges.
    func prepared(_ order: RoundMachine.SurveyOrder, _ found: [RoundMachine.Surveyed]) {
        do throws(Failure) {
            try startMovers()
            var barrier: Duration?
            if order.needsBarrier {
                begin(.barrier, round: order.round)
                let cost = try guest.drain()
                session.marks.after(.barrier, round: order.round)
                barrierTime += cost
                barrier = cost
            }
            session.marks.after(.survey, round: order.round)
            let everyLane = session.lanes.map { lane in
                RoundMachine.Surveyed(
                    kind: lane.kind, found: found.first { $0.kind == lane.kind }?.found ?? 0,
                    pending: board.meter(of: lane.kind).pending)
            }
            step(rounds.handle(.surveyed(everyLane, barrier: barrier), at: now()))
        } catch {
            feed(.failed(error))
        }
    }

    private func startMovers() throws(Failure) {
        guard movers.isEmpty, moverStop == nil else { return }
        let stop = try StopSignal()
        moverStop = stop
        let mailbox = session.mailbox
        let moverConfiguration = Mover.Configuration(
            migration: configuration.migration, protection: configuration.protection)
        for number in 1...max(1, configuration.connections) {
            let mover = Mover(
                moverConfiguration, lanes: session.lanes, board: board, supply: session.supply, share: session.share,
                stop: stop
            ) { mailbox.post(.mover($0)) }
            movers.append(try WorkerThread("ferry-mover-\(number)") { mover.run() })
            moversLeft += 1
        }
    }

    private func copy(_ round: Int) {
        // Rounds of the frozen guest are one phase, the last copy.
        if !rounds.isFrozen { begin(round == 0 ? .firstRound : .laterRound, round: round) }
        openRound = round
        roundsBegun += 1
        send(
            .roundBegin(
                RoundBeginMessage(
                    round: UInt32(round), isFrozen: rounds.isFrozen, byteCount: board.total.pending)))
        board.open()
    }

    /// Every item of the open round is acknowledged.
    func settled() {
        guard let round = openRound, outcome == nil else { return }
        openRound = nil
        send(.roundEnd(RoundEndMessage(round: UInt32(round), reached: board.reached)))
        if !rounds.isFrozen { session.marks.after(round == 0 ? .firstRound : .laterRound, round: round) }
        let copied = session.lanes.map { lane in
            let work = board.round(of: lane.kind)
            return RoundMachine.Copied(
                kind: lane.kind, bytes: work.acknowledged, busy: work.busy, pending: board.meter(of: lane.kind).pending)
        }
        step(rounds.handle(.copied(copied), at: now()))
    }
}
