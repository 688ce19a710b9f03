/// The moment until which something may wait.
package struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant?

    private init(instant: ContinuousClock.Instant?) { self.instant = instant }

    /// Waits without end. For waits that another event is sure to finish.
    package static let never = Deadline(instant: nil)
    package static func after(_ duration: Duration) -> Deadline { Deadline(instant: .now + duration) }

    package var hasPassed: Bool { instant.map { $0 <= .now } ?? false }
    /// Never negative; nil without end.
    package var remaining: Duration? { instant.map { max(.zero, ContinuousClock.now.duration(to: $0)) } }

    /// For poll(2): −1 without end, else rounded up so that a wait never ends early and then spins.
    var pollMilliseconds: Int32 {
        guard let remaining else { return -1 }
        let (seconds, attoseconds) = remaining.components
        let rounded = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue + rounded)
    }

    /// The earlier of the two.
    package func sooner(_ other: Deadline) -> Deadline {
        guard let mine = instant else { return other }
        guard let theirs = other.instant else { return self }
        return Deadline(instant: min(mine, theirs))
    }
}
