import FerryLinux
import FerryTestKit
import Testing

/// The prompt where standard input is no terminal, through the built program.
@Suite struct RedirectedPromptTests {
    @Test(arguments: [["-i"], ["-"], ["-File", "-"], []])
    func `the prompt and what is read stand before the output`(_ words: [String]) throws {
        let ferry = try FerryProgram()
        var command = Command(ferry.path, ["-nop", "-nologo"] + words)
        command.program.environment = ferry.environment
        command.input = Array("$function:prompt = { 'PS> ' }\n1+1\n1+2\u{8}3\n".utf8)
        let result = try command.run()
        let lines = result.outputText.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.dropFirst().joined(separator: "\n") == "PS> 1+1\n2\nPS> 1+2\u{8}3\n4\nPS> ")
        #expect(lines.first?.hasSuffix("> $function:prompt = { 'PS> ' }") == true)
        #expect(result.status == .exited(0))
    }

    @Test func `-NoExit goes on with the input`() throws {
        let result = try FerryProgram().run(
            "-nop", "-noexit", "-c", "$function:prompt = { 'PS> ' }; $x = 5", input: "$x\nexit 3\n'never'\n")
        #expect(result.outputText == "PS> $x\n5\nPS> exit 3\n")
        #expect(result.status == .exited(3))
    }

    @Test func `a nested prompt reads on`() throws {
        let result = try FerryProgram().run(
            "-nop", "-noexit", "-c", "$function:prompt = { 'PS' + '>' * ($NestedPromptLevel + 1) + ' ' }",
            input: "$Host.EnterNestedPrompt()\nexit\n")
        #expect(result.outputText == "PS> $Host.EnterNestedPrompt()\nPS>> exit\nPS> ")
    }

    @Test func `-Command - runs each command as it comes, and those of several lines at an empty one`() throws {
        let result = try FerryProgram().run(
            "-nop", "-c", "-",
            input: "1+1\nif (1)\n{\n  42\n}\n\nfunction foo\n{\n\n  'in foo'\n}\n\nfoo\n\"a\u{8}c\".Length\n22 + 22")
        #expect(result.outputText == "2\n42\nin foo\n3\n44\n")
        #expect(result.status == .exited(0))
    }

    @Test func `the end of the input ends a command that nobody ended`() throws {
        #expect(
            try FerryProgram().run("-nop", "-c", "-", input: "foreach ($i in 1, 2) {\n  $i\n}\n").outputText == "1\n2\n"
        )
        #expect(try FerryProgram().run("-nop", "-c", "-", input: "nothing-there\n").status == .exited(1))
    }

    @Test func `a shell without -NoLogo says what it is`() throws {
        let result = try FerryProgram().run("-nop", input: "exit 4\n")
        #expect(result.outputText.hasPrefix("Ferry "))
        #expect(result.outputText.hasSuffix("> exit 4\n"))
        #expect(result.status == .exited(4))
    }
}
