import FerryCore
import FerryTransfer

/// Two hosts, the link between them, one machine with a guest that writes, and everything that can go wrong, in virtual
/// time and on one thread. Decisions are made by the real machines, ledger, policies and ownership records; the world only
/// performs their actions and looks on.
///
/// After every step: at most one guest runs; whoever starts a guest holds the newest image of memory, disk and devices; a
/// guest runs only where the record allows it; what differs at the target is owed or will be reported.
final class World {
    static let pages = 48
    static let blocks = 24
    static let unit: UInt64 = 4096

    struct Image: Equatable {
        var memory: [UInt32]
        var disk: [UInt32]
        /// Stands for all device state.
        var register: UInt32
    }

    private struct Entry {
        var time: UInt64
        var order: UInt64
        var body: () -> Void
    }

    let plan: WorldPlan
    var chance: Chance
    private(set) var now: UInt64 = 0
    private var queue: [Entry] = []
    private var order: UInt64 = 0

    let source: Host
    let target: Host
    private(set) var witness: Witness?
    /// The moves that were prepared with a witness: both hosts have that on stable storage.
    private var witnessed: Set<String> = []
    /// What the guest last wrote, wherever it ran.
    var truth: Image
    private var lastWritten: UInt32 = 1

    /// The first oracle that fired; nil while all is well.
    private(set) var violation: String?
    private(set) var points = 0
    private(set) var fired: [WorldPlan.Fault] = []
    private(set) var steps = 0
    var partitionEnds: UInt64 = 0
    var delaysEnd: UInt64 = 0
    private var nextArmedAt = 0
    var faultsAllowed = true
    var attempts = 0
    var freezes = 0
    var migration = ""
    /// Writes the guest makes each time it is scheduled, and how many pages it prefers.
    let burst: Int
    let hotPages: Int
    /// How much faster than usual it is scheduled.
    let pace: UInt64
    let hasDirectIO: Bool
    let policy: ConvergencePolicy
    /// What `.recordFails`, `.actionFails`, … arm for the next occasion.
    var pending: Set<WorldPlan.Fault> = []

    init(_ plan: WorldPlan) {
        self.plan = plan
        var chance = Chance(seed: plan.seed)
        burst = 1 + chance.below(3)
        hotPages = 4 + chance.below(World.pages - 4)
        hasDirectIO = plan.sabotage == .barrierLeftOut || chance.happens(0.5)
        policy =
            switch chance.below(4) {
            case 0: .fixedRounds(1 + chance.below(8))
            case 1: .stopAndCopy
            default:
                .fitsDowntime(.microseconds(600 + 400 * chance.below(4)), maximumRounds: 6, upperLimit: .seconds(2))
            }
        pace = [1, 1, 4, 10][chance.below(4)]
        self.chance = chance
        truth = Image(
            memory: (0..<World.pages).map { page in page % 5 == 4 ? 0 : UInt32(page) + 1 },
            disk: (0..<World.blocks).map { block in block % 3 == 2 ? 0 : UInt32(block) + 1 }, register: 1)
        source = Host(name: "NODE1")
        target = Host(name: "NODE2")
        source.world = self
        target.world = self
        source.peer = target
        target.peer = source
        lastWritten = 1000
        // By a chance of its own: stories that are older than the witness stay what they were.
        var coin = Chance(seed: plan.seed ^ 0x3_1716)
        if plan.hasWitness ?? coin.happens(0.5) { witness = Witness(self) }
    }

    /// The witness of a move that was prepared with one.
    func witness(of migration: String) -> Witness? { witnessed.contains(migration) ? witness : nil }

    /// Runs the whole story: attempts with faults, healing, and one last attempt on a healthy world that must succeed.
    func run() {
        source.disk = truth.disk
        let guest = Guest(memory: truth.memory, register: truth.register, status: .paused)
        source.guest = guest
        source.makeRun(guest)
        startAttempt()
        let deadline: UInt64 = 1_500 * 1_000_000_000
        while violation == nil, let entry = popFirst() {
            now = max(now, entry.time)
            entry.body()
            steps += 1
            check()
            if now > deadline { fail("nothing is settled after 1500 s: \(story)") }
            if isOver { break }
        }
        if violation == nil { checkEnd() }
    }

    private var isOver = false

    // MARK: Time

