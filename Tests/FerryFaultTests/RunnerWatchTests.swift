import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Glibc
import Testing

/// The watch of the fault loop: what it calls two runners, and what not.
struct RunnerWatchTests {
    private func run(_ host: String, _ pid: Int32, _ lines: String...) throws -> GuestRun {
        try GuestRun(
            host: host, processID: pid, started: 5_000_000, words: Array(lines.map { "\($0)\n" }.joined().utf8))
    }

    private func event(_ name: String, _ seconds: Int, _ microseconds: Int = 0) -> String {
        #"{"timestamp": {"seconds": \#(seconds), "microseconds": \#(microseconds)}, "event": "\#(name)"}"#
    }

    @Test func `a hand-over in the same microsecond is none, and one before it is two runners`() throws {
        let source = try run(
            "NODE1", 1, #"{"return": {}}"#, #"{"return": {"running": false}}"#, event("RESUME", 6), event("STOP", 9, 7))
        #expect(source.intervals == [.init(begin: 6_000_000, end: 9_000_007)])
        #expect(GuestRun.overlaps([source, try run("NODE2", 2, event("RESUME", 9, 7))]).isEmpty)
        #expect(GuestRun.overlaps([source, try run("NODE2", 2, event("RESUME", 9, 6))]).count == 1)
    }

    @Test func `a guest that never stood still runs on, and one that ran before QEMU told of it ran from the start`()
        throws
    {
        let killed = try run("NODE1", 1, event("RESUME", 6))
        #expect(GuestRun.overlaps([killed, try run("NODE2", 2, event("RESUME", 60))]).count == 1)
        let early = try run("NODE2", 2, #"{"return": {"status": "running", "running": true}}"#, event("STOP", 7))
        #expect(early.intervals == [.init(begin: 5_000_000, end: 7_000_000)])
        #expect(GuestRun.overlaps([killed, early]).count == 1)
    }

    @Test func `a line without its end is not looked at`() throws {
        let torn = try GuestRun(
            host: "NODE1", processID: 1, started: 0, words: Array((event("RESUME", 6) + "\n" + #"{"timest"#).utf8))
        #expect(torn.intervals == [.init(begin: 6_000_000)])
        #expect(try run("NODE1", 1).intervals.isEmpty)
    }

    @Test(.needs(.qemu))
    func `two guests that run at once are seen, one after the other are not`() throws {
        let folder = try TemporaryDirectory()
        let program = folder.file("qemu")
        let runs = folder.file("runs")
        try WatchedQEMU.write(to: program, runs: runs, library: "")
        var processes: [ProcessHandle] = []
        defer { for process in processes { _ = try? process.kill() } }
        var monitors: [QMPClient] = []
        for name in ["a", "b"] {
            let socket = folder.file(name)
            let arguments = [
                "-S", "-nodefaults", "-display", "none", "-machine", "q35,accel=tcg", "-m", "16M", "-qmp",
                "unix:\(socket),server=on,wait=off",
            ]
            processes.append(try Program(program, arguments).start())
            // The name is there a moment before anybody listens.
            var monitor: QMPClient?
            let isThere = eventually {
                monitor = try? QMPClient.connect(path: socket, owner: name, deadline: .seconds(60))
                return monitor != nil
            }
            #expect(isThere)
            monitors.append(try #require(monitor))
        }
        defer { for monitor in monitors { monitor.close() } }
        func overlaps() throws -> Int { GuestRun.overlaps(try GuestRun.all(of: "here", in: runs)).count }
        try monitors[0].execute("cont")
        try monitors[0].execute("stop")
        try monitors[1].execute("cont")
        #expect(try GuestRun.all(of: "here", in: runs).map(\.intervals.count) == [1, 1])
        #expect(try overlaps() == 0)
        try monitors[0].execute("cont")
        #expect(try overlaps() == 1)
        for process in processes { _ = try process.kill() }
        try GuestRun.forgetEnded(in: runs)
        #expect(try Folder.names(in: runs).isEmpty)
    }
}
