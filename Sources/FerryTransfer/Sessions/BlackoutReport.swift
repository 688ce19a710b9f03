import FerryCore

/// The blackout as the source measured it, from our `stop` being sent to RUNNING being received.
package struct BlackoutReport: Sendable, Hashable {
    package struct Step: Sendable, Hashable {
        package var name: String
        package var duration: Duration
    }

    package var total: Duration
    /// In order; they add up to `total`, but for those marked "(of it)", which the target measured within the step before.
    package var steps: [Step]
}

/// Times the steps of a blackout.
struct BlackoutClock {
    private var start: MonotonicTime?
    private var last: MonotonicTime?
    private var steps: [BlackoutReport.Step] = []

    mutating func begin(at now: MonotonicTime) { self = BlackoutClock(start: now, last: now) }

    /// Ends the step that began at the previous mark.
    mutating func mark(_ name: String, at now: MonotonicTime) {
        guard let last else { return }
        steps.append(.init(name: name, duration: now - last))
        self.last = now
    }

    /// A part of the previous step.
    mutating func note(_ name: String, _ duration: Duration) {
        steps.append(.init(name: "\(name) (of it)", duration: duration))
    }

    /// nil when the guest never paused.
    var report: BlackoutReport? {
        guard let start, let last else { return nil }
        return BlackoutReport(total: last - start, steps: steps)
    }

    init() {}

    private init(start: MonotonicTime, last: MonotonicTime) {
        self.start = start
        self.last = last
    }
}
