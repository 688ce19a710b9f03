package import FerryEngine

/// One line at the bottom of the terminal that shows the newest progress, drawn at most ten times a second.
///
/// Shape: `Moving virtual machine web01 [ 43%  Copying memory, round 2, 12 MB still changing ]`.
package struct ProgressLine {
    private var lastDrawn: ContinuousClock.Instant?
    package private(set) var isShown = false

    package init() {}

    /// The bytes to send to the terminal, nil when there is nothing to draw now.
    package mutating func update(
        _ record: ProgressRecord, width: Int, at now: ContinuousClock.Instant = .now
    ) -> String? {
        if record.isCompleted { return clear() }
        if isShown, let lastDrawn, now - lastDrawn < .milliseconds(100) { return nil }
        lastDrawn = now
        isShown = true
        return "\r\u{1B}[K" + Self.text(record, width: width)
    }

    /// Takes the line away; nil when none is shown.
    package mutating func clear() -> String? {
        guard isShown else { return nil }
        isShown = false
        lastDrawn = nil
        return "\r\u{1B}[K"
    }

    /// The line itself, never longer than `width` − 1 columns.
    package static func text(_ record: ProgressRecord, width: Int) -> String {
        var inside: [String] = []
        if record.percentComplete >= 0 { inside.append("\(min(record.percentComplete, 100))%") }
        let status = [record.status, record.currentOperation].filter { !$0.isEmpty }.joined(separator: ", ")
        if !status.isEmpty { inside.append(status) }
        if record.secondsRemaining >= 0 { inside.append("\(record.secondsRemaining) s left") }
        let line = "\(record.activity) [ \(inside.joined(separator: "  ")) ]"
        let room = max(width - 1, 10)
        return line.count <= room ? line : String(line.prefix(room - 1)) + "…"
    }
}
