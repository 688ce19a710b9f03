import FerryCore
import FerryTransfer

/// The source's daemon during one move: performs what the round machine and the cutover machine say.
final class SourceDaemon {
    private unowned let world: World
    private unowned let host: Host
    let migration: String
    private let life: Int
    private var rounds: RoundMachine
    private var cutover: SourceCutoverMachine
    private var ledger: DebtLedger?
    private(set) var link: Link?
    private(set) var connections: [ConnectionID: DataConnection] = [:]
    private var nextConnection: UInt32 = 0
    /// Surveys and movers have been ended.
    private var isHalted = false
    private(set) var isOver = false
    private var guestIsBusyUntil: UInt64 = 0
    private var heldState: UInt32 = 0
    private var isSending = false
    /// The guest's memory as this daemon maps it: it outlives the hypervisor, not the daemon.
    private let mapped: Guest?
    private var acknowledgedBefore: [LaneKind: UInt64] = [:]
    private var surveyed: [LaneKind: UInt64] = [:]
    private var distrusted: Set<LaneKind> = []
    private var hasSurveyed = false
    private var roundBegan: UInt64 = 0
    private var percent = MonotonePercent()

    private static let lanes: [LaneKind] = [.memory, .disk(index: 0)]
    private static let timeouts = CutoverTimeouts(
        disksReleased: .seconds(5), ready: .seconds(5), running: .seconds(1), askAgain: .seconds(1),
        lease: .seconds(20),
        witness: .seconds(1), witnessPatience: .seconds(2))

    private static func configuration(
        _ world: World, _ migration: String, needsBarrier: Bool
    ) -> SourceCutoverMachine.Configuration {
        .init(
            needsBarrier: needsBarrier, epoch: 2, targetName: "NODE2", timeouts: timeouts,
            witness: world.witness(of: migration) == nil ? nil : "NODE3")
    }

    private static func usesBarrier(_ world: World) -> Bool {
        world.hasDirectIO && world.plan.sabotage != .barrierLeftOut
    }

    init(_ host: Host, _ migration: String) {
        world = host.world
        self.host = host
        self.migration = migration
        life = host.life
        mapped = host.guest
        rounds = RoundMachine(
            .init(
                lanes: Self.lanes, policy: world.policy, needsBarrier: Self.usesBarrier(world),
                deviceState: .microseconds(300)))
        cutover = SourceCutoverMachine(
            Self.configuration(world, migration, needsBarrier: Self.usesBarrier(world)))
        ledger = DebtLedger(lanes: Self.lanes, cut: .init(itemBytes: 4 * World.unit, itemExtents: 3))
    }

    /// RELEASED is the newest record; whether the target runs it is unknown.
    init(restarted host: Host, _ migration: String) {
        world = host.world
        self.host = host
        self.migration = migration
        life = host.life
        mapped = host.guest
        rounds = RoundMachine(.init(lanes: Self.lanes, policy: world.policy, needsBarrier: false))
        cutover = SourceCutoverMachine(
            restartedWithReleased: Self.configuration(world, migration, needsBarrier: false),
            guestIsDead: host.guest == nil, at: world.clock)
        isHalted = true
        scheduleTick()
    }

    private var isAlive: Bool { host.isUp && host.life == life && !isOver }

    /// Whether the coverage invariant holds: the first survey is done, and no lane waits for a full one.
    var isCovered: Bool { hasSurveyed && distrusted.isEmpty && !isOver && !isHalted && ledger != nil }

    /// Between PREPARED and the end of the attempt.
    var isCopying: Bool { !connections.isEmpty && !isHalted && !isOver }

    func debts() -> [LaneKind: ExtentSet]? { ledger?.debts() }

    private func after(_ delay: UInt64, _ body: @escaping () -> Void) {
        world.after(delay) { [self] in if isAlive { body() } }
    }

    // MARK: Machines

    func start() {
        host.append(.owner, to: migration) { [self] isDone in
            guard isAlive else { return }
            guard isDone else {
                return feed(.failed(Failure(TransferFault.recordNotWritten, "OWNER was not written.")))
            }
            guard !world.isPartitioned, host.peer.isUp else {
                return feed(.failed(.connectionLostSending(to: "NODE2")))
            }
            let link = Link(world)
            self.link = link
            link.sendToTarget(.prepare)
            after(3_000_000_000) { [self] in
                if !hasSurveyed, !isHalted { feed(.failed(.timedOutReceiving("PREPARED", from: "NODE2"))) }
            }
        }
    }

