import FerryTestKit
import Testing

/// Ctrl-C ends what runs, and the prompt lives on.
@Suite struct StopTests {
    @Test(arguments: [
        // Ways that grow with the power of the text's length.
        "('a' * 60) -match '^(a+)+b'",
        "('a' * 60) -replace '^(a+)+b', 'x'",
        "('a' * 60) -split '^(a+)+b'",
        "[regex]::Matches('a' * 60, '^(a+)+b')",
        "switch -Regex ('a' * 60) { '^(a+)+b' { 1 } }",
        "'a' * 60 | Select-String '^(a+)+b'",
        "& { param([ValidatePattern('^(a+)+b')] $x) } ('a' * 60)",
        "Test-Json '\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"' -Schema '{\"pattern\":\"^(a+)+b\"}'",
        // Ends that come late.
        "1..1e9 | Sort-Object -Descending",
        "1..1e9 | Group-Object",
        "$null = 1..1e9",
        "foreach ($i in 1..1e9) { }",
        "for (;;) { }",
        "while ($true) { trap { continue } throw 1 }",
        "function f { while ($true) { g } }; function g { h }; function h { 1 | Out-Null }; f",
        "while ($true) { try { throw 1 } catch { } finally { $x = 1 } }",
        "$list = [System.Collections.ArrayList]::new(); while ($true) { $null = $list.Add('x') }",
        "1..3 | Sort-Object { while ($true) { } }",
        "Get-Date | Format-Table @{ n = 'a'; e = { while ($true) { } } }",
        "[scriptblock]::Create('while ($true) { }').Invoke()",
        "Measure-Command { while ($true) { } }",
        "Invoke-Expression 'while ($true) { }'",
        "1..10 | ForEach-Object -Parallel { while ($true) { } }",
        "Start-ThreadJob { while ($true) { } } | Receive-Job -Wait",
        "Start-Job { Start-Sleep 1000 } | Wait-Job",
        // Others that are waited for.
        "Start-Sleep 1000",
        "[System.Threading.Thread]::Sleep(1000000)",
        "sleep 1000 | cat",
        "yes | ForEach-Object { $_ } | Out-Null",
        "cat /dev/zero | Select-String x",
        "Get-FileHash /dev/zero",
    ])
    func `Ctrl-C ends it within a moment, and the next line runs`(_ line: String) throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("'beg' + 'un'; \(line); 'not ' + 'stopped'")
        try screen.expect("begun")
        try screen.send("\u{3}")
        try screen.expect("> ")
        try screen.sendLine("'still ' + 'here'")
        try screen.expect("still here")
        #expect(!screen.text.contains("not stopped"))
        try screen.leave()
    }

    @Test func `a second Ctrl-C ends a finally block that does not end`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "try { 'beg' + 'un'; Start-Sleep 1000 } finally { 'clean' + 'ing'; while ($true) { } }")
        try screen.expect("begun")
        try screen.send("\u{3}")
        try screen.expect("cleaning")
        try screen.send("\u{3}")
        try screen.expect("> ")
        try screen.sendLine("'still ' + 'here'")
        try screen.expect("still here")
        try screen.leave()
    }

    @Test func `a condition that Ctrl-C ends decides nothing`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "'beg' + 'un'; if (('a' * 60) -match '^(a+)+b') { 'one ' + 'way' } else { 'other ' + 'way' }")
        try screen.expect("begun")
        try screen.send("\u{3}")
        try screen.expect("> ")
        try screen.sendLine("'still ' + 'here'")
        try screen.expect("still here")
        #expect(!screen.text.contains("other way"))
        try screen.leave()
    }
}
