import FerryCore
package import FerryLinux

/// Time limits of tests grow with `FERRY_TIMEOUT_SCALE` (a number, 1 when unset) on slow machines.
package func scaled(_ duration: Duration) -> Duration { duration * timeoutScale }

extension Deadline {
    /// `after`, with the limit scaled.
    package static func scaled(_ duration: Duration) -> Deadline { .after(duration * timeoutScale) }
}

private let timeoutScale = Program.environmentValue("FERRY_TIMEOUT_SCALE").flatMap { Double($0) } ?? 1
