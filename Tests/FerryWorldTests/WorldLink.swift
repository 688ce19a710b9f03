import FerryCore
import FerryTransfer

/// What travels on the control channel.
enum Message {
    case prepare, prepared, seal, disksReleased, deviceState(UInt32), ready, grant, running
    case refused(Failure)
    case abandon(Failure)
    case connectionLost(ConnectionID)
    case connectionRetired(ConnectionID)
}

/// The control channel: ordered, reliable until it is cut. What is under way when it is cut is lost; each end notices in its
/// own time.
final class Link {
    private unowned let world: World
    private let source: Host
    private let target: Host
    private(set) var isCut = false
    private var isSilentToSource = false
    private var isSilentToTarget = false
    private var lastToSource: UInt64 = 0
    private var lastToTarget: UInt64 = 0

    init(_ world: World) {
        self.world = world
        source = world.source
        target = world.target
    }

    private func arrival(_ last: inout UInt64) -> UInt64 {
        last = max(last, world.now + world.micros(50...800)) + 1
        return last - world.now
    }

    func sendToTarget(_ message: Message) {
        guard !isCut else { return }
        world.after(arrival(&lastToTarget)) { [self] in
            guard !isCut, !isSilentToTarget, target.isUp else { return }
            if case .prepare = message {
                target.accept(self)
            } else if target.arrival?.link === self {
                target.arrival?.receive(message)
            }
        }
    }

    func sendToSource(_ message: Message) {
        guard !isCut else { return }
        world.after(arrival(&lastToSource)) { [self] in
            guard !isCut, !isSilentToSource, source.isUp, source.move?.link === self else { return }
            source.move?.receive(message)
        }
    }

    func cut() {
        guard !isCut else { return }
        isCut = true
        loseEnds(world.millis(1...900), world.millis(1...900))
    }

    /// What is under way and what is sent from now on gets lost, in one direction or both. An end that hears nothing gives up
    /// after its silence limit; the other one sees that, if it still hears anything.
    func fallSilent() {
        guard !isCut, !isSilentToSource, !isSilentToTarget else { return }
        let direction = world.chance.below(3)
        isSilentToSource = direction != 0
        isSilentToTarget = direction != 1
        let sourceGivesUp = world.millis(300...500)
        let targetGivesUp = world.millis(300...500)
        let first = isSilentToSource && isSilentToTarget ? min(sourceGivesUp, targetGivesUp) : sourceGivesUp
        world.after(first) { [self] in isCut = true }
        switch direction {
        case 0: loseEnds(sourceGivesUp + world.millis(1...5), sourceGivesUp)
        case 1: loseEnds(sourceGivesUp, sourceGivesUp + world.millis(1...5))
        default: loseEnds(sourceGivesUp, targetGivesUp)
        }
    }

    /// An end is done with it: what was sent arrives, then the other end sees the close.
    func close() {
        guard !isCut, !isSilentToSource, !isSilentToTarget else { return }
        world.after(world.millis(3...5)) { [self] in
            guard !isCut else { return }
            isCut = true
            loseEnds(0, 0)
        }
    }

    private func loseEnds(_ sourceDelay: UInt64, _ targetDelay: UInt64) {
        let failure = Failure.connectionLostSending(to: "the other host")
        world.after(sourceDelay) { [self] in
            if source.move?.link === self { source.move?.linkLost(failure) }
        }
        world.after(targetDelay) { [self] in
            if target.arrival?.link === self { target.arrival?.feed(.linkLost(failure)) }
        }
    }
}

/// A data connection. After it broke, what had already arrived may still be applied, until the target closes its end.
final class DataConnection {
    let id: ConnectionID
    private unowned let world: World
    private weak var move: SourceDaemon?
    private(set) var isBroken = false
    /// The target has answered to its opening.
    private(set) var isOpen = false
    private var isSilent = false
    private var arrivesLate = false
    var isClosedAtTarget = false
    var lastRead: UInt64 = 0
    private var lastArrival: UInt64 = 0
    private var lastApplied: UInt64 = 0
    private var lastAcknowledged: UInt64 = 0
    var itemsInFlight = 0

    init(_ id: ConnectionID, _ move: SourceDaemon, _ world: World) {
        self.id = id
        self.move = move
        self.world = world
    }

    func open(_ opened: @escaping () -> Void) {
        let arrival = world.target.arrival
        world.after(world.connectionDelay(50...400, atMost: 200)) { [self] in
            guard !isBroken, let arrival, world.target.arrival === arrival, arrival.adopt(self) else { return }
            world.after(world.connectionDelay(50...400, atMost: 50)) { [self] in
                guard !isBroken else { return }
                isOpen = true
                opened()
            }
        }
    }

    func send(_ item: WorkItem, _ values: [UInt32]) {
        guard !isBroken, !isSilent || arrivesLate else { return }
        let delay = isSilent ? world.millis(1...100) : world.micros(50...400)
        lastArrival = max(lastArrival, world.now + delay) + 20_000
        let target = world.target
        let isSlow = world.plan.hasRoughLink && world.faultsAllowed && world.chance.happens(0.3)
        world.after(lastArrival - world.now) { [self] in
            guard !isBroken || arrivesLate, let arrival = target.arrival, arrival.migration == move?.migration else {
                return
            }
            lastApplied = max(lastApplied, world.now + world.micros(isSlow ? 1_000...40_000 : 1...50))
            world.after(lastApplied - world.now) { [self] in
                guard !isClosedAtTarget, target.isUp, target.arrival === arrival else { return }
                guard arrival.apply(item, values) else { return }
                lastAcknowledged = max(lastAcknowledged, world.now + world.micros(50...400))
                world.after(lastAcknowledged - world.now) { [self] in
                    guard !isBroken, !isSilent else { return }
                    itemsInFlight -= 1
                    move?.acknowledged(id, item.sequence)
                }
            }
        }
    }

    /// Acknowledgements come no more; the source gives up after its time limit. What it sent may still arrive.
    func fallSilent() {
        guard !isBroken, !isSilent else { return }
        isSilent = true
        arrivesLate = world.chance.happens(0.7)
        world.after(world.millis(5...200)) { [self] in cut() }
    }

    func cut() {
        guard !isBroken else { return }
        isBroken = true
        world.after(world.chance.happens(0.5) ? world.micros(20...500) : world.millis(1...20)) { [self] in
            move?.lost(self)
        }
    }
}
