import FerryCore
import FerryTransfer

extension Host {
    /// A prepare arrived: refuse while another move's remains are here.
    func accept(_ link: Link) {
        guard isIdle, guest == nil else { return link.close() }
        arrival = TargetDaemon(self, world.migration, link)
    }
}

/// The target's daemon during one move.
final class TargetDaemon {
    private unowned let world: World
    private unowned let host: Host
    let migration: String
    let link: Link
    private var connections: [ConnectionID: DataConnection] = [:]
    private var retired: Set<ConnectionID> = []
    private let life: Int
    private var cutover: TargetCutoverMachine
    private var deviceState: UInt32 = 0
    private var isOver = false
    private var areDisksReleased = false
    private(set) var isStorageDead = false
    /// What is on stable storage of blocks that were written and not yet flushed.
    private var unflushed: [Int: UInt32] = [:]
    private var leaseEnd: UInt64?
    private var guestIsBusyUntil: UInt64 = 0

    private static let timeouts = CutoverTimeouts(
        disksReleased: .seconds(5), ready: .seconds(5), running: .seconds(1), askAgain: .seconds(1),
        lease: .seconds(20), witness: .seconds(1), witnessPatience: .seconds(2))

    private static func configuration(_ world: World, _ migration: String) -> TargetCutoverMachine.Configuration {
        let isAsked = world.witness(of: migration) != nil && world.plan.sabotage != .witnessNotAsked
        return .init(epoch: 2, sourceName: "NODE1", timeouts: timeouts, witness: isAsked ? "NODE3" : nil)
    }

    init(_ host: Host, _ migration: String, _ link: Link) {
        world = host.world
        self.host = host
        self.migration = migration
        self.link = link
        life = host.life
        cutover = TargetCutoverMachine(Self.configuration(host.world, migration))
        host.guest = Guest(memory: Array(repeating: 0, count: World.pages), register: 0, status: .paused)
        host.disk = Array(repeating: 0, count: World.blocks)
        host.append(.prepared, to: migration) { [self] isDone in
            guard isAlive else { return }
            if isDone {
                link.sendToSource(.prepared)
            } else {
                feed(.failed(Failure(TransferFault.recordNotWritten, "PREPARED was not written.")))
            }
        }
    }

    /// READY is the newest record, or GRANT in a move with a witness, and the hypervisor lives.
    init(restarted host: Host, _ migration: String) {
        world = host.world
        self.host = host
        self.migration = migration
        link = Link(host.world)
        link.cut()
        life = host.life
        let configuration = Self.configuration(host.world, migration)
        cutover =
            host.newest(migration) == .granted
            ? TargetCutoverMachine(restartedWithGrant: configuration, at: host.world.clock)
            : TargetCutoverMachine(restartedWithReady: configuration, at: host.world.clock)
        areDisksReleased = true
        scheduleTick()
    }

    private var isAlive: Bool { host.isUp && host.life == life && !isOver && host.arrival === self }

    private func after(_ delay: UInt64, _ body: @escaping () -> Void) {
        world.after(delay) { [self] in if isAlive { body() } }
    }

    func feed(_ event: TargetCutoverMachine.Event) {
        guard isAlive else { return }
        world.point()
        guard isAlive else { return }
        for action in cutover.handle(event, at: world.clock) {
            world.point()
            guard isAlive else { return }
            perform(action)
        }
        scheduleTick()
    }

    private func scheduleTick() {
        guard let due = cutover.wakeUp else { return }
        after(due.nanoseconds > world.now ? due.nanoseconds - world.now : 0) { [self] in
            guard let due = cutover.wakeUp, due <= world.clock else { return }
            let isWrong = world.plan.sabotage == .leaseEndTakenForGrant && cutover.isAwaitingGrant
            feed(isWrong && leaseEnd.map { $0 <= world.now } == true ? .granted : .tick)
        }
    }

    func receive(_ message: Message) {
        guard isAlive else { return }
        switch message {
        case .seal: feed(.sealed)
        case .deviceState(let state):
            deviceState = state
            feed(.deviceStateArrived)
        case .grant: feed(.granted)
        case .abandon(let failure): feed(.abandon(failure))
        case .connectionLost(let id):
            connections.removeValue(forKey: id)?.isClosedAtTarget = true
            retired.insert(id)
            link.sendToSource(.connectionRetired(id))
        case .prepare, .prepared, .disksReleased, .ready, .running, .refused, .connectionRetired:
            world.fail("the target was sent \(message)")
        }
    }

    func standing(_ journal: OwnershipJournal, isRunning: Bool) -> OwnershipStanding {
        cutover.standing(journal, isRunning: isRunning)
    }

    func hear(_ standing: OwnershipStanding, about migration: String) {
        if migration == self.migration { feed(.standing(standing)) }
    }

    /// False: a connection that came too late, its number is retired.
    func adopt(_ connection: DataConnection) -> Bool {
        guard isAlive, !retired.contains(connection.id) else { return false }
        connections[connection.id] = connection
        return true
    }

    func storageDies() {
        guard isAlive, !areDisksReleased, !isStorageDead else { return }
        isStorageDead = true
        for (block, old) in unflushed.sorted(by: { $0.key < $1.key }) where world.chance.happens(0.5) {
            host.disk?[block] = old
        }
    }

    private var storageFailure: Failure { Failure(TransferFault.laneUntrusted, "The storage daemon ended.") }

