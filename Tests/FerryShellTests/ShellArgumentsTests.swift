import FerryShell
import Testing

@Suite struct ShellArgumentsTests {
    private func parsed(_ words: String...) throws -> ShellArguments { try ShellArguments(words) }

    @Test func `no argument is the prompt`() throws {
        #expect(try parsed().mode == .prompt)
    }

    @Test func `-c takes the rest of the line`() throws {
        #expect(try parsed("-c", "Get-VM", "web01").mode == .command("Get-VM web01"))
        #expect(try parsed("-NoProfile", "-Command", "exit 3").mode == .command("exit 3"))
        #expect(try parsed("-nop", "-c", "-").mode == .command("-"))
    }

    @Test func `a bare argument is a script and what follows is its own`() throws {
        let move = try parsed("move.ps1", "-Destination", "NODE1")
        #expect(move.mode == .file("move.ps1", arguments: ["-Destination", "NODE1"]))
        #expect(try parsed("-nologo", "-f", "a.ps1", "-c", "x").mode == .file("a.ps1", arguments: ["-c", "x"]))
    }

    @Test func `flags are accepted in any case and shortened as pwsh does`() throws {
        let arguments = try parsed("-NOPROFILE", "-noni", "-noe", "-ep", "Bypass", "-wd", "/tmp", "-c", "1")
        #expect(arguments.noProfile && arguments.nonInteractive && arguments.noExit)
        #expect(arguments.workingDirectory == "/tmp")
        #expect(arguments.mode == .command("1"))
    }

    @Test(arguments: [["-bogus"], ["-c"], ["-wd"], ["-f"]])
    func `a command line that means nothing is refused`(_ words: [String]) {
        #expect(throws: ShellArguments.Misuse.self) { try ShellArguments(words) }
    }

    private func refusal(_ words: [String]) -> ShellArguments.Misuse? {
        do throws(ShellArguments.Misuse) {
            _ = try ShellArguments(words)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        (["-sta"], "Parameter -STA is not supported on this platform.", false),
        (["-MTA"], "Parameter -MTA is not supported on this platform.", false),
        (["-w", "hidden"], "Parameter -WindowStyle is not implemented on this platform.", false),
        (
            ["-f"],
            "The command cannot be run because the File parameter requires a file path. Supply a path for the File parameter and then try the command again.",
            true
        ),
        (
            ["-c"], "Cannot process the command because of a missing parameter. A command must follow -Command.", true
        ),
        (
            ["-e"], "Cannot process the command because of a missing parameter. A command must follow -Command.", true
        ),
        (
            ["-c", "-", "foo"],
            "'-' was specified with the -Command parameter; no other arguments to -Command are permitted.", true
        ),
        (
            ["-ep"],
            "Cannot process the execution policy because of a missing policy name. A policy name must follow -ExecutionPolicy.",
            true
        ),
        (
            ["-wd"],
            "Cannot process the command because -WorkingDirectory requires an argument that is a directory path.",
            false
        ),
        (
            ["-settings"],
            "Cannot process the command because -SettingsFile requires an argument that is a file path.", false
        ),
        (
            ["-o"],
            "The command cannot be run because no argument has been supplied for the OutputFormat parameter.\nSpecify one of the following formats for this parameter:\nText\nXML\n",
            true
        ),
    ])
    func `a refusal has pwsh's text`(_ words: [String], _ text: String, _ showsUsage: Bool) {
        let misuse = refusal(words)
        #expect(misuse?.text == text)
        #expect(misuse?.showsUsage == showsUsage)
    }

    @Test(arguments: [
        ("-no", ["-nologo", "-noexit", "-noprofile", "-noninteractive"]),
        ("-format", ["-inputformat", "-outputformat"]),
    ])
    func `what could be several flags names them`(_ word: String, _ flags: [String]) {
        let text = refusal([word, "-File", "foo"])?.text ?? ""
        #expect(text.hasPrefix("Invalid argument '\(word)', did you mean:"))
        for flag in flags { #expect(text.contains("  \(flag)\n")) }
    }

    @Test func `slashes and typographic dashes begin flags, and paths are scripts`() throws {
        let arguments = try parsed("/nop", "\u{2013}nologo", "--noexit", "/c", "1")
        #expect(arguments.noProfile && arguments.noLogo && arguments.noExit)
        #expect(arguments.mode == .command("1"))
        #expect(try parsed("/tmp/x.ps1", "/c").mode == .file("/tmp/x.ps1", arguments: ["/c"]))
    }

    @Test func `a dash alone is the prompt's input`() throws {
        #expect(try parsed("-").mode == .prompt)
        #expect(try parsed("-File", "-").mode == .prompt)
    }

    @Test func `formats are text and XML`() throws {
        let arguments = try parsed("-o", "XML", "-inp", "xml", "-c", "1")
        #expect(arguments.outputsObjects && arguments.takesObjects)
        #expect(try !parsed("-of", "text", "-c", "1").outputsObjects)
        #expect(refusal(["-of", "blah", "-c", "1"])?.text.contains("blah") == true)
    }

    @Test func `words after -EncodedCommand count`() throws {
        // Base64 of `1` in UTF-16.
        let arguments = try parsed("-e", "MQA=", "-wd", "/nope", "-nop")
        #expect(arguments.mode == .command("1"))
        #expect(arguments.workingDirectory == "/nope" && arguments.noProfile)
        for second in [["-c", "2"], ["-ec", "MQA="], ["-cwa", "2"], ["-f", "a.ps1"], ["a.ps1"]] {
            #expect(
                refusal(["-e", "MQA="] + second)?.text
                    == "Cannot process command because a command is already specified with -Command, -CommandWithArgs, or -EncodedCommand."
            )
        }
    }

    @Test func `version and help are modes of their own`() throws {
        #expect(try parsed("-v").mode == .version)
        #expect(try parsed("--version").mode == .version)
        #expect(try parsed("-?").mode == .help)
    }
}
