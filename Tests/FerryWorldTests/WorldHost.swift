import FerryCore
import FerryTransfer

/// A hypervisor process: it outlives its daemon, and dies with its host's power.
final class Guest {
    enum Status { case paused, running }

    var memory: [UInt32]
    var register: UInt32
    var status: Status
    var dirtyMemory: [Bool]
    var dirtyDisk: [Bool]
    var pinned: Set<Int> = []
    var landsAt: UInt64 = 0
    var isDraining = false
    var writerGeneration = 0
    /// How often it still writes quickly though nobody copies it.
    var quickBursts = 0
    /// For the control in which QEMU stops its guest by itself.
    var resumesByItself = false

    init(memory: [UInt32], register: UInt32, status: Status) {
        self.memory = memory
        self.register = register
        self.status = status
        dirtyMemory = Array(repeating: false, count: memory.count)
        dirtyDisk = Array(repeating: false, count: World.blocks)
    }
}

/// One host: a hypervisor perhaps, a disk image perhaps, journals on stable storage, and a daemon with lives.
final class Host {
    struct Journal {
        /// What is on stable storage.
        var bytes: [UInt8] = []
        /// What the daemon of this life knows to be synced.
        var known = OwnershipJournal()
        var isClosed = false
    }

    private struct Append {
        var migration: String
        var record: OwnershipRecord
        var completion: (Bool) -> Void
    }

    let name: String
    weak var world: World!
    weak var peer: Host!
    var guest: Guest?
    var disk: [UInt32]?
    private(set) var journals: [String: Journal] = [:]
    private var appends: [Int: Append] = [:]
    private var nextAppend = 0
    private(set) var life = 0
    private(set) var isUp = true
    /// Until then no record can be written.
    var diskIsFullUntil: UInt64 = 0
    var move: SourceDaemon?
    var arrival: TargetDaemon?

    init(name: String) { self.name = name }

    var isSource: Bool { world.source === self }

    var summary: String {
        let records = journals.keys.sorted().map { key in
            "\(key): " + (journals[key]?.known.records.map(\.role.rawValue).joined(separator: " ") ?? "")
                + (journals[key]?.isClosed == true ? "." : "…")
        }
        let status = guest.map { $0.status == .running ? "running" : "paused" } ?? "absent"
        return "\(name) \(isUp ? "up" : "down") guest \(status) [\(records.joined(separator: "; "))]"
    }

    // MARK: Records

    var isIdle: Bool { move == nil && arrival == nil && journals.values.allSatisfy(\.isClosed) }

    /// Whether the newest record on stable storage lets a guest run here.
    var mayRun: Bool {
        guard let newest = durable(world.migration) else { return isSource }
        return isSource ? newest == .owner || newest == .refused : newest == .owner
    }

    /// Whether the machine is this host's, by what is on stable storage.
    var ownsMachine: Bool {
        if isSource {
            return journals.keys.allSatisfy { durable($0) == nil || durable($0) == .owner || durable($0) == .refused }
        }
        return journals.keys.contains { durable($0) == .owner }
    }

    private func durable(_ migration: String) -> OwnershipRole? {
        guard let bytes = journals[migration]?.bytes else { return nil }
        do { return try OwnershipJournal(bytes).records.last?.role } catch {
            world.fail("a journal is damaged: \(error)")
            return nil
        }
    }

    /// What the daemon of this life knows.
    func newest(_ migration: String) -> OwnershipRole? { journals[migration]?.known.records.last?.role }