    func feed(_ event: SourceCutoverMachine.Event) {
        guard isAlive else { return }
        world.point()
        guard isAlive else { return }
        for action in cutover.handle(event, at: world.clock) {
            world.point(at: action)
            guard isAlive else { return }
            perform(action)
        }
        scheduleTick()
    }

    private func scheduleTick() {
        guard let due = cutover.wakeUp else { return }
        after(due.nanoseconds > world.now ? due.nanoseconds - world.now : 0) { [self] in
            if let due = cutover.wakeUp, due <= world.clock { feed(.tick) }
        }
    }

    private func drive(_ event: RoundMachine.Event) {
        guard isAlive, !isHalted else { return }
        world.point()
        guard isAlive, !isHalted else { return }
        switch rounds.handle(event, at: world.clock) {
        case .survey(let order): survey(order)
        case .copy: copy()
        case .freeze(let plan):
            world.freezes += 1
            feed(.begin(plan))
        case .restSettled: feed(.restSettled)
        case .giveUp(let failure): feed(.failed(failure))
        case .none: break
        }
    }

    func linkLost(_ failure: Failure) {
        if world.plan.sabotage == .stopLeftOut, let guest = host.guest, guest.resumesByItself {
            after(1000) { [self] in if host.guest === guest { host.makeRun(guest) } }
        }
        if world.plan.sabotage == .resumedAfterRelease, cutover.isPastRelease, let guest = host.guest {
            host.makeRun(guest)
        }
        if world.plan.sabotage == .silenceTakenForRefusal, cutover.isPastRelease { return feed(.refused(failure)) }
        feed(.linkLost(failure))
    }

    func receive(_ message: Message) {
        guard isAlive else { return }
        switch message {
        case .prepared:
            guard !isHalted, connections.isEmpty else { return }
            openConnections()
            drive(.start)
        case .disksReleased: feed(.disksReleased)
        case .ready: feed(.ready)
        case .running: feed(.running)
        case .refused(let failure): feed(.refused(failure))
        case .connectionRetired(let id): retired(id)
        case .prepare, .seal, .deviceState, .grant, .abandon, .connectionLost:
            world.fail("the source was sent \(message)")
        }
    }

    func hear(_ standing: OwnershipStanding, about migration: String) {
        if migration == self.migration { feed(.standing(standing)) }
    }

    // MARK: Actions

    private func perform(_ action: SourceCutoverMachine.Action) {
        switch action {
        case .drain:
            drain { [self] cost in feed(.drained(cost)) }
        case .pause:
            guestCall(300) { [self] guest in
                guard guest.status == .running else { return }
                guest.status = .paused
                if world.plan.sabotage == .stopLeftOut { guest.resumesByItself = true }
                land(guest)
                guest.writerGeneration += 1
            } then: { [self] in
                feed(.paused)
            }
        case .beginDeviceState:
            guestCall(2000) { _ in
            } then: { [self] in
                feed(.deviceStatePrepared)
            }
        case .copyRest:
            if world.plan.sabotage == .lastHarvestSkipped { return after(0) { [self] in feed(.restSettled) } }
            drive(.frozen)
        case .seal:
            link?.sendToTarget(.seal)
        case .finishDeviceState:
            guestCall(2000) { [self] guest in
                world.saveDeviceState(of: guest)
                heldState = guest.register
            } then: { [self] in
                feed(.deviceStateFinished(byteCount: 300_000))
            }
        case .harvestAgain:
            let isSkipped = world.plan.sabotage == .harvestAgainSkipped || world.plan.sabotage == .lastHarvestSkipped
            if isSkipped { return after(0) { [self] in feed(.restSettled) } }
            drive(.harvestAgain)
        case .sendDeviceState:
            if let ledger = ledger?.isClear, !ledger, world.plan.sabotage == nil {
                world.fail("device state before debts")
            }
            link?.sendToTarget(.deviceState(heldState))
        case .record(let role):
            if role == .released, world.plan.sabotage == .grantBeforeRecord { link?.sendToTarget(.grant) }
            if role == .refused { halt() }
            host.append(role, to: migration) { [self] isDone in
                feed(
                    isDone
                        ? .recorded(role)
                        : .recordFailed(role, Failure(TransferFault.recordNotWritten, "\(role) was not written.")))
            }
        case .sendGrant:
            if let link, !link.isCut { link.sendToTarget(.grant) } else { ask() }
        case .resumeGuest:
            halt()
            guestCall(500, orFail: SourceCutoverMachine.Event.resumeFailed) { [self] guest in
                host.makeRun(guest)
            } then: { [self] in
                feed(.resumed)
            }
        case .abandonTarget:
            halt()
            if let link, !link.isCut {
                link.sendToTarget(.abandon(Failure(TransferFault.cancelled, "The source gave the move up.")))
            } else {
                host.tellAbandon(migration)
            }
        case .giveBack:
            giveBack()
        case .askTarget:
            ask()
        case .askWitness:
            if world.plan.sabotage == .claimTakenForDecision {
                after(world.millis(900...999)) { [self] in feed(.witnessed(.source)) }
            }
            world.witness(of: migration)?.claim(host, migration) { [self] side in witnessed(side) }
        case .answerTooLate:
            break
        case .postpone(let cost):
            drive(.freezePostponed(barrier: cost))
        case .finished:
            finish()
        }
    }

