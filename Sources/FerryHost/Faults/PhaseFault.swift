package import FerryTransfer

/// One thing that is to go wrong in a test: at which point of a move, and what.
package struct PhaseFault: Sendable, Hashable {
    /// It only kills, delays and cuts: whatever follows is what the hosts make of it.
    package enum Action: Sendable, Hashable {
        /// SIGKILL of this ferryd.
        case kill
        /// SIGKILL of the machine's QEMU on this host.
        case killHypervisor
        /// SIGKILL of the planned machine's storage daemon.
        case killStorageDaemon
        /// The phase waits.
        case delay(Duration)
        /// Every connection with other hosts is closed and none is made or taken for so long.
        case cut(Duration)
        /// Nothing is read from other hosts or written to them for so long, and nobody is told; then connections close.
        case blackHole(Duration)
    }

    package var side: OwnershipSide
    package var phase: MigrationPhase
    package var moment: PhasePoint.Moment
    /// The how many-th time the point is reached in this life of ferryd; 1 is the first.
    package var occurrence: Int
    package var action: Action

    package init(
        _ action: Action, _ moment: PhasePoint.Moment, _ phase: MigrationPhase, side: OwnershipSide, occurrence: Int = 1
    ) {
        self.side = side
        self.phase = phase
        self.moment = moment
        self.occurrence = occurrence
        self.action = action
    }
}

extension PhaseFault: CustomStringConvertible {
    package var description: String {
        let what =
            switch action {
            case .kill: "kill"
            case .killHypervisor: "killHypervisor"
            case .killStorageDaemon: "killStorageDaemon"
            case .delay(let time): "delay \(time)"
            case .cut(let time): "cut \(time)"
            case .blackHole(let time): "blackHole \(time)"
            }
        return
            "\(what) \(moment.rawValue) \(phase.rawValue) of the \(side.rawValue)\(occurrence == 1 ? "" : ", time \(occurrence)")"
    }
}