    func append(_ role: OwnershipRole, to migration: String, _ completion: @escaping (Bool) -> Void) {
        guard
            let record = try? OwnershipRecord(
                role, side: isSource ? .source : .target, machine: "web01", migration: migration, epoch: 2,
                time: world.now / 1_000_000)
        else { return world.fail("a record could not be made") }
        if journals[migration] == nil { journals[migration] = Journal() }
        nextAppend += 1
        let number = nextAppend
        appends[number] = Append(migration: migration, record: record, completion: completion)
        let born = life
        world.after(world.micros(100...3000)) { [self] in
            guard let append = appends.removeValue(forKey: number) else { return }
            let line = OwnershipJournal.line(append.record)
            let succeeds = !world.takes(.recordFails) && world.now >= diskIsFullUntil
            write(line[...], ofWhole: succeeds ? line.count : world.chance.below(line.count + 1), to: migration)
            if succeeds { journals[migration]?.known.append(synced: append.record) }
            if world.plan.sabotage == .recordNotSynced { return }
            world.after(world.micros(10...200)) { [self] in
                guard isUp, life == born else { return }
                append.completion(succeeds || world.plan.sabotage == .failedRecordIgnored)
            }
        }
        if world.plan.sabotage == .recordNotSynced {
            world.after(world.micros(1...20)) { [self] in
                if isUp, life == born { completion(true) }
            }
        }
    }

    private func write(_ line: ArraySlice<UInt8>, ofWhole count: Int, to migration: String) {
        guard var journal = journals[migration] else { return }
        journal.bytes = Array(journal.bytes.prefix(journal.known.validByteCount)) + line.prefix(count)
        journals[migration] = journal
    }

    func close(_ migration: String) {
        journals[migration]?.isClosed = true
        world.witness(of: migration)?.settle(self, migration)
        move = nil
        arrival = nil
        world.after(0) { [self] in world.attemptMayHaveEnded() }
    }

    /// The answer to a status question: from the record, the hypervisor asked at this moment.
    func standing(of migration: String) -> OwnershipStanding {
        let journal = journals[migration]?.known ?? OwnershipJournal()
        let isRunning = guest?.status == .running
        if let arrival, arrival.migration == migration { return arrival.standing(journal, isRunning: isRunning) }
        return journal.standing(isRunning: isRunning)
    }

    // MARK: Hypervisor

    func makeRun(_ guest: Guest) {
        guard guest.status == .paused else { return }
        world.guestStarts(guest, on: self)
        guest.status = .running
        guest.isDraining = false
        world.scheduleWriter(guest, on: self)
    }

    func killGuest(noticedAfter delay: UInt64) {
        guard let dead = guest else { return }
        dead.status = .paused
        guest = nil
        let failure = Failure(TransferFault.guestLost, "The hypervisor on \(name) ended.")
        let born = life
        world.after(delay) { [self] in
            guard isUp, life == born, guest == nil else { return }
            move?.feed(.guestDied(failure))
            arrival?.feed(.guestDied(failure))
        }
    }

    // MARK: Lives

    func startMove(_ migration: String) {
        let daemon = SourceDaemon(self, migration)
        move = daemon
        daemon.start()
    }

    func crash() {
        guard isUp else { return }
        endLife(restartAfter: world.chance.happens(0.5) ? world.millis(50...500) : world.millis(500...30_000))
    }

    func losePower() {
        guard isUp else { return }
        guest?.status = .paused
        guest = nil
        endLife(restartAfter: world.millis(1_000...40_000))
    }

    private func endLife(restartAfter delay: UInt64) {
        isUp = false
        life += 1
        for append in appends.values.sorted(by: { $0.record.time < $1.record.time }) {
            let line = OwnershipJournal.line(append.record)
            write(line[...], ofWhole: world.chance.below(line.count + 1), to: append.migration)
        }
        appends = [:]
        move?.link?.cut()
        arrival?.link.cut()
        move?.connections.values.forEach { $0.cut() }
        move = nil
        arrival = nil
        world.after(delay) { [self] in restart() }
    }

    private func restart() {
        isUp = true
        for migration in journals.keys {
            let bytes = journals[migration]?.bytes ?? []
            do {
                let known = try OwnershipJournal(bytes)
                journals[migration]?.known = known
            } catch {
                world.fail("a torn journal was refused: \(error)")
            }
        }
        let open = journals.keys.filter { journals[$0]?.isClosed == false }.sorted()
        if open.isEmpty { return world.after(0) { [self] in world.attemptMayHaveEnded() } }
        for migration in open {
            // Half of the hosts ask before they decide, the others decide by their own record and ask later.
            if world.chance.happens(0.5) {
                let born = life
                var hasDecided = false
                call(tell: standing(of: migration), about: migration) { [self] standing in
                    guard !hasDecided else { return }
                    hasDecided = true
                    recover(migration, peer: standing)
                }
                world.after(world.millis(500...1000)) { [self] in
                    guard !hasDecided, life == born, isUp else { return }
                    hasDecided = true
                    recover(migration, peer: nil)
                }
            } else {
                recover(migration, peer: nil)
            }
        }
    }