    private func halt() {
        guard !isHalted else { return }
        world.checkCoverage()
        isHalted = true
        if case .none = rounds.handle(.stopped, at: world.clock) {} else { world.fail("a stopped round machine acts") }
    }

    private func giveBack() {
        guard let owed = ledger.take()?.giveBack() else { return }
        guard let guest = host.guest else { return }
        for (kind, extents) in owed where world.plan.sabotage != .givenBackToNobody {
            for extent in extents.extents {
                for index in Int(extent.offset / World.unit)..<Int(extent.end / World.unit) {
                    switch kind {
                    case .memory: guest.dirtyMemory[index] = true
                    case .disk: guest.dirtyDisk[index] = true
                    }
                }
            }
        }
        // Invariant 6: the next survey would report all that differs.
        guard let copy = host.peer.guest, let disk = host.peer.disk, hasSurveyed, distrusted.isEmpty,
            let arrival = host.peer.arrival, arrival.migration == migration, !arrival.isStorageDead
        else { return }
        for page in 0..<World.pages where guest.memory[page] != copy.memory[page] && !guest.dirtyMemory[page] {
            world.fail("page \(page) was not given back")
        }
        for block in 0..<World.blocks where host.disk?[block] != disk[block] && !guest.dirtyDisk[block] {
            world.fail("block \(block) was not given back")
        }
    }

    private func ask() {
        host.call(tell: host.standing(of: migration), about: migration) { [self] standing in
            let asker = world.plan.sabotage == .answersMistaken ? host.move : self
            asker?.feed(.standing(standing))
        }
    }

    private func witnessed(_ side: OwnershipSide) {
        if side == .source, world.plan.sabotage == .witnessedNotRecorded, let guest = host.guest { host.makeRun(guest) }
        feed(.witnessed(side))
    }

    private func finish() {
        isOver = true
        link?.close()
        switch cutover.outcome {
        case .moved:
            host.guest?.status = .paused
            host.guest = nil
        case .keptHere:
            if host.guest?.status == .paused { world.fail("kept here, and paused") }
        case .stoppedHere:
            if host.guest != nil, !world.fired.contains(.actionFails) { world.fail("stopped here with a living guest") }
        case nil:
            world.fail("finished without an outcome")
        }
        host.close(migration)
    }

    // MARK: Hypervisor

    private func land(_ guest: Guest) {
        // `stop` waits for device requests: what was pinned lands now.
        for page in guest.pinned {
            guest.memory[page] = world.truth.register
            world.truth.memory[page] = world.truth.register
        }
        guest.pinned = []
    }

    private func drain(_ completion: @escaping (Duration) -> Void) {
        guard let guest = host.guest else { return }
        let began = max(world.now, guestIsBusyUntil)
        guest.isDraining = true
        let ends = max(guest.landsAt, began) + 1000
        guestIsBusyUntil = ends
        world.after(ends - world.now) { [self] in
            guest.isDraining = false
            guard isAlive, !isHalted else { return }
            completion(.nanoseconds(Int64(ends - began)))
        }
    }

