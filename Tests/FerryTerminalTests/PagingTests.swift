import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// Output that waits at the end of each screen. The terminal has 24 lines: 23 of output and one of the question.
@Suite struct PagingTests {
    private static let question = "<SPACE> next page; <CR> next line; Q quit"

    private func prompt() throws -> Expect {
        let screen = try FerryProgram().onTerminal("-NoLogo", "-NoProfile")
        try screen.expect("> ")
        return screen
    }

    private func leave(_ screen: Expect) throws {
        try screen.sendLine("exit")
        #expect(try screen.waitForExit() == .exited(0))
    }

    @Test func `Out-Host -Paging stops at the end of a screen: a space shows the next, Enter a line, q ends`() throws {
        let screen = try prompt()
        try screen.sendLine("1..200 | ForEach-Object { \"line $_.\" } | Out-Host -Paging; 'after' + 1")
        #expect(try screen.expect(Self.question).contains("line 23."))
        try screen.send(" ")
        let second = try screen.expect(Self.question)
        #expect(second.contains("line 24.") && second.contains("line 46.") && !second.contains("line 47."))
        try screen.send("x\r")
        let third = try screen.expect(Self.question)
        #expect(third.contains("line 47.") && !third.contains("line 48."))
        try screen.send("q")
        #expect(!(try screen.expect("after1").contains("line 48.")))
        try screen.expect("> ")
        // What fits on a screen is not asked about.
        try screen.sendLine("1..20 | Out-Host -Paging; 'after' + 2")
        #expect(!(try screen.expect("after2").contains(Self.question)))
        // Long lines take several of the screen's.
        try screen.expect("> ")
        try screen.sendLine("1..12 | ForEach-Object { \"<$_>\" + 'x' * 150 } | Out-Host -Paging; 'after' + 3")
        let wide = try screen.expect(Self.question)
        #expect(wide.contains("<11>") && !wide.contains("<12>"))
        try screen.send(" ")
        #expect(try screen.expect("after3").contains("<12>"))
        try leave(screen)
    }

    @Test func `help shows a screen at a time, and all of it where it is piped on or kept`() throws {
        let screen = try prompt()
        try screen.sendLine("help Move-VM -Full; 'after' + 1")
        try screen.expect("NAME")
        try screen.expect(Self.question)
        try screen.send("q")
        try screen.expect("after1")
        try screen.expect("> ")
        try screen.sendLine("$lines = help Move-VM -Full | Out-String -Stream; 'after' + ($lines.Count -gt 40)")
        #expect(!(try screen.expect("afterTrue").contains(Self.question)))
        try leave(screen)
    }

    @Test func `output that goes to no terminal is not stopped`() throws {
        let result = try FerryProgram().run("-NoProfile", "-c", "1..100 | Out-Host -Paging; help Get-VM -Full")
        #expect(result.status == .exited(0))
        #expect(result.outputText.contains("100\n") && result.outputText.contains("NAME"))
        #expect(!result.outputText.contains("<SPACE>"))
    }
}