    func after(_ delay: UInt64, _ body: @escaping () -> Void) {
        order += 1
        var index = queue.count
        let entry = Entry(time: now + delay, order: order, body: body)
        queue.append(entry)
        while index > 0 {
            let parent = (index - 1) / 2
            guard isBefore(entry, queue[parent]) else { break }
            queue[index] = queue[parent]
            index = parent
        }
        queue[index] = entry
    }

    private func isBefore(_ left: Entry, _ right: Entry) -> Bool {
        left.time != right.time ? left.time < right.time : left.order < right.order
    }

    private func popFirst() -> Entry? {
        guard let first = queue.first, let last = queue.popLast() else { return nil }
        guard !queue.isEmpty else { return first }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < queue.count else { break }
            if child + 1 < queue.count, isBefore(queue[child + 1], queue[child]) { child += 1 }
            guard isBefore(queue[child], last) else { break }
            queue[index] = queue[child]
            index = child
        }
        queue[index] = last
        return first
    }

    var clock: MonotonicTime { MonotonicTime(nanoseconds: now) }

    func micros(_ range: ClosedRange<UInt64>) -> UInt64 { chance.within(range) * 1_000 }
    func millis(_ range: ClosedRange<UInt64>) -> UInt64 {
        micros((range.lowerBound * 1000)...(range.upperBound * 1000))
    }

    // MARK: Attempts

    private func startAttempt() {
        attempts += 1
        migration = "migration-\(attempts)"
        // Both hosts have tried to reach it; a move whose witness does not answer goes without.
        if let witness, witness.isReached(from: source), witness.isReached(from: target) { witnessed.insert(migration) }
        source.startMove(migration)
    }

    /// Called when a host closes a journal or a daemon restarts.
    func attemptMayHaveEnded() {
        guard violation == nil, !isOver, source.isUp, target.isUp, source.isIdle, target.isIdle else { return }
        if source.guest?.status == .running, source.ownsMachine {
            let isHealthy = !faultsAllowed
            if isHealthy, attempts > 1, lastAttemptWasHealthy {
                fail("a retry on a healthy world did not move the machine: \(story)")
                return
            }
            if attempts >= 3 { faultsAllowed = false }
            lastAttemptWasHealthy = !faultsAllowed
            partitionEnds = faultsAllowed ? partitionEnds : 0
            if !faultsAllowed { heal() }
            let wait = max(partitionEnds > now ? partitionEnds - now : 0, millis(1...50))
            after(wait) { [self] in
                guard source.isUp, target.isUp, source.isIdle, target.isIdle, source.guest?.status == .running else {
                    return
                }
                startAttempt()
            }
        } else {
            // Moved, or dead by power failure. Let it run a little at its new home.
            after(millis(5...10)) { [self] in
                if source.isIdle, target.isIdle, source.isUp, target.isUp { isOver = true }
            }
        }
    }

    private var lastAttemptWasHealthy = false

    private func heal() {
        pending = []
        delaysEnd = 0
        source.diskIsFullUntil = 0
        target.diskIsFullUntil = 0
        witness?.heal()
    }

    // MARK: Guest

    func scheduleWriter(_ guest: Guest, on host: Host) {
        guest.writerGeneration += 1
        guest.quickBursts = 40
        writeLater(guest, host, guest.writerGeneration)
    }

    private func writeLater(_ guest: Guest, _ host: Host, _ generation: Int) {
        // Quick while it matters: at the start of each run and while it is copied.
        guest.quickBursts -= 1
        let isCopied = host === source && source.move?.isCopying == true
        let isQuiet = !isCopied && guest.quickBursts < 0
        after(isQuiet ? millis(300...600) : micros((40 / pace)...(400 / pace))) { [self] in
            guard guest.status == .running, guest.writerGeneration == generation, host.guest === guest else { return }
            for _ in 0..<burst { write(guest, host) }
            writeLater(guest, host, generation)
        }
    }

    private func write(_ guest: Guest, _ host: Host) {
        lastWritten += 1
        let value = lastWritten
        truth.register = value
        guest.register = value
        switch chance.below(hasDirectIO ? 8 : 6) {
        case 0:
            let block = chance.below(World.blocks)
            truth.disk[block] = value
            host.disk?[block] = value
            guest.dirtyDisk[block] = true
        case 6, 7:
            guard !guest.isDraining else { break }
            // A device reads into a page: pinned and reported now, written by DMA later and not reported then.
            let page = chance.below(World.pages)
            guard !guest.pinned.contains(page) else { break }
            guest.dirtyMemory[page] = true
            guest.pinned.insert(page)
            let lands = micros(20...3000)
            guest.landsAt = max(guest.landsAt, now + lands)
            after(lands) { [self] in
                guard host.guest === guest, guest.pinned.remove(page) != nil else { return }
                guest.memory[page] = value
                truth.memory[page] = value
            }
        default:
            let page = chance.happens(0.8) ? chance.below(hotPages) : chance.below(World.pages)
            guest.memory[page] = value
            truth.memory[page] = value
            guest.dirtyMemory[page] = true
        }
    }

    /// Saving the device state may write guest memory (rings are flushed): nobody runs, yet pages change.
    func saveDeviceState(of guest: Guest) {
        for _ in 0..<chance.below(3) {
            lastWritten += 1
            let page = chance.below(World.pages)
            guest.memory[page] = lastWritten
            truth.memory[page] = lastWritten
            guest.dirtyMemory[page] = true
        }
    }

    // MARK: Faults

    /// A place where something may go wrong: before each event a machine is given and each action it returned.
    func point() {
        points += 1
        guard faultsAllowed else { return }
        for (point, fault) in plan.armed where point == points { inject(fault) }
    }

    /// The point of one of the source's actions, where a plan may be waiting for just this one.
    func point(at action: SourceCutoverMachine.Action) {
        point()
        guard nextArmedAt < plan.armedAt.count else { return }
        let armed = plan.armedAt[nextArmedAt]
        guard armed.attempt == attempts, armed.action == action else { return }
        nextArmedAt += 1
        after(micros(50...2000)) { [self] in inject(armed.fault) }
    }

    private func inject(_ fault: WorldPlan.Fault) {
        fired.append(fault)
        switch fault {
        case .sourceDaemonCrash: source.crash()
        case .targetDaemonCrash: target.crash()
        case .bothDaemonsCrash:
            source.crash()
            target.crash()
        case .sourcePowerFailure: source.losePower()
        case .targetPowerFailure: target.losePower()
        case .bothPowerFailure:
            source.losePower()
            target.losePower()
        case .controlCut: source.move?.link?.cut()
        case .controlBlackHole: source.move?.link?.fallSilent()
        case .partition: separate(for: millis(chance.happens(0.5) ? 10...2_000 : 2_000...40_000))
        case .leaseEnds: separate(for: millis(25_000...90_000))
        case .dataCut:
            source.move?.connections.values.min { $0.id < $1.id }?.cut()
        case .dataBlackHole:
            source.move?.connections.values.filter { !$0.isBroken }.min { $0.id < $1.id }?.fallSilent()
        case .connectionsDelayed:
            delaysEnd = max(delaysEnd, now + millis(chance.happens(0.5) ? 10...500 : 500...60_000))
        case .cancel:
            after(0) { [self] in source.move?.feed(.cancel) }
        case .sourceGuestDeath:
            source.killGuest(noticedAfter: millis(1...200))
        case .targetGuestDeath:
            target.killGuest(noticedAfter: millis(1...200))
        case .targetStorageDeath:
            after(0) { [self] in target.arrival?.storageDies() }
        case .recordsDiskFull:
            let host = chance.happens(0.5) ? source : target
            host.diskIsFullUntil = now + millis(chance.happens(0.5) ? 1...100 : 100...30_000)
        case .targetAbandon:
            after(0) { [self] in
                target.arrival?.feed(.abandon(Failure(TransferFault.cancelled, "An administrator gave the move up.")))
            }
        case .recordFails, .actionFails, .runRefused, .runUnanswered, .surveyFails:
            pending.insert(fault)
        case .witnessCrash: witness?.crash()
        case .witnessCut:
            let end = now + millis(chance.happens(0.5) ? 10...3_000 : 3_000...60_000)
            let direction = chance.below(3)
            if direction != 0 { witness?.cutFromSourceUntil = end }
            if direction != 1 { witness?.cutFromTargetUntil = end }
        }
    }

    private func separate(for duration: UInt64) {
        partitionEnds = max(partitionEnds, now + duration)
        source.move?.link?.cut()
        for connection in source.move?.connections.values.sorted(by: { $0.id < $1.id }) ?? [] { connection.cut() }
    }

    /// How long a new connection takes to come about.
    func connectionDelay(_ usual: ClosedRange<UInt64>, atMost longest: UInt64) -> UInt64 {
        now < delaysEnd ? chance.within(usual.lowerBound * 1_000...longest * 1_000_000) : micros(usual)
    }

    func takes(_ fault: WorldPlan.Fault) -> Bool { pending.remove(fault) != nil }

    var guestWasKilled: Bool {
        fired.contains {
            switch $0 {
            case .sourcePowerFailure, .targetPowerFailure, .bothPowerFailure, .sourceGuestDeath, .targetGuestDeath,
                .runUnanswered:
                true
            case .sourceDaemonCrash, .targetDaemonCrash, .bothDaemonsCrash, .controlCut, .controlBlackHole, .partition,
                .leaseEnds, .dataCut, .dataBlackHole, .connectionsDelayed, .cancel, .targetStorageDeath, .targetAbandon,
                .recordFails, .recordsDiskFull, .actionFails, .runRefused, .surveyFails, .witnessCrash, .witnessCut:
                false
            }
        }
    }

    var isPartitioned: Bool { now < partitionEnds }

    // MARK: Oracles

    func fail(_ what: String) {
        if violation == nil { violation = "\(what) [t=\(now / 1000) µs, \(story)]" }
    }

    var story: String {
        "seed \(plan.seed), armed \(plan.armed.map { "\($0.fault)@\($0.point)" }), fired \(fired), points \(points), "
            + "attempt \(attempts), \(source.summary), \(target.summary)"
    }

    private func check() {
        let sourceRuns = source.guest?.status == .running
        let targetRuns = target.guest?.status == .running
        if sourceRuns && targetRuns { fail("two hosts run the guest") }
        if steps % 16 == 0 { checkCoverage() }
    }

    /// Invariant 1: what differs at the target is owed, or will be reported by a later survey.
    func checkCoverage() {
        guard let move = source.move, move.isCovered, let guest = source.guest, let copy = target.guest,
            let disk = target.disk, let own = source.disk, target.arrival?.migration == move.migration,
            copy.status == .paused
        else { return }
        guard let debts = move.debts() else { return }
        for page in 0..<World.pages where guest.memory[page] != copy.memory[page] && !guest.dirtyMemory[page] {
            if debts[.memory]?.contains(World.extent(page)) != true { fail("page \(page) differs and nobody knows") }
        }
        // What a dead storage daemon took with it, the target finds out when it writes or flushes.
        if target.arrival?.isStorageDead == true { return }
        for block in 0..<World.blocks where own[block] != disk[block] && !guest.dirtyDisk[block] {
            if debts[.disk(index: 0)]?.contains(World.extent(block)) != true {
                fail("block \(block) differs and nobody knows")
            }
        }
    }

    /// Called in the instant a guest starts to run.
    func guestStarts(_ guest: Guest, on host: Host) {
        let image = Image(memory: guest.memory, disk: host.disk ?? [], register: guest.register)
        if image != truth {
            let pages = (0..<World.pages).filter { image.memory[$0] != truth.memory[$0] }
            let blocks = (0..<World.blocks).filter { image.disk.count <= $0 || image.disk[$0] != truth.disk[$0] }
            fail(
                "\(host.name) runs an old image: pages \(pages), blocks \(blocks), "
                    + "devices \(image.register == truth.register)")
        }
        if !host.mayRun { fail("\(host.name) runs the guest against its record") }
    }

    private func checkEnd() {
        let owners = [source, target].filter(\.ownsMachine)
        if owners.count != 1 { fail("\(owners.count) owners after healing") }
        guard let owner = owners.first, violation == nil else { return }
        if !guestWasKilled, owner.guest?.status != .running { fail("the machine was lost: it runs nowhere") }
        if let guest = owner.guest, guest.status == .running {
            let image = Image(memory: guest.memory, disk: owner.disk ?? [], register: guest.register)
            if image != truth, guest.pinned.isEmpty { fail("the running guest lost what it wrote") }
        }
        if owner === source, !guestWasKilled { fail("the last attempt did not move the machine") }
        if owner.disk == nil { fail("the owner has no disk") }
    }

    static func extent(_ index: Int) -> Extent { Extent(offset: UInt64(index) * unit, length: unit) }
}
