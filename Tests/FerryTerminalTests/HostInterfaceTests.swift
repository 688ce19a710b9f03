import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// `$Host`, `$Host.UI` and `$Host.UI.RawUI` at the terminal.
@Suite struct HostInterfaceTests {
    @Test func `several choices are taken one a line, an empty one ends them, and nothing typed means the defaults`()
        throws
    {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "function Ask { \"chosen $($Host.UI.PromptForChoice('Fruit', 'Which?', @('&Apple', '&Banana', '&Cherry'), [int[]]@(0, 2)))!\" }"
        )
        try screen.expect("> ")
        try screen.sendLine("Ask")
        try screen.expect(
            "Fruit\nWhich?\n[A] Apple  \n[B] Banana  \n[C] Cherry  \n[?] Help \n(default choices are A,C)\nChoice[0]: ")
        try screen.sendLine("b")
        try screen.expect("Choice[1]: ")
        try screen.sendLine("nothing like it")
        try screen.expect("Choice[1]: ")
        try screen.sendLine("cherry")
        try screen.expect("Choice[2]: ")
        try screen.sendLine("")
        try screen.expect("chosen 1 2!")
        try screen.expect("> ")
        try screen.sendLine("Ask")
        try screen.expect("Choice[0]: ")
        try screen.sendLine("")
        try screen.expect("chosen 0 2!")
        try screen.leave()
    }

    @Test func `a list of fields is asked for, each as its type`() throws {
        let screen = try FerryProgram().prompt()
        for line in [
            "$f = 'Name', 'Count', 'Tags', 'Pin' | ForEach-Object { [System.Management.Automation.Host.FieldDescription]::new($_) }",
            "$f[0].HelpMessage = 'What it is called.'; $f[1].SetParameterType([int]); $f[2].SetParameterType([string[]]); $f[3].SetParameterType([securestring])",
        ] {
            try screen.sendLine(line)
            try screen.expect("> ")
        }
        try screen.sendLine(
            "$a = $Host.UI.Prompt('New', 'Say what.', $f); \"$($a.Name) $($a.Count + 1) $($a.Tags -join '+') $($a.Pin.Length) $($a.Keys.Count)!\""
        )
        try screen.expect("New\nSay what.\n(Type !? for Help.)\nName: ")
        try screen.sendLine("!?")
        try screen.expect("What it is called.\nName: ")
        try screen.sendLine("web01")
        try screen.expect("Count: ")
        try screen.sendLine("99999999999")
        try screen.expect("Cannot recognize \"99999999999\" as a System.Int32 due to an overflow error.\nCount: ")
        try screen.sendLine("7")
        try screen.expect("Tags[0]: ")
        try screen.sendLine("a")
        try screen.expect("Tags[1]: ")
        try screen.sendLine("")
        try screen.expect("Pin: ")
        try screen.sendLine("1234")
        try screen.expect("web01 8 a 4 4!")
        #expect(!screen.text.contains("1234"))
        try screen.leave()
    }

    @Test func `credentials and secrets are asked for, also where a parameter wants one`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "$c = $Host.UI.PromptForCredential('Sign in', 'To the host.', '', 'DOMAIN'); \"$($c.UserName) $($c.Password.Length)!\""
        )
        try screen.expect("Sign in\nTo the host.\nUser: ")
        try screen.sendLine("anna")
        try screen.expect("Password for user anna: ")
        try screen.sendLine("secret")
        try screen.expect("DOMAIN\\anna 6!")
        try screen.expect("> ")
        try screen.sendLine("\"length $($Host.UI.ReadLineAsSecureString().Length)\"; Write-Host asked")
        try screen.send("hush\r")
        try screen.expect("length 4")
        try screen.expect("> ")
        try screen.sendLine(
            "function Need { param([Parameter(Mandatory)][securestring] $Key) \"key $($Key.Length)\" }; Need")
        try screen.expect("Key: ")
        try screen.sendLine("mystery")
        try screen.expect("key 7")
        for secret in ["secret", "mystery"] { #expect(!screen.text.contains(secret)) }
        try screen.leave()
    }

    @Test(arguments: [
        "PromptForChoice('', 'Which?', @('&A', '&B'), 0)", "PromptForChoice('', 'Which?', @('&A', '&B'), [int[]]@(0))",
        "PromptForCredential('c', 'm', 'u', '')", "Prompt('c', 'm', @('Name'))", "ReadLine()",
        "ReadLineAsSecureString()", "RawUI.ReadKey()",
    ])
    func `-NonInteractive refuses every question before it is shown`(_ question: String) throws {
        let screen = try FerryProgram().onTerminal(
            "-NoProfile", "-NonInteractive", "-c",
            "try { $Host.UI.\(question) } catch { $_.Exception.InnerException.Message; $_.FullyQualifiedErrorId; exit 4 }"
        )
        #expect(try screen.waitForExit() == .exited(4))
        #expect(
            screen.text
                == "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.\n"
                + "PSInvalidOperationException\n")
    }

    @Test func `the cursor's place is the terminal's answer, and keys pressed meanwhile are read afterwards`() throws {
        let screen = try FerryProgram().onTerminal(
            "-NoProfile", "-c",
            "Write-Host asking; $p = $Host.UI.RawUI.CursorPosition; \"at $($p.X),$($p.Y)\"; \"got $(Read-Host)!\"; \"waiting $($Host.UI.RawUI.KeyAvailable)\""
        )
        try screen.expect("asking")
        try screen.expectRaw("\u{1B}[6n")
        try screen.send("he\u{1B}[12;34R")
        try screen.expect("at 33,11")
        try screen.send("llo\r")
        try screen.expect("got hello!")
        try screen.expect("waiting False")
        #expect(try screen.waitForExit() == .exited(0))
    }

    @Test func `colours and the cursor are set with the terminal's sequences`() throws {
        var program = try FerryProgram().prompt()
        try program.sendLine(
            "$PSStyle.OutputRendering = 'Ansi'; $r = $Host.UI.RawUI; $r.ForegroundColor = 'Green'; $r.BackgroundColor = 'DarkBlue'; $r.CursorPosition = @{ X = 4; Y = 2 }; \"is $($r.ForegroundColor) on $($r.BackgroundColor)\""
        )
        try program.expect("is Green on DarkBlue")
        #expect(program.rawText.contains("\u{1B}[92m\u{1B}[44m\u{1B}[3;5H"))
        try program.leave()
        program = try FerryProgram().prompt()
        try program.sendLine(
            "\"$($Host.Name) $($Host.Version.Major) $($Host.InstanceId.GetType().Name) $($Host.CurrentCulture)!\"")
        try program.expect("ConsoleHost 7 Guid en-US!")
        try program.leave()
    }

    @Test func `SetShouldExit ends the session after the command that says so`() throws {
        let ferry = try FerryProgram()
        let screen = try ferry.prompt()
        try screen.sendLine("$Host.SetShouldExit(7); 'still ' + 'here'")
        try screen.expect("still here")
        #expect(try screen.waitForExit() == .exited(7))
        let result = try ferry.run("-NoProfile", "-c", "$Host.SetShouldExit(9); 'after'")
        #expect(result.outputText == "after\n")
        #expect(result.status == .exited(9))
    }
}
