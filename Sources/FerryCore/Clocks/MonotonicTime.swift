/// A reading of a clock that never goes back. Only differences mean anything.
package struct MonotonicTime: Hashable, Comparable, Sendable {
    package var nanoseconds: UInt64
    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    package static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(Int64(left.nanoseconds) - Int64(right.nanoseconds))
    }

    package static func + (left: Self, right: Duration) -> Self {
        let (seconds, attoseconds) = right.components
        let delta = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        return Self(nanoseconds: UInt64(Int64(left.nanoseconds) + delta))
    }
}

/// Where time comes from. Production reads the system's clock; a simulation hands in its own.
package protocol TimeSource: Sendable {
    func now() -> MonotonicTime
}

/// The system's monotonic clock.
package struct SystemTime: TimeSource {
    private static let origin = ContinuousClock.now
    package init() {}

    package func now() -> MonotonicTime {
        // The origin first: it is made at its first use, and must not be later than the reading.
        let origin = Self.origin
        let (seconds, attoseconds) = (ContinuousClock.now - origin).components
        return MonotonicTime(nanoseconds: UInt64(seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
    }
}

extension Duration {
    /// The duration in milliseconds, with its fraction.
    package var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
    }

    /// The duration in seconds, with its fraction.
    package var inSeconds: Double { milliseconds / 1e3 }
}
