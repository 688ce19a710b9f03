import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// Prompts inside a running command.
@Suite struct NestedPromptTests {
    @Test func `a nested prompt sees the suspended function's variables, shows its level, and exit returns to it`()
        throws
    {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("function Hold { $local = 5; $Host.EnterNestedPrompt(); \"after $local\" }; Hold")
        try screen.expect(">> ")
        try screen.sendLine("\"inside $local at $NestedPromptLevel\"; $local = 6")
        try screen.expect("inside 5 at 1")
        try screen.expect(">> ")
        try screen.sendLine("nosuchcommand")
        try screen.expect("not recognized")
        try screen.expect(">> ")
        try screen.sendLine("Hold")
        try screen.expect(">>> ")
        try screen.sendLine("exit 3")
        try screen.expect("after 5")
        try screen.expect(">> ")
        try screen.send("\u{4}")
        try screen.expect("after 6")
        try screen.expect("> ")
        try screen.sendLine("\"level $NestedPromptLevel\"")
        try screen.expect("level 0")
        try screen.leave()
    }

    @Test func `Ctrl-C stops what is typed at a nested prompt, not what waits for its end`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "1..2 | ForEach-Object { \"item $_\"; if ($_ -eq 1) { $Host.EnterNestedPrompt() } }; 'all ' + 'done'")
        try screen.expect("item 1")
        try screen.expect(">> ")
        try screen.send("half\u{3}")
        try screen.expect(">> ")
        try screen.sendLine("Write-Host begun; while ($true) { }")
        try screen.expect("\nbegun")
        try screen.send("\u{3}")
        try screen.expect(">> ")
        try screen.sendLine("$Host.ExitNestedPrompt()")
        try screen.expect("item 2")
        try screen.expect("all done")
        try screen.leave()
    }

    @Test func `Suspend answers a confirmation with a prompt, and the question comes again`() throws {
        let ferry = try FerryProgram()
        let victim = try ferry.home.write("victim.txt", "text")
        let screen = try ferry.prompt()
        try screen.sendLine("Remove-Item victim.txt -Confirm; 'is there: ' + (Test-Path victim.txt)")
        try screen.expect("[S] Suspend")
        try screen.expect("): ")
        try screen.sendLine("s")
        try screen.expect(">> ")
        try screen.sendLine("'still ' + (Test-Path victim.txt)")
        try screen.expect("still True")
        try screen.expect(">> ")
        try screen.sendLine("exit")
        try screen.expect("[S] Suspend")
        try screen.expect("): ")
        try screen.sendLine("n")
        try screen.expect("is there: True")
        #expect(try FileIdentity.ifPresent(victim) != nil)
        try screen.leave()
    }

    @Test func `an inquired error and warning can suspend, go on and halt`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("Write-Error broken -ErrorAction Inquire; 'went ' + 'on'")
        try screen.expect("broken\n[Y] Yes  [A] Yes to All  [H] Halt Command  [S] Suspend")
        try screen.expect("): ")
        try screen.sendLine("s")
        try screen.expect(">> ")
        try screen.sendLine("exit")
        try screen.expect("[S] Suspend")
        try screen.expect("): ")
        try screen.sendLine("y")
        try screen.expect("went on")
        try screen.expect("> ")
        try screen.sendLine(
            "try { Write-Warning careful -WarningAction Inquire; 'not' + 'here' } catch { \"halted: $_\" }")
        try screen.expect("WARNING: careful")
        try screen.expect("Continue with this operation?\n[Y] Yes")
        try screen.expect(": ")
        try screen.sendLine("h")
        try screen.expect("halted: The running command stopped because the user selected the Stop option.")
        #expect(!screen.text.contains("nothere"))
        try screen.leave()
    }

    @Test func `a script at a terminal has nested prompts, one without a terminal PowerShell's error`() throws {
        let ferry = try FerryProgram()
        let screen = try ferry.onTerminal("-NoProfile", "-c", "$x = 4; $Host.EnterNestedPrompt(); 'over ' + $x")
        try screen.expect(">> ")
        try screen.sendLine("$x++")
        try screen.expect(">> ")
        try screen.sendLine("exit")
        try screen.expect("over 5")
        #expect(try screen.waitForExit() == .exited(0))
        let result = try ferry.run(
            "-NoProfile", "-c", "try { $Host.EnterNestedPrompt() } catch { $_.FullyQualifiedErrorId }")
        #expect(result.outputText == "PSInvalidOperationException\n")
    }

    @Test func `prompts nest 127 deep and no deeper`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "function global:prompt { \"L$NestedPromptLevel> \" }; function Deep { try { $Host.EnterNestedPrompt() } catch { $_.Exception.InnerException.Message } }"
        )
        try screen.expect("L0> ")
        for level in 1...127 {
            try screen.sendLine("Deep")
            try screen.expect("L\(level)> ")
        }
        try screen.sendLine("Deep")
        try screen.expect("Cannot display prompt because too many nested prompts are already running.")
        try screen.sendLine("$Host.SetShouldExit(5)")
        #expect(try screen.waitForExit() == .exited(5))
    }
}
