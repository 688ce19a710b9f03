import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// Questions that scripts and commands ask at the prompt.
@Suite struct QuestionTests {
    @Test func `PromptForChoice shows choices, explains them for ?, asks again, and takes the default for Enter`()
        throws
    {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "$c = [System.Management.Automation.Host.ChoiceDescription[]]@("
                + "[System.Management.Automation.Host.ChoiceDescription]::new('&Move', 'Moves it.'), '&Leave')")
        try screen.expect("> ")
        try screen.sendLine("'chosen ' + $Host.UI.PromptForChoice('Title', 'What now?', $c, 1)")
        try screen.expect("Title\nWhat now?\n[M] Move  [L] Leave  [?] Help (default is \"L\"): ")
        try screen.sendLine("?")
        try screen.expect("M - Moves it.\nL - \n[M] Move")
        try screen.expect("\"L\"): ")
        try screen.sendLine("x")
        try screen.expect("\"L\"): ")
        try screen.sendLine("m")
        try screen.expect("chosen 0")
        try screen.expect("> ")
        try screen.sendLine("'chosen ' + $Host.UI.PromptForChoice('', 'Which?', $c, -1)")
        try screen.expect("[M] Move  [L] Leave  [?] Help: ")
        try screen.sendLine("")
        try screen.expect("Help: ")
        try screen.sendLine("leave")
        try screen.expect("chosen 1")
        try screen.leave()
    }

    @Test func `mandatory parameters are asked for, explained for !?, and asked again when the answer does not fit`()
        throws
    {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "function Ask { param([Parameter(Mandatory, HelpMessage = 'How many there are.')][int] $Count, "
                + "[Parameter(Mandatory)][string[]] $Names) \"$($Count + 1): $($Names -join '+')\" }")
        try screen.expect("> ")
        try screen.sendLine("Ask")
        try screen.expect(
            "cmdlet Ask at command pipeline position 1\nSupply values for the following parameters:\n(Type !? for Help.)\nCount: "
        )
        try screen.sendLine("!?")
        try screen.expect("How many there are.\nCount: ")
        try screen.sendLine("many")
        try screen.expect("Cannot recognize \"many\" as a System.Int32 due to a format error.\nCount: ")
        try screen.sendLine("4")
        try screen.expect("Names[0]: ")
        try screen.sendLine("a")
        try screen.expect("Names[1]: ")
        try screen.sendLine("b")
        try screen.expect("Names[2]: ")
        try screen.sendLine("")
        try screen.expect("5: a+b")
        try screen.leave()
    }

    @Test func `Ctrl-C at a question gives the command up`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("function Ask { param([Parameter(Mandatory)] $Name) 'ran' }; Ask")
        try screen.expect("Name: ")
        try screen.send("\u{3}")
        try screen.expect("PS ")
        try screen.sendLine("'after ' + 'that'")
        try screen.expect("after that")
        try screen.leave()
    }

    @Test(arguments: ["Read-Host Name", "$Host.UI.PromptForChoice('', 'Which?', @('&A', '&B'), 0)"])
    func `Ctrl-C at a question of a script ends it without Enter`(_ question: String) throws {
        let screen = try FerryProgram().onTerminal("-NoProfile", "-c", "'as' + 'king'; \(question); 'answered'")
        try screen.expect("asking")
        try screen.expect(": ")
        try screen.send("half\u{3}")
        #expect(try screen.waitForExit() == .exited(130))
        #expect(!screen.text.contains("answered"))
    }

    @Test func `a script's questions take lines, and the last one at Ctrl-D`() throws {
        let screen = try FerryProgram().onTerminal(
            "-NoProfile", "-c", "$a = Read-Host One; $b = Read-Host Two; \"got $a+$b\"")
        try screen.expect("One: ")
        try screen.send("grüße\r")
        try screen.expect("Two: ")
        try screen.send("b\u{4}\u{4}")
        try screen.expect("got grüße+b")
        #expect(try screen.waitForExit() == .exited(0))
    }

    @Test(arguments: [
        ("Read-Host x", "ReadHostCommand"), ("Read-Host x -MaskInput", "ReadHostCommand"),
        ("Get-Credential", "GetCredentialCommand"),
    ])
    func `-NonInteractive does not ask`(_ question: String, _ command: String) throws {
        let ferry = try FerryProgram()
        let text = "try { \(question) } catch { \"$_\"; $_.FullyQualifiedErrorId; exit 4 }"
        let refusal =
            "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.\n"
            + "InvalidOperation,Microsoft.PowerShell.Commands.\(command)\n"
        let screen = try ferry.onTerminal("-NoProfile", "-NonInteractive", "-c", text)
        #expect(try screen.waitForExit() == .exited(4))
        #expect(screen.text.hasSuffix(refusal))
        #expect(try ferry.run("-nop", "-noni", "-c", text, input: "an answer\n").outputText.hasSuffix(refusal))
        // Input that nobody is asked for can be read.
        #expect(
            try ferry.run("-nop", "-noni", "-c", "[Console]::ReadLine()", input: "a line\n").outputText == "a line\n")
    }

    @Test func `secrets show as stars, take corrections, and Ctrl-C leaves them`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("'it was ' + (Read-Host 'Pin' -MaskInput)")
        try screen.expect("Pin: ")
        try screen.send("12x\u{7f}3\r")
        try screen.expect("***")
        try screen.expect("it was 123")
        #expect(!screen.text.contains("12x"))
        try screen.expect("> ")
        try screen.sendLine("(Read-Host 'Word' -AsSecureString).GetType().Name")
        try screen.expect("Word: ")
        try screen.send("hidden\r")
        try screen.expect("SecureString")
        #expect(!screen.text.contains("hidden"))
        try screen.expect("> ")
        try screen.sendLine("(Get-Credential -UserName anna -Message 'Sign in').UserName + '!'")
        try screen.expect("Password for user anna: ")
        try screen.send("abc\u{3}")
        try screen.expect("PS ")
        try screen.sendLine("'after ' + 'that'")
        try screen.expect("after that")
        #expect(!screen.text.contains("abc"))
        try screen.leave()
    }

    @Test func `a key is read as it is pressed`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "'key ' + $Host.UI.RawUI.ReadKey('NoEcho,IncludeKeyDown').Character + '!'; Write-Host ready")
        try screen.send("q")
        try screen.expect("key q!")
        try screen.leave()
    }

    @Test func `the window's title is set and read`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("$Host.UI.RawUI.WindowTitle = 'moves'; 'title ' + $Host.UI.RawUI.WindowTitle")
        try screen.expect("title moves")
        #expect(screen.rawText.contains("\u{1B}]0;moves\u{7}"))
        try screen.leave()
    }

    @Test func `two activities have a line each`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "Write-Progress one -Id 1 -Status first -PercentComplete 10; Write-Progress two -Id 2 -ParentId 1 -Status second; "
                + "$null = Read-Host; 'done ' + 1")
        try screen.expect("one [10% first")
        try screen.expect("  two [second")
        try screen.send("\r")
        try screen.expect("done 1")
        try screen.leave()
    }
}
