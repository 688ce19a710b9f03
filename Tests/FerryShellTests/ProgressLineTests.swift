import FerryEngine
import FerryShell
import Testing

@Suite struct ProgressLineTests {
    private let start = ContinuousClock.now

    private func record(_ percent: Int, _ status: String = "Copying memory", remaining: Int = -1) -> ProgressRecord {
        ProgressRecord(
            activityID: 1, activity: "Moving web01", status: status, currentOperation: "round 2",
            percentComplete: percent, secondsRemaining: remaining)
    }

    @Test func `the line has activity, percentage, status and what is left`() {
        #expect(
            ProgressLine.text(record(43, remaining: 12), width: 120)
                == "Moving web01 [ 43%  Copying memory, round 2  12 s left ]")
        #expect(ProgressLine.text(record(-1), width: 120) == "Moving web01 [ Copying memory, round 2 ]")
        #expect(ProgressLine.text(record(250), width: 120).contains("[ 100%  "))
    }

    @Test(arguments: [10, 11, 20, 40, 54, 55, 56, 80])
    func `the line is cut one column before the edge`(_ width: Int) {
        let whole = "Moving web01 [ 43%  Copying memory, round 2 ]"
        let text = ProgressLine.text(record(43), width: width)
        let room = max(width - 1, 10)
        #expect(text.count <= room)
        if whole.count <= room {
            #expect(text == whole)
        } else {
            #expect(text.count == room && text.hasSuffix("…") && whole.hasPrefix(text.dropLast()))
        }
    }

    @Test func `the line is drawn at most ten times a second, and over itself`() {
        var line = ProgressLine()
        #expect(line.update(record(1), width: 80, at: start)?.hasPrefix("\r\u{1B}[KMoving web01 [ 1%") == true)
        #expect(line.update(record(2), width: 80, at: start + .milliseconds(99)) == nil)
        #expect(line.update(record(3), width: 80, at: start + .milliseconds(100))?.contains("[ 3%") == true)
        #expect(line.update(record(4), width: 80, at: start + .milliseconds(150)) == nil)
        #expect(line.update(record(5), width: 80, at: start + .milliseconds(200))?.contains("[ 5%") == true)
    }

    @Test func `a line that is shown is taken away once, and the next one is drawn at once`() {
        var line = ProgressLine()
        #expect(line.clear() == nil)
        _ = line.update(record(1), width: 80, at: start)
        #expect(line.isShown)
        #expect(line.clear() == "\r\u{1B}[K")
        #expect(!line.isShown && line.clear() == nil)
        #expect(line.update(record(2), width: 80, at: start + .milliseconds(1)) != nil)
    }

    @Test func `the end of an activity takes the line away, whenever it comes`() {
        var line = ProgressLine()
        let end = ProgressRecord(activityID: 1, activity: "", isCompleted: true)
        #expect(line.update(end, width: 80, at: start) == nil)
        _ = line.update(record(1), width: 80, at: start)
        #expect(line.update(end, width: 80, at: start + .milliseconds(1)) == "\r\u{1B}[K")
    }
}