    /// One hypervisor command: it takes effect though the daemon dies meanwhile, and calls are made one after another.
    private func guestCall(
        _ micros: UInt64, orFail: @escaping (Failure) -> SourceCutoverMachine.Event = { .failed($0) },
        _ effect: @escaping (Guest) -> Void, then: @escaping () -> Void
    ) {
        let start = max(world.now, guestIsBusyUntil)
        let acts = start + world.micros(1...micros)
        let answers = acts + world.micros(1...micros)
        guestIsBusyUntil = answers
        let guest = host.guest
        let fails = world.takes(.actionFails)
        let actsAnyway = world.chance.happens(0.5)
        world.after(acts - world.now) { [self] in
            if let guest, host.guest === guest, !fails || actsAnyway { effect(guest) }
        }
        world.after(answers - world.now) { [self] in
            guard isAlive else { return }
            if let guest, host.guest === guest, !fails { return then() }
            feed(orFail(Failure(TransferFault.guestLost, "The hypervisor answered an error.")))
        }
    }

    // MARK: Surveys

    private func survey(_ order: RoundMachine.SurveyOrder) {
        after(UInt64(order.delay.milliseconds * 1e6)) { [self] in
            guard !isHalted, survives() else { return }
            if order.beginsRound {
                ledger?.beginRound(order.round)
                surveyed = [:]
            }
            if world.takes(.surveyFails), !rounds.isFrozen {
                let lane = order.lanes[world.chance.below(order.lanes.count)]
                for other in order.lanes where other.kind != lane.kind { harvest(other, part: nil) }
                distrusted.insert(lane.kind)
                forget(lane.kind)
                return drive(
                    .surveyFailed([lane.kind], Failure(TransferFault.laneUntrusted, "The tracker answered an error.")))
            }
            // In two windows, so that the guest writes between them.
            for lane in order.lanes { harvest(lane, part: 0) }
            after(world.micros(10...200)) { [self] in
                guard !isHalted else { return }
                for lane in order.lanes { harvest(lane, part: 1) }
                guard survives() else { return }
                for lane in order.lanes where lane.scope == .everything { distrusted.remove(lane.kind) }
                hasSurveyed = true
                guard order.needsBarrier else { return report(barrier: nil) }
                drain { [self] cost in report(barrier: cost) }
            }
        }
    }

    /// A dead hypervisor's tracker reports nothing: that is no answer.
    private func survives() -> Bool {
        if host.guest != nil { return true }
        feed(.guestDied(Failure(TransferFault.guestLost, "The hypervisor ended while it was surveyed.")))
        return false
    }

    private func report(barrier: Duration?) {
        let lanes = Self.lanes.map { kind in
            RoundMachine.Surveyed(
                kind: kind, found: surveyed[kind] ?? 0, pending: ledger?.meter(of: kind).pending ?? 0)
        }
        drive(.surveyed(lanes, barrier: barrier))
    }

    private func harvest(_ lane: RoundMachine.SurveyOrder.Lane, part: Int?) {
        guard let guest = host.guest else { return }
        if rounds.isFrozen, lane.scope == .everything { world.fail("a frozen guest was surveyed whole") }
        var found = ExtentSet()
        let count = lane.kind == .memory ? World.pages : World.blocks
        let window = part.map { $0 == 0 ? 0..<(count / 2) : (count / 2)..<count } ?? 0..<count
        for index in window {
            switch lane.kind {
            case .memory:
                let isFound = lane.scope == .everything ? guest.memory[index] != 0 : guest.dirtyMemory[index]
                // A page pinned before the first survey is written later and would never be reported otherwise.
                if isFound || (lane.scope == .everything && guest.pinned.contains(index)) {
                    found.insert(World.extent(index))
                }
                guest.dirtyMemory[index] = false
            case .disk:
                let isFound =
                    lane.scope == .everything ? (host.disk?[index] ?? 0) != 0 : guest.dirtyDisk[index]
                if isFound { found.insert(World.extent(index)) }
                guest.dirtyDisk[index] = false
            }
        }
        surveyed[lane.kind, default: 0] += found.byteCount
        ledger?.owe(found, of: lane.kind)
    }

    /// A failed survey has destroyed part of what it did not report.
    private func forget(_ kind: LaneKind) {
        guard let guest = host.guest else { return }
        switch kind {
        case .memory: for page in 0..<World.pages where page % 2 == 0 { guest.dirtyMemory[page] = false }
        case .disk: for block in 0..<World.blocks where block % 2 == 0 { guest.dirtyDisk[block] = false }
        }
    }

    // MARK: Movers

    private func openConnections() {
        for _ in 0..<2 { openConnection() }
    }

