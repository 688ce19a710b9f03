import FerryHost
import FerryTransfer

/// One round of the loop: what goes wrong, and where. Its name repeats it: `kill-after-released-source`,
/// `cut-before-cont-target-shared`.
struct FaultCase: Sendable, CustomStringConvertible {
    let fault: PhaseFault
    /// The machine's disk is in a folder that both hosts see, and only its memory moves.
    var isShared = false

    var side: OwnershipSide { fault.side }

    /// What the two hosts of this case are made for.
    var setting: FaultPair.Setting {
        switch fault.phase {
        case _ where isShared: .shared
        case .laterRound: .busy
        case .witness: .witnessed
        default: .plain
        }
    }

    /// What must go wrong before the phase is reached at all, on whichever host.
    var prelude: [PhaseFault] {
        switch (fault.phase, fault.side) {
        // Only a move in doubt is settled: a target that has waited for its grant for a second asks.
        case (.settle, .source): [PhaseFault(.cut(.seconds(2)), .after, .released, side: .source)]
        case (.settle, .target): [PhaseFault(.delay(.milliseconds(2500)), .before, .released, side: .source)]
        // Only a source that hears nothing for longer than it waits asks: the target has the grant and is cut off.
        case (.witness, .source): [PhaseFault(.cut(.seconds(8)), .after, .grant, side: .target)]
        // Time for the guest to write all its memory again: too much for a short pause.
        case (.laterRound, _): [PhaseFault(.delay(.milliseconds(700)), .after, .firstRound, side: .source)]
        default: []
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

    /// What a host does wrong in the life that begins before the move.
    func plan(for side: OwnershipSide) -> [PhaseFault] {
        if let earlierLife, side == fault.side { return earlierLife }
        return prelude.filter { $0.side == side } + (side == fault.side && earlierLife == nil ? [fault] : [])
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
        return
            "\(action)-\(fault.moment.rawValue)-\(fault.phase.rawValue)-\(fault.side.rawValue)\(nth)\(isShared ? "-shared" : "")"
    }

    // MARK: - The catalogue

    /// A silence that is longer than either host waits for a sign of life, and a pause that is shorter.
    private static func actions(_ side: OwnershipSide, isShared: Bool) -> [PhaseFault.Action] {
        [.kill, .cut(.seconds(2)), .blackHole(.seconds(8)), .killHypervisor, .delay(.milliseconds(700))]
            + (side == .target && !isShared ? [.killStorageDaemon] : [])
    }

    /// How often a move reaches the phase for certain.
    private static func occurrences(_ phase: MigrationPhase, _ side: OwnershipSide, isShared: Bool) -> Int {
        switch (phase, isShared) {
        case (.record, _): 3
        case (.lastCopy, _): 2
        case (.undoLine, false): side == .source ? 2 : 4
        case (.undoLine, true): 2
        default: 1
        }
    }

    /// Whether a move comes there. Where no disk moves nothing is done to one.
    static func isReached(_ phase: MigrationPhase, isShared: Bool) -> Bool {
        switch phase {
        case .diskServer, .bitmapRotation, .lastDiskRound, .flush: !isShared
        // A machine that takes several rounds takes them whatever becomes of its disk.
        case .laterRound: !isShared
        // It takes a third host, which is asked whatever becomes of the disk.
        case .witness: !isShared
        default: true
        }
    }

    /// Every place of disks, phase, moment, side and action, ordered so that any stretch as long as there are points has each
    /// point once.
    static let all: [FaultCase] = places(MigrationPhase.allCases.filter { $0 != .witness }) + places([.witness])

    /// Those of a third host at the end: they need other hosts than their neighbours would.
    private static func places(_ phases: [MigrationPhase]) -> [FaultCase] {
        var byPoint: [[FaultCase]] = []
        for isShared in [false, true] {
            for phase in phases where isReached(phase, isShared: isShared) {
                for side in phase.sides {
                    for moment in PhasePoint.Moment.allCases {
                        for nth in 1...occurrences(phase, side, isShared: isShared) {
                            // Different actions at neighbouring points: a stretch has all of those, too.
                            let actions = actions(side, isShared: isShared)
                            let first = byPoint.count % actions.count
                            byPoint.append(
                                (actions[first...] + actions[..<first]).map {
                                    FaultCase(
                                        fault: PhaseFault($0, moment, phase, side: side, occurrence: nth),
                                        isShared: isShared)
                                })
                        }
                    }
                }
            }
        }
        // A stride that has no factor in common with the number of points spreads the phases.
        let count = byPoint.count
        var stride = max(1, count * 3 / 11)
        while gcd(stride, count) != 1 { stride += 1 }
        let order = (0..<count).map { byPoint[$0 * stride % count] }
        let turns = (0..<(order.map(\.count).max() ?? 0)).map { turn in
            order.compactMap { turn < $0.count ? $0[turn] : nil }
        }
        // The last turn has what only a target can suffer: it goes among as many of the turn before, so that no stretch is one-sided.
        let (body, last) = (Array(turns.dropLast().joined()), turns.last ?? [])
        let mixed = zip(body.suffix(last.count), last).flatMap { [$0, $1] }
        return body.dropLast(last.count) + mixed
    }

    private static func gcd(_ one: Int, _ other: Int) -> Int { other == 0 ? one : gcd(other, one % other) }

    static func named(_ name: String) -> FaultCase? { all.first { "\($0)" == name } }

    /// `count` cases: consecutive seeds go on where the one before ended, around and around.
    static func cases(_ count: Int, seed: UInt64) -> [FaultCase] {
        let start = Int(seed % UInt64(all.count)) * count % all.count
        return (0..<min(count, all.count)).map { all[(start + $0) % all.count] }
    }
}
