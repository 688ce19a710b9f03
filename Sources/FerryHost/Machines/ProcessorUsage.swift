package import FerryCore

/// A process's share of the host's processors over the last sampling interval: a pure computation over readings.
package struct ProcessorUsage: Sendable {
    private var last: (time: MonotonicTime, used: Duration)?
    /// 0–100; zero before the second reading.
    package private(set) var percent = 0

    package init() {}

    /// - Parameters:
    ///   - used: processor time of all threads since the process started.
    ///   - processors: of the host.
    package mutating func add(_ used: Duration, at time: MonotonicTime, processors: Int) {
        defer { last = (time, used) }
        guard let last, last.time < time, processors > 0 else { return }
        let share = (used - last.used).inSeconds / ((time - last.time).inSeconds * Double(processors))
        percent = min(100, max(0, Int((share * 100).rounded())))
    }
}
