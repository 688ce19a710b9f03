import FerryContract
import FerryCore
import FerryHTTP
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer

/// One case carried out and judged.
///
///     plan ─▶ move ─▶ fault ─▶ heal ─▶ settled: one owns, one runs, content equal, nothing left ─▶ the move again ─▶ the same
struct FaultRun {
    let pair: FaultPair
    let fault: FaultCase
    private(set) var faults: [String] = []
    private(set) var notes: [String] = []

    init(_ fault: FaultCase, _ pair: FaultPair) {
        self.fault = fault
        self.pair = pair
    }

    /// What was wrong; empty when everything was as it must be.
    mutating func carryOut() async throws -> [String] {
        guard let source = try await pair.owner() else { return ["no host had the machine to begin with"] }
        let target = pair.other(source)
        let faulty = fault.side == .source ? source : target

        for (host, side) in [(source, OwnershipSide.source), (target, .target)] {
            let plan = fault.plan(for: side)
            guard !plan.isEmpty else { continue }
            try host.stop()
            try await host.start(PhaseFaultPlan(plan))
        }
        let watch = try RunnerWatch(pair.id, source: source, target: target)
        let move = pair.move(from: source).begin()
        if fault.earlierLife != nil {
            guard try await dies(faulty) else {
                faults.append("the earlier life of \(faulty.name) was not killed")
                return faults
            }
            try await faulty.start(PhaseFaultPlan([fault.fault]))
        }
        // Some faults come after the move's answer: the target's own clean-up, a settlement.
        let words = "fault plan: \(fault.fault), migration"
        if try await !settles(within: .seconds(60), { faulty.words.contains(words) }) {
            faults.append("the fault never came: the point was not reached")
        }
        // The other host may wait for this one as long as it takes: it comes back now.
        if fault.fault.action == .kill, try await !dies(faulty) {
            faults.append("ferryd of \(faulty.name) was not killed")
        }
        if !faulty.isAlive { try await faulty.start() }

        try await settle(source, target)
        if await move.wait(within: .seconds(60)) == nil { faults.append("the move's command never returned") }
        notes.append("the move: \(move.current ?? "no answer")")
        faults += try watch.finish()
        guard let owner = try await pair.owner() else { return faults }
        try await judge(owner, "after the fault")
        guard faults.isEmpty else { return faults }
        faults += try await pair.monitorLeftovers(on: owner)

        // The retry: back to what it was, or there at last. Plans that are still open are over with the life that had them.
        for host in [source, target]
        where host === faulty ? fault.fault.action != .kill : !fault.prelude.isEmpty {
            try host.stop()
            try await host.start()
        }
        let again = try RunnerWatch(pair.id, source: owner, target: pair.other(owner))
        do throws(Failure) {
            let report = try await pair.move(from: owner).run()
            if report.status != .completed { faults.append("the retry ended as \(report.status.rawValue)") }
        } catch {
            faults.append("the retry failed: \(error.explanation)")
        }
        faults += try again.finish()
        guard faults.isEmpty else { return faults }
        try await judge(pair.other(owner), "after the retry")
        return faults
    }

    private func dies(_ host: FaultHost) async throws -> Bool {
        try await settles(within: .seconds(60)) { !host.isAlive }
    }

    /// Waits until both hosts say that no move is open and exactly one has the machine.
    private mutating func settle(_ source: FaultHost, _ target: FaultHost) async throws {
        let deadline = Deadline.scaled(.seconds(90))
        while true {
            var open: [String] = []
            var owners: [String] = []
            for host in [source, target] {
                guard host.isAlive else {
                    faults.append("ferryd of \(host.name) died: \(host.words.suffix(2000))")
                    return
                }
                do throws(Failure) {
                    open += try await host.connection.send(GetMigrationsRequest())
                        .filter { $0.status == .running || $0.status == .inDoubt }
                        .map { "\(host.name) \($0.status.rawValue) \($0.phase)" }
                    owners += try await host.connection.send(GetMachinesRequest()).machines
                        .filter { $0.id == pair.id && $0.activity == .ok }.map { "\(host.name) \($0.state.rawValue)" }
                } catch {
                    open.append("\(host.name) does not answer: \(error.message)")
                }
            }
            if open.isEmpty, owners.count == 1 { return }
            if deadline.hasPassed {
                faults.append("not settled: open \(open), owners \(owners)")
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private mutating func judge(_ owner: FaultHost, _ moment: String) async throws {
        var machine = try await owner.machine(pair.id)
        if fault.killsHypervisor, machine?.state == .off {
            // Its QEMU died where it ran: what it had written is on its disk, and it starts there.
            if let fault = try CounterGuest.logFault(image: pair.image(on: owner)) {
                faults.append("\(moment): disk of the machine that crashed: \(fault)")
            }
            try await pair.startAnew(on: owner)
            machine = try await owner.machine(pair.id)
        }
        guard machine?.state == .running else {
            faults.append(
                "\(moment): it is \(machine?.state.rawValue ?? "nowhere") on \(owner.name): \(machine?.status ?? "")")
            return
        }
        faults += try pair.contentFaults(on: owner).map { "\(moment): \($0)" }
        faults += try await pair.leftovers(owner: owner).map { "\(moment): \($0)" }
    }
}