    private func recover(_ migration: String, peer standing: OwnershipStanding?) {
        guard let journal = journals[migration]?.known else { return }
        world.point()
        guard isUp else { return }
        let state: OwnershipDecision.LocalGuest =
            switch guest?.status {
            case nil: .absent
            case .paused: .paused
            case .running: .running
            }
        let newest = journal.records.last?.role
        switch OwnershipDecision.decide(
            journal, guest: state, peer: standing,
            hasWitness: world.witness(of: migration) != nil && world.plan.sabotage != .witnessNotAsked)
        {
        case .keepHere:
            let afterRelease = newest == .released
            let run = { [self] in
                if let guest { makeRun(guest) }
                tellAbandon(migration)
                if newest == .refused || afterRelease {
                    close(migration)
                } else {
                    append(.refused, to: migration) { [self] _ in close(migration) }
                }
            }
            if afterRelease { retry(.refused, migration, run) } else { run() }
        case .run:
            if let guest { makeRun(guest) }
            close(migration)
        case .ownStopped:
            if isSource, newest != .refused {
                retry(.refused, migration) { [self] in close(migration) }
            } else {
                close(migration)
            }
        case .becomeOwner:
            retry(.owner, migration) { [self] in
                if let guest { makeRun(guest) }
                close(migration)
            }
        case .stayPausedAndAsk:
            if guest?.status == .running { world.fail("\(name) found a guest running that must not") }
            if isSource {
                move = SourceDaemon(restarted: self, migration)
            } else {
                arrival = TargetDaemon(restarted: self, migration)
            }
        case .destroyAndRefuse:
            guest = nil
            disk = nil
            if newest == .refused {
                close(migration)
            } else {
                retry(.refused, migration) { [self] in close(migration) }
            }
        case .retire:
            guest = nil
            if newest == .gone { close(migration) } else { retry(.gone, migration) { [self] in close(migration) } }
        case .nothing:
            if !isSource { (guest, disk) = (nil, nil) }
            close(migration)
        }
    }

    private func retry(_ role: OwnershipRole, _ migration: String, _ body: @escaping () -> Void) {
        let born = life
        append(role, to: migration) { [self] isDone in
            if isDone { return body() }
            world.after(world.millis(900...1100)) { [self] in
                if isUp, life == born { retry(role, migration, body) }
            }
        }
    }

    // MARK: Calls on connections of their own

    private func reaches(_ other: Host) -> Bool {
        !world.isPartitioned && other.isUp
            && !(world.plan.hasRoughLink && world.faultsAllowed && world.chance.happens(0.15))
    }

    /// Asks the peer for its standing and tells ours.
    func call(tell own: OwnershipStanding, about migration: String, _ answer: @escaping (OwnershipStanding) -> Void) {
        let born = life
        world.after(world.connectionDelay(200...3000, atMost: 20_000)) { [self] in
            guard reaches(peer) else { return }
            peer.move?.hear(own, about: migration)
            peer.arrival?.hear(own, about: migration)
            let standing = peer.standing(of: migration)
            world.after(world.connectionDelay(200...3000, atMost: 20_000)) { [self] in
                guard reaches(peer), isUp, life == born else { return }
                answer(standing)
            }
        }
    }

    func tellAbandon(_ migration: String) {
        world.after(world.connectionDelay(200...3000, atMost: 20_000)) { [self] in
            guard reaches(peer), peer.arrival?.migration == migration else { return }
            peer.arrival?.feed(.abandon(Failure(TransferFault.cancelled, "The source gave the move up.")))
        }
    }
}
