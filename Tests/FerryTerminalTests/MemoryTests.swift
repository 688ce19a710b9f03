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

    @Test func `modules that are loaded again and again leave no memory behind`() throws {
        let result = try FerryProgram().run(
            "-NoProfile", "-c",
            """
            function Resident { [int] ((Get-Content /proc/$PID/status | Select-String VmRSS).Line -replace '\\D') }
            $folder = New-TemporaryDirectory
            $text = foreach ($i in 1..300) { "function Get-Part$i { param(`$Name) foreach (`$x in 1..3) { `$x + `$Name } }" }
            Set-Content $folder/Big.psm1 $text
            function Load($times) {
                foreach ($i in 1..$times) { Import-Module $folder/Big.psm1; $null = Get-Part1 1; Remove-Module Big }
                foreach ($i in 1..$times) {
                    $object = New-Module -AsCustomObject ([scriptblock]::Create($text -join "`n"))
                    $null = $object.'Get-Part1'(1)
                }
            }
            Load 10
            $before = Resident
            Load 40
            (Resident) - $before
            Remove-Item -Recurse $folder
            """)
        #expect(result.errorText == "")
        let kilobytes = try #require(Int(result.outputText.filter { !$0.isNewline }))
        // One such module takes about 600.
        #expect(kilobytes < 12_000)
    }
}
