import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// Colours of the built `ferry`, on a terminal and elsewhere.
@Suite struct StyleTests {
    /// On a terminal that may have colours.
    private func onColorTerminal(_ ferry: FerryProgram, _ arguments: String...) throws -> Expect {
        var environment = ferry.environment
        environment["NO_COLOR"] = nil
        var program = Program(ferry.path, ["-NoProfile"] + arguments, environment: environment)
        program.folder = ferry.home.path
        return try Expect(program)
    }

    private func raw(_ screen: Expect) throws -> String {
        #expect(try screen.waitForExit() == .exited(0))
        return screen.rawText
    }

    @Test func `table headers, warnings and errors have their styles on a terminal`() throws {
        let ferry = try FerryProgram()
        let screen = try onColorTerminal(
            ferry, "-c", "[pscustomobject]@{ Ab = 1 }; Write-Warning careful; Write-Error bad; 'end'")
        let text = try raw(screen)
        #expect(text.contains("\u{1B}[32;1mAb"))
        #expect(text.contains("\u{1B}[33;1mWARNING: careful\u{1B}[0m"))
        #expect(text.contains("\u{1B}[31;1mWrite-Error: bad\u{1B}[0m"))
    }

    @Test func `styles that are set are used`() throws {
        let ferry = try FerryProgram()
        let screen = try onColorTerminal(
            ferry, "-c",
            "$PSStyle.Formatting.TableHeader = \"`e[35m\"; $PSStyle.Formatting.Error = \"`e[34m\"; "
                + "[pscustomobject]@{ Ab = 1 }; Write-Error bad; 'end'")
        let text = try raw(screen)
        #expect(text.contains("\u{1B}[35mAb") && text.contains("\u{1B}[34mWrite-Error: bad"))
    }

    @Test func `folders, links and scripts have their colours in a listing`() throws {
        let ferry = try FerryProgram()
        _ = try ferry.home.write("script.ps1", "1\n")
        _ = try ferry.home.write("plain.txt", "1\n")
        _ = try Command("/bin/mkdir", [ferry.home.file("folder")]).runSuccessfully()
        _ = try Command("/bin/ln", ["-s", "plain.txt", ferry.home.file("link")]).runSuccessfully()
        let text = try raw(try onColorTerminal(ferry, "-c", "Get-ChildItem"))
        #expect(text.contains("\u{1B}[44;1mfolder\u{1B}[0m"))
        #expect(text.contains("\u{1B}[36;1mlink\u{1B}[0m -> plain.txt"))
        #expect(text.contains("\u{1B}[33;1mscript.ps1\u{1B}[0m"))
        #expect(text.contains(" plain.txt"))
        // Elsewhere they are plain.
        #expect(try !ferry.run("-nop", "-c", "Get-ChildItem").outputText.contains("\u{1B}"))
    }

    @Test func `NO_COLOR and PlainText take every sequence out, Ansi keeps them in a file`() throws {
        let ferry = try FerryProgram()
        let red = "\"`e[31mred`e[0m\""
        let quiet = try ferry.onTerminal("-NoProfile", "-c", "\(red); $PSStyle.OutputRendering")
        try quiet.expect("red\nPlainText\n")
        #expect(try !raw(quiet).contains("\u{1B}[31m"))
        let plain = try onColorTerminal(ferry, "-c", "\(red); $PSStyle.OutputRendering = 'PlainText'; \(red)")
        let text = try raw(plain)
        #expect(text.contains("\u{1B}[31mred\u{1B}[0m\r\nred\r\n"))
        #expect(try ferry.run("-nop", "-c", red).outputText == "red\n")
        #expect(
            try ferry.run("-nop", "-c", "$PSStyle.OutputRendering = 'Ansi'; \(red)").outputText
                == "\u{1B}[31mred\u{1B}[0m\n")
    }
}
