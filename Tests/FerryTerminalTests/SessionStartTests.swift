import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// Transcripts, profiles and the command line of the built `ferry`.
@Suite struct SessionStartTests {
    private func read(_ path: String) throws -> String { String(decoding: try DurableFile.read(path), as: UTF8.self) }

    // MARK: Transcripts

    @Test func `a transcript has what was typed and shown between its head and its end`() throws {
        let ferry = try FerryProgram()
        let screen = try ferry.prompt()
        try screen.sendLine("Start-Transcript t.txt -IncludeInvocationHeader")
        try screen.expect("Transcript started, output file is \(ferry.home.file("t.txt"))")
        try screen.expect("> ")
        try screen.sendLine("'shown ' + 1; Write-Warning careful; nosuchcommand")
        try screen.expect("nosuchcommand")
        try screen.expect("careful")
        try screen.expect("> ")
        try screen.sendLine("/bin/echo from a program")
        try screen.expect("\nfrom a program")
        try screen.expect("> ")
        try screen.sendLine("Stop-Transcript")
        try screen.expect("Transcript stopped, output file is \(ferry.home.file("t.txt"))")
        try screen.expect("> ")
        try screen.sendLine("'after'; exit")
        #expect(try screen.waitForExit() == .exited(0))
        let text = try read(ferry.home.file("t.txt"))
        let rule = "**********************\n"
        #expect(text.hasPrefix(rule + "PowerShell transcript start\nStart time: "))
        for words in [
            "\nMachine: ", "\nHost Application: ", "\nProcess ID: ", "\nPSVersion: ", "\nPSEdition: Core\n",
            rule + "Command start time: ", "> 'shown ' + 1; Write-Warning careful; nosuchcommand\nshown 1\n",
            "WARNING: careful\n", "The term 'nosuchcommand' is not recognized", "\nfrom a program\n",
        ] { #expect(text.contains(words), "\(words)") }
        #expect(!text.contains("after") && !text.contains("\u{1B}"))
        let end = try #require(text.firstRange(of: rule + "PowerShell transcript end\nEnd time: "))
        #expect(text[end.lowerBound...].hasSuffix(rule))
    }

    @Test func `several transcripts get everything from their start on, the newest ends first`() throws {
        let ferry = try FerryProgram()
        let result = try ferry.run(
            "-NoProfile", "-c",
            """
            Start-Transcript outer.txt -UseMinimalHeader | Out-Null; 'one'
            Start-Transcript inner.txt | Out-Null; 'two'
            Stop-Transcript; 'three'
            Stop-Transcript; 'four'
            Stop-Transcript
            """)
        #expect(result.status == .exited(1))
        #expect(
            result.errorText.contains(
                "An error occurred stopping transcription: The host is not currently transcribing."))
        let outer = try read(ferry.home.file("outer.txt"))
        let inner = try read(ferry.home.file("inner.txt"))
        #expect(outer.contains("\none\ntwo\n") && outer.contains("\nthree\n") && !outer.contains("\nfour\n"))
        #expect(!outer.contains("Machine:"))
        #expect(inner.contains("\ntwo\n") && !inner.contains("\none\n") && !inner.contains("\nthree\n"))
    }

