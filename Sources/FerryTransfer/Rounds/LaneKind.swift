/// A medium that is copied. A move has at most one memory lane and any number of disk lanes.
package enum LaneKind: Hashable, Sendable, Comparable {
    case memory
    /// Position in the machine document's list of disks.
    case disk(index: Int)

    /// Memory first, then disks by index: also the order in which a round's work is handed out.
    package static func < (left: Self, right: Self) -> Bool { left.order < right.order }

    private var order: Int {
        switch self {
        case .memory: -1
        case .disk(let index): index
        }
    }
}

extension LaneKind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .memory: "memory"
        case .disk(let index): "disk \(index)"
        }
    }
}

/// How much a lane's next survey must report.
package enum SurveyScope: Hashable, Sendable {
    /// Everything that is not known to be zero: the first survey, or the one after the tracker lost trust. Never while frozen.
    case everything
    /// What changed since the previous survey.
    case changes
}
