package import FerryCore
import Synchronization

/// A clock that stands still until it is told to go on.
package final class VirtualClock: TimeSource, Sendable {
    private let nanoseconds = Atomic<UInt64>(0)

    package init() {}

    package func now() -> MonotonicTime {
        MonotonicTime(nanoseconds: nanoseconds.load(ordering: .sequentiallyConsistent))
    }

    package func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        nanoseconds.add(
            UInt64(seconds * 1_000_000_000 + attoseconds / 1_000_000_000), ordering: .sequentiallyConsistent)
    }
}
