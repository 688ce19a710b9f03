package import FerryEngine

/// The progress of everything that is under way, one line an activity at the bottom of the terminal: pwsh 7's minimal view.
///
/// Shape of a line: ` Moving web01 [43% Copying memory ooooo      ]`, the part of the bracket that stands for what is done in
/// `$PSStyle.Progress.Style`. Children stand indented under their parents. Drawn at most ten times a second.
package struct ProgressView {
    /// How lines look.
    package struct Style {
        package var width: Int
        package var maxWidth: Int
        /// The sequence that marks what is done; empty without colours.
        package var bar: String
        package init(width: Int, maxWidth: Int = 120, bar: String = "") {
            self.width = width
            self.maxWidth = maxWidth
            self.bar = bar
        }
    }

    /// In order of their first appearance.
    private var records: [ProgressRecord] = []
    /// The same activities, the one that was silent the longest first.
    private var byAge: [Int] = []
    private var lastDrawn: ContinuousClock.Instant?
    /// Rows on the screen.
    private var rows = 0
    package var isShown: Bool { rows > 0 }

    /// Rows that are ever shown.
    static let limit = 8

    /// Activities that are kept. One more takes the place of the one that was silent the longest.
    package static let recordLimit = 64

    package var recordCount: Int { records.count }

    package init() {}

    /// The bytes to send to the terminal, nil when there is nothing to draw now.
    package mutating func update(
        _ record: ProgressRecord, style: Style, at now: ContinuousClock.Instant = .now
    ) -> String? {
        let index = records.firstIndex { $0.activityID == record.activityID }
        byAge.removeAll { $0 == record.activityID }
        if record.isCompleted {
            guard let index else { return nil }
            let ended = records.remove(at: index).activityID
            records.removeAll { $0.parentActivityID == ended }
            let left = Set(records.map(\.activityID))
            byAge.removeAll { !left.contains($0) }
            lastDrawn = nil
            if records.isEmpty { return erase() }
        } else if let index {
            records[index] = record
            byAge.append(record.activityID)
        } else {
            if records.count >= Self.recordLimit {
                let quietest = byAge.removeFirst()
                records.removeAll { $0.activityID == quietest }
            }
            records.append(record)
            byAge.append(record.activityID)
            // What is new shows at once.
            lastDrawn = nil
        }
        if isShown, let lastDrawn, now - lastDrawn < .milliseconds(100) { return nil }
        lastDrawn = now
        return draw(style)
    }

    /// Takes the lines away, to be drawn again with the next update; nil when none are shown.
    package mutating func clear() -> String? {
        guard isShown else { return nil }
        lastDrawn = nil
        return erase()
    }

    /// Forgets everything, as when a command has ended.
    package mutating func end() -> String? {
        records = []
        byAge = []
        return clear()
    }

    private mutating func erase() -> String {
        let up = rows > 1 ? "\u{1B}[\(rows - 1)A" : ""
        rows = 0
        return "\r" + up + "\u{1B}[J"
    }

    private mutating func draw(_ style: Style) -> String {
        let lines = ordered().prefix(Self.limit).map { Self.text($0.record, depth: $0.depth, style: style) }
        let start = isShown ? erase() : "\r\u{1B}[K"
        rows = lines.count
        return start + lines.joined(separator: "\r\n")
    }

    /// Parents before their children.
    private func ordered() -> [(record: ProgressRecord, depth: Int)] {
        var result: [(record: ProgressRecord, depth: Int)] = []
        let known = Set(records.map(\.activityID))
        let children = Dictionary(grouping: records, by: \.parentActivityID)
        var shown: Set<Int> = []
        // Those without a parent, then activities that are each other's parents.
        let roots = records.filter { !known.contains($0.parentActivityID) } + records
        for root in roots {
            var waiting = [(record: root, depth: 0)]
            while let next = waiting.popLast() {
                guard shown.insert(next.record.activityID).inserted else { continue }
                result.append(next)
                for child in (children[next.record.activityID] ?? []).reversed() {
                    waiting.append((child, next.depth + 1))
                }
            }
        }
        return result
    }

    /// One line, never longer than the terminal is wide less one column.
    package static func text(_ record: ProgressRecord, depth: Int = 0, style: Style) -> String {
        let room = max(18, style.maxWidth > 0 ? min(style.width - 1, style.maxWidth) : style.width - 1)
        let indent = String(repeating: " ", count: min(2 * depth, room / 3))
        let activity = shortened(indent + record.activity, to: max(10, room * 2 / 5))
        let inside = max(6, room - activity.columns - 3)
        var words: [String] = []
        if record.percentComplete >= 0 { words.append("\(min(record.percentComplete, 100))%") }
        let status = [record.status, record.currentOperation].filter { !$0.isEmpty }.joined(separator: ", ")
        if !status.isEmpty { words.append(status) }
        if record.secondsRemaining >= 0 { words.append("\(record.secondsRemaining) s left") }
        let shown = shortened(words.joined(separator: " "), to: inside)
        let padded = shown + String(repeating: " ", count: max(0, inside - shown.columns))
        guard record.percentComplete >= 0, !style.bar.isEmpty else { return "\(activity) [\(padded)]" }
        let done = inside * min(record.percentComplete, 100) / 100
        var (left, columns) = ("", 0)
        for character in padded {
            let width = String(character).columns
            if columns + width > done { break }
            left.append(character)
            columns += width
        }
        let right = padded.dropFirst(left.count)
        return "\(style.bar)\(activity) [\u{1B}[7m\(left)\u{1B}[27m\(right)]\u{1B}[0m"
    }

    private static func shortened(_ text: String, to limit: Int) -> String {
        let line = text.map { $0.isNewline ? " " : String($0) }.joined()
        if line.columns <= limit { return line }
        var (result, columns) = ("", 0)
        for character in line {
            let width = String(character).columns
            if columns + width > limit - 1 { break }
            result.append(character)
            columns += width
        }
        return result + "…"
    }
}
