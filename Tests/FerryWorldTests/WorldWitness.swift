import FerryTransfer

/// A third host that decides for whom a machine is: the real ledger, on stable storage that outlives its lives.
///
/// Write, then answer: it may die between the two, or before, and a claim that was on its way is lost with it or arrives in its
/// next life. Whoever claimed and heard nothing cannot know.
final class Witness {
    private unowned let world: World
    /// What is on stable storage.
    private var bytes: [UInt8] = []
    private var ledger = WitnessLedger()
    private var isUp = true
    private var life = 0
    /// A line on its way to stable storage; those who ask meanwhile wait.
    private var writing: [UInt8]?
    private var waiting: [() -> Void] = []
    /// Until then nothing gets through between it and that host.
    var cutFromSourceUntil: UInt64 = 0
    var cutFromTargetUntil: UInt64 = 0

    init(_ world: World) { self.world = world }

    func isReached(from host: Host) -> Bool {
        let isCut = world.now < (host.isSource ? cutFromSourceUntil : cutFromTargetUntil)
        return isUp && !isCut && !(world.plan.hasRoughLink && world.faultsAllowed && world.chance.happens(0.15))
    }

    func crash() {
        guard isUp else { return }
        isUp = false
        life += 1
        // The line is there whole, in part, or not at all.
        if let writing {
            bytes = Array(bytes.prefix(ledger.validByteCount)) + writing.prefix(world.chance.below(writing.count + 1))
        }
        writing = nil
        waiting = []
        world.after(world.chance.happens(0.5) ? world.millis(20...500) : world.millis(500...30_000)) { [self] in
            isUp = true
            do { ledger = try WitnessLedger(bytes) } catch { world.fail("a torn ledger was refused: \(error)") }
        }
    }

    func heal() {
        cutFromSourceUntil = 0
        cutFromTargetUntil = 0
    }

    // MARK: Claims

    /// The claim of `host`, which hears nothing when anything goes wrong on the way. Sometimes it arrives twice, the second time
    /// late: the network repeats what it likes.
    func claim(_ host: Host, _ migration: String, _ answer: @escaping (OwnershipSide) -> Void) {
        let side: OwnershipSide = host.isSource ? .source : .target
        guard
            let claim = try? WitnessClaim(
                machine: "web01", migration: migration, epoch: 2, source: "key1", target: "key2", side: side)
        else { return world.fail("a claim could not be made") }
        send(claim, from: host, after: world.connectionDelay(200...3000, atMost: 20_000), answer)
        if world.chance.happens(0.2) { send(claim, from: host, after: world.millis(1...30_000), answer) }
    }

    private func send(
        _ claim: WitnessClaim, from host: Host, after delay: UInt64, _ answer: @escaping (OwnershipSide) -> Void
    ) {
        let born = host.life
        world.after(delay) { [self] in
            guard isReached(from: host) else { return }
            decide(claim, by: host) { [self] side in
                world.after(world.connectionDelay(200...3000, atMost: 20_000)) { [self] in
                    guard isReached(from: host), host.isUp, host.life == born else { return }
                    answer(side)
                }
            }
        }
    }

    /// `host` is done with the move, and says so once, whether it is heard or not.
    func settle(_ host: Host, _ migration: String) {
        let side: OwnershipSide = host.isSource ? .source : .target
        guard
            let claim = try? WitnessClaim(
                machine: "web01", migration: migration, epoch: 2, source: "key1", target: "key2", side: side)
        else { return world.fail("a claim could not be made") }
        world.after(world.connectionDelay(200...3000, atMost: 20_000)) { [self] in
            if isReached(from: host) { settle(claim, by: host) }
        }
    }

    private func settle(_ claim: WitnessClaim, by host: Host) {
        guard writing == nil else {
            let born = life
            return waiting.append { [self] in if life == born { settle(claim, by: host) } }
        }
        do {
            guard try ledger.mustSettle(claim, by: host.isSource ? "key1" : "key2") else { return }
        } catch { return world.fail("a host's being done was refused: \(error)") }
        write(WitnessLedger.line(settled: claim, time: world.now / 1_000_000)) {}
    }

    private func decide(_ claim: WitnessClaim, by host: Host, _ answer: @escaping (OwnershipSide) -> Void) {
        guard writing == nil else {
            let born = life
            return waiting.append { [self] in if life == born { decide(claim, by: host, answer) } }
        }
        let verdict: WitnessLedger.Verdict
        do { verdict = try ledger.judge(claim, by: host.isSource ? "key1" : "key2") } catch {
            return world.fail("a claim was refused: \(error)")
        }
        guard case .first = verdict else {
            if case .decided(let side) = verdict { answer(side) }
            return
        }
        world.point()
        if world.plan.sabotage == .claimNotWritten {
            // Told, and forgotten by the next life.
            ledger.append(synced: WitnessLedger.line(claim, time: world.now / 1_000_000))
            answer(claim.side)
            return world.point()
        }
        write(WitnessLedger.line(claim, time: world.now / 1_000_000)) { answer(claim.side) }
    }

    private func write(_ line: [UInt8], _ written: @escaping () -> Void) {
        writing = line
        let born = life
        world.after(world.micros(100...3000)) { [self] in
            guard life == born else { return }
            writing = nil
            bytes = Array(bytes.prefix(ledger.validByteCount)) + line
            // Between writing and answering.
            world.point()
            guard life == born else { return }
            ledger.append(synced: line)
            written()
            let waiters = waiting
            waiting = []
            for waiter in waiters { waiter() }
        }
    }
}
