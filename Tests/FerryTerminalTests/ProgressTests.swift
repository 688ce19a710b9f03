import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// The progress of a move as the built `ferry` shows it.
@Suite struct ProgressTests {
    /// A program whose one host is a daemon of the test's.
    private func programAndDaemon() throws -> (FerryProgram, StubDaemon) {
        let ferry = try FerryProgram()
        let daemon = try StubDaemon(at: ferry.home.file("ferryd.sock"))
        _ = try ferry.home.write(
            "hosts.json", #"{ "default": "NODE2", "hosts": { "NODE2": { "socket": "\#(daemon.path)" } } }"#)
        return (ferry, daemon)
    }

    private let move = "Move-VM web01 NODE1; 'after the move'"

    @Test func `a line shows how far a move is, and is gone when it ends`() throws {
        let (ferry, daemon) = try programAndDaemon()
        defer { daemon.close() }
        daemon.report(percent: 10)
        let screen = try ferry.onTerminal("-c", move)
        try screen.expect("Moving virtual machine web01 [10% Copying memory, round 1 7 s left")
        daemon.report(percent: 50)
        try screen.expect("Moving virtual machine web01 [50% Copying memory, round 1 7 s left")
        daemon.report(percent: 100)
        try screen.expect("Moving virtual machine web01 [100%")
        daemon.finish()
        try screen.expect("after the move")
        #expect(try screen.waitForExit() == .exited(0))
        // Drawn over itself each time, taken away before the next text.
        let raw = screen.rawText
        #expect(raw.hasPrefix("\r\u{1B}[KMoving virtual machine web01 [10%"))
        #expect(raw.contains("]\r\u{1B}[JMoving virtual machine web01 [50%"))
        #expect(raw.hasSuffix("]\r\u{1B}[Jafter the move\r\n"))
        #expect(raw.unicodeScalars.filter { $0 == "\n" }.count == 1)
    }

    @Test func `no line is drawn when standard error is a file`() throws {
        let (ferry, daemon) = try programAndDaemon()
        defer { daemon.close() }
        daemon.report(percent: 10)
        daemon.finish()
        var shell = Program(
            "/bin/sh", ["-c", "exec \"$0\" -c \"$1\" 2> errors", ferry.path, move], environment: ferry.environment)
        shell.folder = ferry.home.path
        let screen = try Expect(shell)
        try screen.expect("after the move")
        #expect(try screen.waitForExit() == .exited(0))
        #expect(screen.rawText == "after the move\r\n")
        #expect(try DurableFile.read(ferry.home.file("errors")).isEmpty)
    }
}