    @Test func `-NoClobber keeps a file, -Append goes on with it, -OutputDirectory names one`() throws {
        let ferry = try FerryProgram()
        _ = try ferry.home.write("t.txt", "kept\n")
        let refused = try ferry.run(
            "-NoProfile", "-c",
            "try { Start-Transcript t.txt -NoClobber } catch { $_.FullyQualifiedErrorId; $_.Exception.Message }")
        #expect(
            refused.outputText
                == "NoClobber,Microsoft.PowerShell.Commands.StartTranscriptCommand\n"
                + "File \(ferry.home.file("t.txt")) already exists and NoClobber was specified.\n")
        _ = try ferry.run(
            "-NoProfile", "-c", "$null = Start-Transcript t.txt -Append; 'added'; $null = Stop-Transcript")
        let text = try read(ferry.home.file("t.txt"))
        #expect(text.hasPrefix("kept\n***") && text.contains("\nadded\n"))
        let named = try ferry.run(
            "-NoProfile", "-c",
            "$null = Start-Transcript -OutputDirectory sub; $null = Stop-Transcript; (Get-ChildItem sub).Name")
        #expect(named.outputText.hasPrefix("PowerShell_transcript."))
        let folder = try ferry.run(
            "-NoProfile", "-c", "try { Start-Transcript sub } catch { $_.FullyQualifiedErrorId }")
        #expect(folder.outputText == "CannotStartTranscription,Microsoft.PowerShell.Commands.StartTranscriptCommand\n")
    }

    // MARK: Profiles

    @Test func `the user's profiles run in their order, -NoProfile leaves them out`() throws {
        let ferry = try FerryProgram()
        _ = try Command("/bin/mkdir", ["-p", ferry.home.file(".config/ferry")]).runSuccessfully()
        _ = try ferry.home.write(".config/ferry/profile.ps1", "'all hosts'; $fromProfile = 1\n")
        _ = try ferry.home.write(
            ".config/ferry/Microsoft.PowerShell_profile.ps1", "'this host'; function Hello { 'hello' }\n")
        let names = "$PROFILE.CurrentUserAllHosts; $PROFILE.AllUsersAllHosts; \"$PROFILE\"; Test-Path $PROFILE"
        let folder = ferry.home.file(".config/ferry")
        #expect(
            try ferry.run("-c", "\"var $fromProfile\"; Hello; \(names)").outputText
                == "all hosts\nthis host\nvar 1\nhello\n\(folder)/profile.ps1\n/etc/ferry/profile.ps1\n"
                + "\(folder)/Microsoft.PowerShell_profile.ps1\nTrue\n")
        #expect(try ferry.run("-NoProfile", "-c", "\"var $fromProfile\"").outputText == "var \n")
    }

    @Test func `an error in a profile is told with its place, and the session goes on`() throws {
        let ferry = try FerryProgram()
        _ = try Command("/bin/mkdir", ["-p", ferry.home.file(".config/ferry")]).runSuccessfully()
        _ = try ferry.home.write(".config/ferry/profile.ps1", "1\nnosuchcommand\n")
        let result = try ferry.run("-c", "'went on'")
        #expect(result.outputText == "1\nwent on\n")
        #expect(result.errorText.contains("profile.ps1:2"))
    }

    // MARK: The command line

    @Test func `-EncodedCommand and -CommandWithArgs run what they are given`() throws {
        let ferry = try FerryProgram()
        let text = "'from ' + 'Base64: ä'"
        let bytes = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        var encoder = Command("/usr/bin/base64", ["-w0"])
        encoder.input = bytes
        let encoded = try encoder.run().outputText
        #expect(try ferry.run("-nop", "-e", encoded).outputText == "from Base64: ä\n")
        #expect(
            try ferry.run("-nop", "-cwa", "\"$($args.Count): $args\"", "one", "-two", "a b").outputText
                == "3: one -two a b\n")
        let bad = try ferry.run("-ec", "%%%")
        #expect(bad.status == .exited(64) && bad.errorText.contains("not properly encoded"))
    }

    @Test func `standard input is $input of a command and a script`() throws {
        let ferry = try FerryProgram()
        #expect(
            try ferry.run("-nop", "-c", "$input | ForEach-Object { \"[$_]\" }", input: "a\nb\n").outputText
                == "[a]\n[b]\n")
        let script = try ferry.home.write("in.ps1", "process { \"got $_\" }\n")
        #expect(try ferry.run("-nop", script, input: "x\ny\n").outputText == "got x\ngot y\n")
        #expect(try ferry.run("-nop", "-c", "'not asked'", input: "x\n").outputText == "not asked\n")
    }

    /// Runs a shell line with an input that stays open for ever; `$0` is ferry.
    private func withHeldInput(_ line: String, _ ferry: FerryProgram, _ words: String...) throws -> CommandResult {
        var command = Command(
            "/bin/sh", ["-c", "mkfifo held && exec <> held && rm held && " + line, ferry.path] + words)
        command.program.environment = ferry.environment
        command.program.folder = ferry.home.path
        return try command.run()
    }

    @Test(arguments: [
        ("$inputs = 5; $inputs", "5\n"), ("'text of $inputs and $' + 'input'", "text of $inputs and $input\n"),
        ("'$input'; # $input", "$input\n"), ("function f { $input }; 1", "1\n"),
        ("function f { process { $_ } }; 2 | f", "2\n"), ("'first'; if ($false) { $input }", "first\n"),
    ])
    func `a command that does not use its input does not wait for its end`(_ text: String, _ output: String) throws {
        let ferry = try FerryProgram()
        let result = try withHeldInput("exec \"$0\" -nop -c \"$1\"", ferry, text)
        #expect(result.outputText == output)
        #expect(result.status == .exited(0))
        let script = try ferry.home.write("held.ps1", text + "\n")
        #expect(try withHeldInput("exec \"$0\" -nop \"$1\"", ferry, script).outputText == output)
    }

    @Test func `a process block gets each line when it comes, not when the input ends`() throws {
        let ferry = try FerryProgram()
        let text = "begin { 'begun' } process { \"got $_ of $input\"; if ($_ -eq 'b') { exit 3 } }"
        let fed = "printf 'a\\nb\\n' >&0; "
        let result = try withHeldInput(fed + "exec \"$0\" -nop -c \"$1\"", ferry, text)
        #expect(result.outputText == "begun\ngot a of a\ngot b of b\n")
        #expect(result.status == .exited(3))
        let script = try ferry.home.write("fed.ps1", text + "\n")
        let file = try withHeldInput(fed + "exec \"$0\" -nop \"$1\"", ferry, script)
        #expect(file.outputText == "begun\ngot a of a\ngot b of b\n")
        #expect(file.status == .exited(3))
    }

    @Test func `a script with parameters for its input gets it without a process block, too`() throws {
        let ferry = try FerryProgram()
        let script = try ferry.home.write(
            "p.ps1", "param([Parameter(Mandatory, ValueFromPipeline)] $Name) \"$Name last of $(@($input).Count)\"\n")
        #expect(try ferry.run("-nop", script, input: "x\ny\n").outputText == "y last of 2\n")
    }

    @Test func `lines of input end with a newline, a carriage return before it, or the input's end`() throws {
        let result = try FerryProgram().run(
            "-nop", "-c", "$input | ForEach-Object { $_.Length }", input: "a\r\n\nü\rb\nlast")
        #expect(result.outputText == "1\n0\n3\n4\n")
    }

    @Test func `-Login reads /etc/profile and the user's as sh does`() throws {
        let ferry = try FerryProgram()
        _ = try ferry.home.write(".profile", "export FROM_LOGIN='set by sh'\n")
        let result = try ferry.run("-Login", "-nop", "-c", "$env:FROM_LOGIN; exit 3")
        #expect(result.outputText == "set by sh\n")
        #expect(result.status == .exited(3))
    }

    @Test func `a name that begins with a dash makes a prompt with the environment of a login`() throws {
        let ferry = try FerryProgram()
        _ = try ferry.home.write(".profile", "export FROM_LOGIN='read by sh'\n")
        let screen = try ferry.prompt()
        try screen.sendLine("/bin/bash -c 'exec -a -ferry \(ferry.path) -NoLogo -NoProfile'")
        try screen.expect("\nPS ")
        try screen.sendLine("\"found: $env:FROM_LOGIN\"")
        try screen.expect("found: read by sh")
        try screen.expect("> ")
        try screen.sendLine("exit")
        try screen.expect("\nPS ")
        try screen.leave()
    }

    @Test func `a dash alone reads commands from standard input and shows them`() throws {
        let ferry = try FerryProgram()
        let result = try ferry.run("-NoProfile", "-NoLogo", "-", input: "1 + 1\n'two'\n")
        let prompt = "PS \(ferry.home.path)> "
        #expect(result.outputText == "\(prompt)1 + 1\n2\n\(prompt)'two'\ntwo\n\(prompt)")
    }

    @Test func `-SettingsFile names folders of modules`() throws {
        let ferry = try FerryProgram()
        let settings = try ferry.home.write("s.json", #"{ "PSModulePath": "/some/modules" }"#)
        let result = try ferry.run("-nop", "-settings", settings, "-c", "$env:PSModulePath.Split(':')[0]")
        #expect(result.outputText == "/some/modules\n")
        #expect(try ferry.run("-settings", "nothere.json", "-c", "1").status == .exited(64))
    }

    @Test(arguments: [
        (["-Bogus"], "The argument '-Bogus' is not recognized as the name of a script file."),
        (["-Command"], "A command must follow -Command."),
        (["-wd"], "-WorkingDirectory requires an argument that is a directory path."),
        (["-ConfigurationName", "x"], "session configurations"),
        (["-sta"], "Parameter -STA is not supported on this platform."),
        (["-e", "MQA=", "-wd", "/nope"], "the folder '/nope' cannot be entered"),
        (["-settings", "/nope.json"], "The argument '/nope.json' passed to the -SettingsFile does not exist."),
    ])
    func `a command line that means nothing is 64 and says why`(_ words: [String], _ reason: String) throws {
        let ferry = try FerryProgram()
        var command = Command(ferry.path, words)
        command.program.environment = ferry.environment
        let result = try command.run()
        #expect(result.status == .exited(64))
        #expect(result.errorText.contains(reason))
        #expect(result.outputText.isEmpty)
    }

    @Test func `a wrong flag shows the usage`() throws {
        #expect(try FerryProgram().run("-Bogus").errorText.contains("Usage: ferry [-Login]"))
    }
}
