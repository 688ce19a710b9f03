import FerryEngine
import FerryShell
import FerryTestKit
import Testing

@Suite struct ProgressViewTests {
    private let start = ContinuousClock.now
    private let plain = ProgressView.Style(width: 60)

    private func record(
        _ percent: Int, id: Int = 1, parent: Int = -1, _ activity: String = "Moving web01", remaining: Int = -1
    ) -> ProgressRecord {
        ProgressRecord(
            activityID: id, parentActivityID: parent, activity: activity, status: "Copying memory",
            currentOperation: "round 2", percentComplete: percent, secondsRemaining: remaining)
    }

    @Test func `a line has activity, percentage, status and what is left, as wide as the terminal less one column`() {
        let text = ProgressView.text(record(43, remaining: 12), style: plain)
        #expect(text.hasPrefix("Moving web01 [43% Copying memory, round 2 12 s left ") && text.hasSuffix("]"))
        #expect(text.count == 59)
        #expect(ProgressView.text(record(-1), style: plain).hasPrefix("Moving web01 [Copying memory, round 2 "))
        #expect(ProgressView.text(record(250), style: plain).contains("[100% "))
    }

    @Test func `what is done stands reversed in the style of $PSStyle.Progress`() {
        let style = ProgressView.Style(width: 60, bar: "\u{1B}[33;1m")
        let text = ProgressView.text(record(50), style: style)
        #expect(text.hasPrefix("\u{1B}[33;1mMoving web01 [\u{1B}[7m50% Copying memory"))
        #expect(text.contains("\u{1B}[27m") && text.hasSuffix("]\u{1B}[0m"))
        let left = text.split(separator: "\u{1B}[7m")[1].split(separator: "\u{1B}[27m")[0]
        #expect(left.count == (59 - "Moving web01 []".count) / 2)
    }

    @Test(arguments: [20, 30, 45, 60, 80, 130, 300])
    func `no line is wider than the terminal or the greatest width`(_ width: Int) {
        let long = record(43, String(repeating: "日本", count: 40))
        let text = ProgressView.text(long, depth: 3, style: ProgressView.Style(width: width))
        #expect(text.columns <= min(width - 1, 120))
    }

    @Test func `several activities have a line each, children under their parents`() {
        var view = ProgressView()
        _ = view.update(record(1, id: 1, "one"), style: plain, at: start)
        _ = view.update(record(2, id: 2, "two"), style: plain, at: start)
        let drawn = view.update(record(3, id: 3, parent: 1, "child"), style: plain, at: start) ?? ""
        let lines = drawn.split(separator: "\r\n").map { $0.trimmingPrefix { !$0.isLetter || $0 == "\u{1B}" } }
        #expect(drawn.hasPrefix("\r\u{1B}[1A\u{1B}[J"))
        #expect(lines.count == 3)
        #expect(drawn.contains("one [1%") && drawn.contains("\r\n  child [3%") && drawn.contains("\r\ntwo [2%"))
        // The parent's end takes its children along.
        let rest =
            view.update(
                ProgressRecord(activityID: 1, activity: "", isCompleted: true), style: plain, at: start) ?? ""
        #expect(rest.hasPrefix("\r\u{1B}[2A\u{1B}[J") && rest.contains("two") && !rest.contains("child"))
        let last = ProgressRecord(activityID: 2, activity: "", isCompleted: true)
        #expect(view.update(last, style: plain, at: start) == "\r\u{1B}[J")
        #expect(!view.isShown)
    }

    @Test func `lines are drawn at most ten times a second, a new activity at once`() {
        var view = ProgressView()
        #expect(view.update(record(1), style: plain, at: start) != nil)
        #expect(view.update(record(2), style: plain, at: start + .milliseconds(99)) == nil)
        #expect(view.update(record(3), style: plain, at: start + .milliseconds(100))?.contains("[3%") == true)
        #expect(view.update(record(4, id: 2), style: plain, at: start + .milliseconds(110)) != nil)
    }

    @Test func `lines taken away for other text come back, and are forgotten when the command ends`() {
        var view = ProgressView()
        #expect(view.clear() == nil)
        _ = view.update(record(1), style: plain, at: start)
        #expect(view.clear() == "\r\u{1B}[J")
        #expect(view.clear() == nil)
        #expect(view.update(record(2), style: plain, at: start + .milliseconds(1))?.contains("[2%") == true)
        #expect(view.end() == "\r\u{1B}[J")
        let gone = ProgressRecord(activityID: 1, activity: "", isCompleted: true)
        #expect(view.update(gone, style: plain, at: start + .seconds(1)) == nil)
    }

    @Test func `a script that never completes its activities does not make the view grow, nor deep parents end it`() {
        var view = ProgressView()
        for id in 1...3000 { _ = view.update(record(1, id: id, parent: id - 1, "a\(id)"), style: plain, at: start) }
        #expect(view.recordCount == ProgressView.recordLimit)
        let drawn = view.update(record(2, id: 3001, parent: 3000), style: plain, at: start) ?? ""
        #expect(drawn.split(separator: "\r\n").count == 8 && drawn.contains("a2938 ["))
        #expect(view.recordCount == ProgressView.recordLimit)
    }

    @Test func `an activity that goes on is kept when many others come`() {
        var view = ProgressView()
        var drawn = ""
        for id in 2...500 {
            _ = view.update(record(1, id: 1, "goes on"), style: plain, at: start)
            drawn = view.update(record(1, id: id, "other"), style: plain, at: start) ?? ""
        }
        #expect(drawn.contains("goes on ["))
        #expect(view.recordCount == ProgressView.recordLimit)
    }

    @Test func `children stand under their parents in the order they came`() {
        var view = ProgressView()
        for (id, parent) in [(1, -1), (2, 1), (3, -1), (4, 2), (5, 1)] {
            _ = view.update(record(1, id: id, parent: parent, "a\(id)"), style: plain, at: start)
        }
        let drawn = view.update(record(1, id: 6, parent: 3, "a6"), style: plain, at: start) ?? ""
        let names = ControlSequences.stripped(Array(drawn.utf8)).split(separator: "\n").map {
            $0.split(separator: " [")[0]
        }
        #expect(names == ["a1", "  a2", "    a4", "  a5", "a3", "  a6"])
    }

    @Test func `activities that are each other's parents are shown once`() {
        var view = ProgressView()
        _ = view.update(record(1, id: 1, parent: 2, "one"), style: plain, at: start)
        let drawn = view.update(record(2, id: 2, parent: 1, "two"), style: plain, at: start) ?? ""
        #expect(drawn.split(separator: "\r\n").count == 2)
    }
}