    /// False: it was not applied.
    func apply(_ item: WorkItem, _ values: [UInt32]) -> Bool {
        guard isAlive, let guest = host.guest else { return false }
        if item.lane != .memory, isStorageDead {
            if world.plan.sabotage == .flushAssumed { return true }
            feed(.failed(storageFailure))
            return false
        }
        var value = values.makeIterator()
        for extent in item.extents {
            for index in Int(extent.offset / World.unit)..<Int(extent.end / World.unit) {
                let next = value.next() ?? 0
                switch item.lane {
                case .memory:
                    if guest.status == .running { world.fail("memory was written under a running guest") }
                    guest.memory[index] = next
                case .disk:
                    if areDisksReleased, world.plan.sabotage == nil { world.fail("a released disk was written") }
                    if unflushed[index] == nil { unflushed[index] = host.disk?[index] ?? 0 }
                    host.disk?[index] = next
                }
            }
        }
        return true
    }

    private func perform(_ action: TargetCutoverMachine.Action) {
        switch action {
        case .releaseDisks:
            guestCall(3000) { [self] _ in
                if !isStorageDead { areDisksReleased = true }
            } then: { [self] in
                let isFlushed = areDisksReleased || world.plan.sabotage == .flushAssumed
                feed(isFlushed ? .disksReleased : .failed(storageFailure))
            }
        case .sendDisksReleased: link.sendToSource(.disksReleased)
        case .loadDeviceState:
            guestCall(3000) { [self] guest in
                guest.register = deviceState
            } then: { [self] in
                feed(.loaded)
            }
        case .record(let role):
            if role == .ready { leaseEnd = world.now + UInt64(Self.timeouts.lease.milliseconds * 1e6) }
            host.append(role, to: migration) { [self] isDone in
                feed(
                    isDone
                        ? .recorded(role)
                        : .recordFailed(role, Failure(TransferFault.recordNotWritten, "\(role) was not written.")))
            }
        case .sendReady:
            link.sendToSource(.ready)
            if world.plan.sabotage == .runWithoutGrant, let guest = host.guest { host.makeRun(guest) }
        case .runGuest: run()
        case .sendRunning: link.sendToSource(.running)
        case .destroyGuest:
            connections.values.forEach { $0.isClosedAtTarget = true }
            let start = max(world.now, guestIsBusyUntil)
            world.after(start - world.now + world.micros(100...5000)) { [self] in
                guard isAlive else { return }
                host.guest?.status = .paused
                host.guest = nil
                host.disk = nil
                feed(.destroyed)
            }
        case .sendRefused:
            link.sendToSource(.refused(Failure(TransferFault.targetRefused, "NODE2 gave it up.")))
        case .askSource:
            host.call(tell: host.standing(of: migration), about: migration) { [self] standing in
                feed(.standing(standing))
            }
        case .askWitness:
            if world.plan.sabotage == .witnessSilenceTakenForWord {
                after(world.millis(900...999)) { [self] in feed(.witnessed(.target)) }
            }
            let claim = world.witness(of: migration)
            if let claim, !claim.isReached(from: host), world.chance.happens(0.5) {
                // Refused at once: nothing listens there.
                return after(world.micros(200...3000)) { [self] in
                    feed(.witnessFailed(Failure(TransferFault.connectionLost, "NODE3 does not listen.")))
                }
            }
            claim?.claim(host, migration) { [self] side in feed(.witnessed(side)) }
        case .answerTooLate: break
        case .finished:
            switch cutover.outcome {
            case .refused:
                if host.guest != nil { world.fail("refused with a living guest") }
            case .runsHere:
                if let guest = host.guest, guest.status != .running { world.fail("runs here, and does not") }
            case .ownedHere: break
            case nil: world.fail("finished without an outcome")
            }
            isOver = true
            link.close()
            host.close(migration)
        }
    }

    private func run() {
        if world.takes(.runRefused) {
            return after(world.micros(100...1000)) { [self] in
                feed(.runRefused(Failure(TransferFault.guestLost, "cont: failed to get the lock.")))
            }
        }
        if world.takes(.runUnanswered) {
            let guest = host.guest
            let works = world.plan.sabotage == .unansweredTakenForRefused || world.chance.happens(0.5)
            world.after(world.micros(100...1000)) { [self] in
                if works, let guest, host.guest === guest { host.makeRun(guest) }
            }
            return after(world.millis(5...10)) { [self] in
                let failure = Failure(TransferFault.timedOut, "cont was not answered.")
                feed(world.plan.sabotage == .unansweredTakenForRefused ? .runRefused(failure) : .runUnanswered(failure))
            }
        }
        guestCall(1000, mayFail: false) { [self] guest in
            host.makeRun(guest)
        } then: { [self] in
            feed(.running)
        }
    }

    private func guestCall(
        _ micros: UInt64, mayFail: Bool = true, _ effect: @escaping (Guest) -> Void, then: @escaping () -> Void
    ) {
        let acts = max(world.now, guestIsBusyUntil) + world.micros(1...micros)
        let answers = acts + world.micros(1...micros)
        guestIsBusyUntil = answers
        let guest = host.guest
        let fails = mayFail && world.takes(.actionFails)
        world.after(acts - world.now) { [self] in
            if let guest, host.guest === guest, !fails { effect(guest) }
        }
        world.after(answers - world.now) { [self] in
            guard isAlive, let guest, host.guest === guest else { return }
            if fails {
                feed(.failed(Failure(TransferFault.guestLost, "The hypervisor answered an error.")))
            } else {
                then()
            }
        }
    }
}
