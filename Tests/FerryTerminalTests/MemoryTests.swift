import FerryLinux
import FerryTestKit
import Testing

/// What a long session keeps of work that is over.
@Suite struct MemoryTests {
    @Test(arguments: [
        "$null = 1..1000 | ForEach-Object -Parallel { function f($n) { if ($n) { f ($n - 1) } }; f 3; $x = { $x }; $_ }",
        "1..1000 | ForEach-Object { $j = Start-ThreadJob { $self = { $self }; 1 }; $null = $j | Receive-Job -Wait; Remove-Job $j }",
    ])
    func `a thousand runspaces leave no memory behind`(_ work: String) throws {
        let result = try FerryProgram().run(
            "-NoProfile", "-c",
            """
            function Resident { [int] ((Get-Content /proc/$PID/status | Select-String VmRSS).Line -replace '\\D') }
            $null = 1..200 | ForEach-Object -Parallel { $_ }
            $before = Resident
            \(work)
            (Resident) - $before
            """)
        #expect(result.errorText == "")
        let kilobytes = try #require(Int(result.outputText.filter { !$0.isNewline }))
        // One runspace takes about 100.
        #expect(kilobytes < 16_000)
    }
}
