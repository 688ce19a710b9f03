import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// Typing at the prompt: characters of every width, pasted text, colours, a terminal that changes its size, Ctrl-C.
@Suite struct EditingTests {
    @Test func `letters beyond ASCII are typed, taken back and printed as they are`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("'grüße ' + 'aus 日本'")
        try screen.expect("grüße aus 日本\n")
        // A wide character is taken back whole.
        try screen.sendLine("'日X\u{7f}' + '本' + '語'.Length")
        try screen.expect("日本1\n")
        try screen.leave()
    }

    @Test func `pasted lines are one command, run once, and one entry of the history`() throws {
        let screen = try FerryProgram().prompt()
        try screen.send("\u{1B}[200~foreach ($i in 1..2) {\r\t\"line $($i + 10)\"\r}\r\u{1B}[201~")
        try screen.expect("}")
        try screen.send("\r")
        try screen.expect("line 11")
        try screen.expect("line 12")
        try screen.expect("> ")
        // The whole command comes back with one key.
        try screen.send("\u{1B}[A\r")
        try screen.expect("line 11")
        try screen.expect("line 12")
        try screen.expect("> ")
        try screen.sendLine("'entries: ' + (Get-History).Count")
        try screen.expect("entries: 2")
        try screen.leave()
    }

    @Test func `nothing of a paste is run, however long it is`() throws {
        let screen = try FerryProgram().prompt()
        let long = String(repeating: "x", count: 1 << 20)
        try screen.send("\u{1B}[200~'\(long)\r'was ' + 'run'\r\r'was ' + 'run'\r\u{1B}[201~")
        try screen.expect("Only the first 1048576 characters of the pasted text are in the line", within: .seconds(60))
        // Gives the line up.
        try screen.send("\u{3}")
        try screen.expect("^C", within: .seconds(60))
        try screen.sendLine("'still ' + 'here'")
        try screen.expect("still here")
        #expect(!screen.text.contains("was run"))
        try screen.leave()
    }

    @Test func `a command of several lines comes back as one`() throws {
        let ferry = try FerryProgram()
        let screen = try ferry.prompt()
        try screen.sendLine("if ($true) {")
        try screen.expect(">> ")
        try screen.sendLine("'in' + 'side' }")
        try screen.expect("inside")
        try screen.expect("> ")
        try screen.send("\u{1B}[A\r")
        try screen.expect("inside")
        try screen.leave()
        // And in the next session, from the file.
        let second = try ferry.prompt()
        try second.send("\u{1B}[A\u{1B}[A\r")
        try second.expect("inside")
        try second.leave()
    }

    @Test func `a prompt's colours reach the terminal and take no columns`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("function prompt { \"first`n`e[32mgre`e[1men`e[0m> \" }")
        try screen.expect("first\ngreen> ")
        #expect(screen.rawText.contains("\u{1B}[32mg"))
        #expect(screen.rawText.contains("\u{1B}[1me"))
        #expect(!screen.rawText.contains("\u{1}"))
        try screen.sendLine("'still ' + 'typing'")
        try screen.expect("still typing")
        try screen.leave()
    }

    @Test func `the line is drawn again when the terminal changes its size, and the width is known`() throws {
        let screen = try FerryProgram().prompt()
        let word = String(repeating: "w", count: 60)
        try screen.send("'\(word)'.Length; $Host.UI.RawUI.WindowSize.Width")
        try screen.expect("WindowSize.Width")
        try screen.resize(rows: 30, columns: 50)
        try screen.expect("WindowSize.Width")
        try screen.send("\r")
        try screen.expect("60\n50\n")
        try screen.leave()
    }

    @Test func `Ctrl-C shows itself once, at the prompt and under a program`() throws {
        let screen = try FerryProgram().prompt()
        try screen.send("half a line")
        try screen.expect("half a line")
        try screen.send("\u{3}")
        try screen.expect("^C\n")
        #expect(try !screen.expect("> ").contains("^C"))
        try screen.sendLine("Set-Location /; Write-Host started; sleep 1000")
        try screen.expect("\nstarted")
        try screen.send("\u{3}")
        try screen.expect("^C\n")
        #expect(try !screen.expect("> ").contains("^C"))
        try screen.sendLine("'go ' + 'on'")
        #expect(try !screen.expect("go on").contains("^C"))
        try screen.leave()
    }

    @Test func `a prompt of one's own is shown after Ctrl-C as well`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("function prompt { 'mi' + 'ne> ' }")
        try screen.expect("mine> ")
        try screen.sendLine("Write-Host started; while ($true) { }")
        try screen.expect("\nstarted")
        try screen.send("\u{3}")
        try screen.expect("mine> ")
        try screen.leave()
    }

    @Test func `Ctrl-D in the middle of a command gives it up and stays`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("if ($true) {")
        try screen.expect(">> ")
        try screen.send("\u{4}")
        try screen.expect("PS ")
        try screen.sendLine("'still ' + 'here'")
        try screen.expect("still here")
        try screen.leave()
    }
}
