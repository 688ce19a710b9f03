import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// The prompt, driven on a pseudo-terminal as a person would.
@Suite struct PromptTests {
    @Test func `the prompt shows the location, evaluates, and exits with the given code`() throws {
        let ferry = try FerryProgram()
        let screen = try ferry.onTerminal("-NoLogo")
        try screen.expect("PS \(ferry.home.path)> ")
        try screen.sendLine("'answer: ' + (6 * 7)")
        try screen.expect("answer: 42")
        try screen.expect("> ")
        try screen.sendLine("exit 5")
        #expect(try screen.waitForExit() == .exited(5))
    }

    @Test func `an unfinished command continues on the next line`() throws {
        let screen = try FerryProgram().onTerminal("-NoLogo")
        try screen.expect("> ")
        try screen.sendLine("foreach ($i in 1..2) {")
        try screen.expect(">> ")
        try screen.sendLine("\"line $i\" }")
        try screen.expect("line 1")
        try screen.expect("line 2")
        try screen.sendLine("exit")
        #expect(try screen.waitForExit() == .exited(0))
    }

    @Test func `an error leaves the prompt alive and sets $?`() throws {
        let screen = try FerryProgram().onTerminal("-NoLogo")
        try screen.expect("> ")
        try screen.sendLine("nosuchcommand")
        try screen.expect("The term 'nosuchcommand' is not recognized")
        try screen.sendLine("\"ok: $?\"")
        try screen.expect("ok: False")
        try screen.sendLine("exit")
        #expect(try screen.waitForExit() == .exited(0))
    }

    @Test func `Ctrl-C drops the line, and stops a running loop`() throws {
        let screen = try FerryProgram().onTerminal("-NoLogo")
        try screen.expect("> ")
        try screen.send("half a line")
        try screen.expect("half a line")
        try screen.send("\u{3}")
        try screen.expect("> ")
        try screen.sendLine("Write-Host started; while ($true) { }")
        try screen.expect("\nstarted")
        try screen.send("\u{3}")
        try screen.expect("> ")
        try screen.sendLine("'still ' + 'here'")
        try screen.expect("still here")
        try screen.sendLine("exit")
        #expect(try screen.waitForExit() == .exited(0))
    }

    @Test func `the history is kept from one session to the next`() throws {
        let ferry = try FerryProgram()
        let first = try ferry.onTerminal("-NoLogo")
        try first.expect("> ")
        try first.sendLine("'remembered ' + (1 + 1)")
        try first.expect("remembered 2")
        try first.sendLine("exit")
        _ = try first.waitForExit()
        let second = try ferry.onTerminal("-NoLogo")
        try second.expect("> ")
        try second.send("\u{1B}[A\u{1B}[A\r")  // up twice: past `exit`
        try second.expect("remembered 2")
        try second.sendLine("exit")
        #expect(try second.waitForExit() == .exited(0))
    }

    @Test func `Ctrl-D on an empty line ends the shell`() throws {
        let screen = try FerryProgram().onTerminal("-NoLogo")
        try screen.expect("> ")
        try screen.send("\u{4}")
        #expect(try screen.waitForExit() == .exited(0))
    }
}
