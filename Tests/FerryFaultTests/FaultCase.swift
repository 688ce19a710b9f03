import FerryHost
import FerryTransfer

/// One round of the loop: what goes wrong, and where. Its name repeats it: `kill-after-released-source`.
struct FaultCase: Sendable, CustomStringConvertible {
    let fault: PhaseFault

    var side: OwnershipSide { fault.side }

    /// What must go wrong before the phase is reached at all: only a move in doubt is settled.
    var prelude: [PhaseFault] {
        guard fault.phase == .settle else { return [] }
        switch fault.side {
        case .source: return [PhaseFault(.cut(.seconds(2)), .after, .released, side: .source)]
        case .target: return [PhaseFault(.cut(.seconds(2)), .before, .grant, side: .target)]
        }
    }

    /// Only what an earlier life left is recovered: this ends that life.
    var earlierLife: [PhaseFault]? {
        guard fault.phase == .recover else { return nil }
        switch fault.side {
        case .source: return [PhaseFault(.kill, .after, .released, side: .source)]
        case .target: return [PhaseFault(.kill, .after, .ready, side: .target)]
        }
    }

    var killsHypervisor: Bool { fault.action == .killHypervisor }

    var description: String {
        let action =
            switch fault.action {
            case .kill: "kill"
            case .killHypervisor: "killHypervisor"
            case .killStorageDaemon: "killStorageDaemon"
            case .delay: "delay"
            case .cut: "cut"
            case .blackHole: "blackHole"
            }
        let nth = fault.occurrence == 1 ? "" : "-\(fault.occurrence)"
        return "\(action)-\(fault.moment.rawValue)-\(fault.phase.rawValue)-\(fault.side.rawValue)\(nth)"
    }

    // MARK: - The catalogue

    /// A silence that is longer than either host waits for a sign of life, and a pause that is shorter.
    private static func actions(_ side: OwnershipSide) -> [PhaseFault.Action] {
        [.kill, .cut(.seconds(2)), .blackHole(.seconds(8)), .killHypervisor, .delay(.milliseconds(700))]
            + (side == .target ? [.killStorageDaemon] : [])
    }

    /// How often a move reaches the phase for certain.
    private static func occurrences(_ phase: MigrationPhase, _ side: OwnershipSide) -> Int {
        switch phase {
        case .record: 3
        case .lastCopy: 2
        case .undoLine: side == .source ? 2 : 4
        default: 1
        }
    }

    /// Whether the loop's moves come there. The target's settlement was not reached with the prelude above; later rounds have not
    /// been tried: the machine is small, and a small one is frozen early. Both need a prelude of their own to count.
    static func isReached(_ phase: MigrationPhase, _ side: OwnershipSide) -> Bool {
        switch (phase, side) {
        case (.laterRound, _), (.settle, .target): false
        default: true
        }
    }

    /// Every phase that is reached, moment, side and action, ordered so that any stretch as long as there are points has each point once.
    static let all: [FaultCase] = {
        var byPoint: [[FaultCase]] = []
        for phase in MigrationPhase.allCases {
            for side in phase.sides where isReached(phase, side) {
                for moment in PhasePoint.Moment.allCases {
                    for nth in 1...occurrences(phase, side) {
                        // Different actions at neighbouring points: a stretch has all of those, too.
                        let actions = actions(side)
                        let first = byPoint.count % actions.count
                        byPoint.append(
                            (actions[first...] + actions[..<first]).map {
                                FaultCase(fault: PhaseFault($0, moment, phase, side: side, occurrence: nth))
                            })
                    }
                }
            }
        }
        // A stride that has no factor in common with the number of points spreads the phases.
        let count = byPoint.count
        var stride = count * 5 / 13
        while gcd(stride, count) != 1 { stride += 1 }
        let order = (0..<count).map { byPoint[$0 * stride % count] }
        let turns = (0..<(order.map(\.count).max() ?? 0)).map { turn in
            order.compactMap { turn < $0.count ? $0[turn] : nil }
        }
        // The last turn has what only a target can suffer: it goes among as many of the turn before, so that no stretch is one-sided.
        let (body, last) = (Array(turns.dropLast().joined()), turns.last ?? [])
        let mixed = zip(body.suffix(last.count), last).flatMap { [$0, $1] }
        return body.dropLast(last.count) + mixed
    }()

    private static func gcd(_ one: Int, _ other: Int) -> Int { other == 0 ? one : gcd(other, one % other) }

    static func named(_ name: String) -> FaultCase? { all.first { "\($0)" == name } }

    /// `count` cases: consecutive seeds go on where the one before ended, around and around.
    static func cases(_ count: Int, seed: UInt64) -> [FaultCase] {
        let start = Int(seed % UInt64(all.count)) * count % all.count
        return (0..<min(count, all.count)).map { all[(start + $0) % all.count] }
    }
}