    private func openConnection() {
        nextConnection += 1
        let connection = DataConnection(ConnectionID(nextConnection), self, world)
        connections[connection.id] = connection
        connection.open { [self] in settleOrPump() }
    }

    private func copy() {
        isSending = true
        roundBegan = world.now
        for kind in Self.lanes { acknowledgedBefore[kind] = ledger?.meter(of: kind).acknowledged }
        settleOrPump()
    }

    private func settleOrPump() {
        guard isAlive, !isHalted, isSending else { return }
        if ledger?.isSettled == true {
            isSending = false
            let bytes = Self.lanes.map { (ledger?.meter(of: $0).acknowledged ?? 0) - (acknowledgedBefore[$0] ?? 0) }
            let whole = Double(max(bytes.reduce(0, +), 1))
            let lanes = zip(Self.lanes, bytes).map { kind, bytes -> RoundMachine.Copied in
                let meter = ledger?.meter(of: kind) ?? LaneMeter()
                if meter.surveyed != meter.acknowledged + meter.pending { world.fail("the ledger's sums are wrong") }
                let busy = Double(world.now - roundBegan) * Double(bytes) / whole
                return RoundMachine.Copied(
                    kind: kind, bytes: bytes, busy: .nanoseconds(Int64(busy)), pending: meter.pending)
            }
            return drive(.copied(lanes))
        }
        for connection in connections.values.sorted(by: { $0.id < $1.id })
        where connection.isOpen && !connection.isBroken {
            while connection.itemsInFlight < 3, let item = ledger?.take(for: connection.id) {
                connection.itemsInFlight += 1
                connection.lastRead = max(connection.lastRead, world.now + world.micros(1...60))
                after(connection.lastRead - world.now) { [self] in
                    guard !isHalted else { return }
                    connection.send(item, read(item))
                }
            }
        }
    }

    private func read(_ item: WorkItem) -> [UInt32] {
        item.extents.flatMap { extent in
            (Int(extent.offset / World.unit)..<Int(extent.end / World.unit)).map { index in
                switch item.lane {
                case .memory: mapped?.memory[index] ?? 0
                case .disk: host.disk?[index] ?? 0
                }
            }
        }
    }

    func acknowledged(_ id: ConnectionID, _ sequence: UInt64) {
        guard isAlive, !isHalted, !connections.isEmpty else { return }
        do { try ledger?.acknowledge(id, through: sequence) } catch {
            world.fail("an honest acknowledgement failed: \(error)")
        }
        if let total = ledger?.total {
            let before = percent.value
            percent.update(total)
            if percent.value < before { world.fail("the percentage fell") }
        }
        if world.plan.hasRoughLink, world.faultsAllowed, world.chance.happens(world.plan.breakage) {
            let ids = connections.keys.sorted()
            connections[ids[world.chance.below(ids.count)]]?.cut()
        }
        settleOrPump()
    }

    func lost(_ connection: DataConnection) {
        guard isAlive, !isHalted, connections[connection.id] === connection else { return }
        switch world.plan.sabotage {
        case .retiredWithoutConfirmation:
            ledger?.lose(connection.id)
            return retired(connection.id)
        case .lostItemsForgotten:
            forgetItems(of: connection)
            return
        case .lastHarvestSkipped, .harvestAgainSkipped, .resumedAfterRelease, .barrierLeftOut, .runWithoutGrant,
            .stopLeftOut, .grantBeforeRecord, .unansweredTakenForRefused, .givenBackToNobody, .flushAssumed,
            .silenceTakenForRefusal, .failedRecordIgnored, .recordNotSynced, .leaseEndTakenForGrant, .answersMistaken,
            .witnessNotAsked, .witnessSilenceTakenForWord, .witnessedNotRecorded, .claimTakenForDecision,
            .claimNotWritten, nil:
            break
        }
        ledger?.lose(connection.id)
        link?.sendToTarget(.connectionLost(connection.id))
    }

    /// Sabotage: what was in flight is taken for applied.
    private func forgetItems(of connection: DataConnection) {
        var sequence: UInt64 = 1
        while true {
            do { try ledger?.acknowledge(connection.id, through: sequence) } catch { break }
            sequence += 1
        }
        connections[connection.id] = nil
        openConnection()
        settleOrPump()
    }

    private func retired(_ id: ConnectionID) {
        guard isAlive, !isHalted, connections.removeValue(forKey: id) != nil else { return }
        ledger?.retire(id)
        openConnection()
        settleOrPump()
    }
}
