import FerryLinux
import FerryTestKit
import Testing

/// `ferry { … }` in ferry, and `-OutputFormat XML`: objects between two shells, through the built program.
@Suite struct ObjectFormatTests {
    /// Runs text in a ferry that knows its own path as `$ferry`.
    private func run(_ text: String, input: String = "") throws -> CommandResult {
        let ferry = try FerryProgram()
        return try ferry.run("-nop", "-c", "$ferry = '\(ferry.path)'; " + text, input: input)
    }

    @Test(arguments: [
        ("$o = & $ferry -nop { @{ a = 'b' } }; $o.GetType().Name; $o['a']", "Hashtable\nb\n"),
        ("(& $ferry -nop -Command { Get-Date }).GetType().Name", "DateTime\n"),
        ("(& $ferry -nop { [pscustomobject]@{ X = 10; Y = 20 } }).Y", "20\n"),
        ("(& $ferry -nop { Get-Process -Id $PID }).PSObject.TypeNames[0]", "Deserialized.System.Diagnostics.Process\n"),
        ("$o = & $ferry -nop { 1..3 }; $o.Count; $o[2] + 1", "3\n4\n"),
        ("$o = 1, 2, 3 | & $ferry -nop -Command { $input }; $o.Count; $o[2].GetType().Name", "3\nInt32\n"),
        ("& $ferry -nop { $args[0] } -Args 'hello world'", "hello world\n"),
        ("(& $ferry -nop { $args[1] } -Args 1, (2, 3))[1]", "3\n"),
    ])
    func `a block runs in another shell and gives its objects back`(_ text: String, _ output: String) throws {
        let result = try run(text)
        #expect(result.outputText == output)
        #expect(result.errorText == "")
    }

    @Test(arguments: [
        ("Write-Error bad", "2>&1", "ErrorRecord bad Microsoft.PowerShell.Commands.WriteErrorException\n"),
        ("nothing-there", "2>&1 | ForEach-Object { $_ } ", "ErrorRecord"),
        ("Write-Information news", "6>&1", "InformationRecord news \n"),
        ("Write-Warning careful", "3>&1", "WarningRecord careful \n"),
        ("sh -c 'echo plain >&2'", "2>&1", "ErrorRecord plain NativeCommandError\n"),
    ])
    func `errors and messages arrive in their own streams`(_ script: String, _ redirection: String, _ shown: String)
        throws
    {
        let result = try run(
            "& $ferry -nop { \(script) } \(redirection) | ForEach-Object { \"$($_.GetType().Name) $_ $($_.FullyQualifiedErrorId)\" }"
        )
        #expect(result.outputText.hasPrefix(shown))
    }

    @Test func `an error there ends a script that wants to stop, and exit codes come back`() throws {
        let result = try run(
            "$null = & $ferry -nop { exit 5 }; $LASTEXITCODE; $ErrorActionPreference = 'Stop'; "
                + "try { $null = & $ferry -nop { nothing-there } } catch { $_.FullyQualifiedErrorId }")
        #expect(result.outputText == "5\nCommandNotFoundException\n")
    }

    @Test func `text formats are there when they are asked for`() throws {
        let result = try run(
            "$o = [pscustomobject]@{ X = 10; Y = 20 }; "
                + "$o | & $ferry -nop -inputFormat text { -join ($input -replace '\\s') }; "
                + "-join (& $ferry -nop -outputFormat text { [pscustomobject]@{ X = 1 } }) -replace '\\s'")
        #expect(result.outputText == "XY--1020\nX-1\n")
    }

    @Test(arguments: ["-outp blah -comm { 1 }", "-input blah -comm { 1 }"])
    func `another format is an error before anything runs`(_ words: String) throws {
        let result = try run("try { & $ferry \(words) } catch { $_.FullyQualifiedErrorId }")
        #expect(result.outputText == "IncorrectValueForFormatParameter\n")
    }

    @Test func `without a shell to read it, XML is a document for each stream`() throws {
        let result = try FerryProgram().run("-nop", "-o", "XML", "-c", "'a'; 7; Write-Warning w")
        #expect(
            result.outputText == """
                #< CLIXML
                <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Output">a</S><I32 S="Output">7</I32></Objs>

                """)
        #expect(
            result.errorText == """
                #< CLIXML
                <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="warning">w</S></Objs>

                """)
    }

    @Test(arguments: [("throw 'x'", 1), ("if (", 1), ("Write-Error x; 1", 0), ("exit 7", 7)])
    func `exit codes are the same with objects`(_ text: String, _ code: Int) throws {
        #expect(try FerryProgram().run("-nop", "-o", "xml", "-c", text).status == .exited(Int32(code)))
    }

    @Test func `input that is a document is objects, and one that breaks off is an error`() throws {
        let start = "#< CLIXML\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">"
        let ferry = try FerryProgram()
        let whole = try ferry.run(
            "-nop", "-inp", "xml", "-c", "$input | ForEach-Object { $_ + 1 }",
            input: start + "<I32 S=\"Output\">1</I32><I32>2</I32></Objs>")
        #expect(whole.outputText == "2\n3\n")
        let half = try ferry.run("-nop", "-inp", "xml", "-c", "$input; 'after'", input: start + "<I32>1</I3")
        #expect(half.errorText.contains("ended within an object"))
    }

    @Test func `a script block for another program is its text in braces`() throws {
        #expect(try run("/bin/echo a {} { b }").outputText == "a {} { b }\n")
    }
}
