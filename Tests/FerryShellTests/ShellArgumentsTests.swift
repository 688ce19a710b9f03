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

    @Test func `version and help are modes of their own`() throws {
        #expect(try parsed("-v").mode == .version)
        #expect(try parsed("--version").mode == .version)
        #expect(try parsed("-?").mode == .help)
    }
}
