import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// `ferry -c`, scripts and exit codes, through the built program.
@Suite struct CommandLineTests {
    @Test func `-c prints the objects and exits with 0`() throws {
        let result = try FerryProgram().run("-c", "1..3 | ForEach-Object { $_ * 2 }")
        #expect(result.outputText == "2\n4\n6\n")
        #expect(result.status == .exited(0))
    }

    @Test(arguments: [
        ("exit 7", 7), ("throw 'x'", 1), ("Write-Error x", 1), ("Write-Error x; 'after'", 0), ("if (", 1),
    ])
    func `exit codes of -c are pwsh's`(_ text: String, _ code: Int) throws {
        #expect(try FerryProgram().run("-c", text).status == .exited(Int32(code)))
    }

    @Test func `a script gets its arguments and its exit code counts`() throws {
        let ferry = try FerryProgram()
        let script = try ferry.home.write(
            "a.ps1", "param([string] $Name, [int] $Count = 1)\n\"$Name x $Count\"\nexit ($Count + 40)\n")
        let result = try ferry.run(script, "-Name", "web01", "-Count", "2")
        #expect(result.outputText == "web01 x 2\n")
        #expect(result.status == .exited(42))
    }

    @Test(arguments: [
        ("-Force", "True"), ("-Force:$true", "True"), ("-Force:True", "True"), ("-Force:$False", "False"),
        ("-Force:fAlse", "False"),
    ])
    func `a switch of a script is given with or without its truth`(_ word: String, _ truth: String) throws {
        let ferry = try FerryProgram()
        let script = try ferry.home.write("a.ps1", "param([switch] $Force)\n\"$Force\"\n")
        #expect(try ferry.run("-File", script, word).outputText == truth + "\n")
    }

    @Test func `a script that names ferry in its first line is a program`() throws {
        let ferry = try FerryProgram()
        let script = try ferry.home.write(
            "status", "#!\(ferry.path)\nparam([string] $Name)\n\"$Name of $($MyInvocation.MyCommand.Name)\"\nexit 9\n")
        _ = try Command("/bin/chmod", ["+x", script]).runSuccessfully()
        var command = Command(script, ["-Name", "state"])
        command.program.environment = ferry.environment
        let result = try command.run()
        #expect(result.outputText == "state of status\n")
        #expect(result.status == .exited(9))
    }

    @Test func `sort and ls are the system's programs, and the commands once WindowsAliases is imported`() throws {
        let result = try FerryProgram().run(
            "-NoProfile", "-c",
            "(Get-Command sort, ls).CommandType; Import-Module WindowsAliases; (Get-Command sort, ls).Definition; "
                + "10, 9 | sort; Remove-Module WindowsAliases; (Get-Command sort).CommandType")
        #expect(result.outputText == "Application\nApplication\nSort-Object\nGet-ChildItem\n9\n10\nApplication\n")
    }

    @Test func `a script that is not there is 64 and says so`() throws {
        let result = try FerryProgram().run("nothere.ps1")
        #expect(result.status == .exited(64))
        #expect(result.errorText.contains("nothere.ps1"))
    }

    @Test func `an unknown flag is 64`() throws {
        let result = try FerryProgram().run("-Bogus")
        #expect(result.status == .exited(64))
        #expect(result.errorText.contains("-Bogus"))
    }

    @Test func `a script's unhandled error is 1 and names the file and line`() throws {
        let ferry = try FerryProgram()
        let script = try ferry.home.write("b.ps1", "Write-Host one\nGet-VM nothere -ErrorAction Stop\nWrite-Host two\n")
        let result = try ferry.run(script)
        #expect(result.status == .exited(1))
        #expect(result.outputText == "one\n")
        #expect(result.errorText.contains("b.ps1:2"))
    }

    @Test func `a program that cannot be started is an error, and does not take the shell along`() throws {
        let ferry = try FerryProgram()
        _ = try ferry.home.write("garbage", "\u{1}\u{2} no program\n")
        _ = try Command("/bin/chmod", ["+x", ferry.home.file("garbage")]).runSuccessfully()
        let result = try ferry.run("-NoProfile", "-c", "./garbage; 'went on'")
        #expect(result.outputText == "went on\n")
        #expect(result.errorText.contains("garbage"))
        #expect(result.status == .exited(0))
    }

    @Test func `a host that is down is one clear error`() throws {
        let result = try FerryProgram().run("-c", "Get-VM -ComputerName NODE1")
        #expect(result.status == .exited(1))
        #expect(result.errorText.hasPrefix("Get-VM: ferryd of 'NODE1' is not running"))
        #expect(result.errorText.contains("/nonexistent/ferryd.sock"))
    }

    @Test func `a host nobody knows is one clear error`() throws {
        let result = try FerryProgram().run("-c", "Get-VM -ComputerName NODE9")
        #expect(result.errorText.contains("NODE9") && result.errorText.contains("NODE1"))
    }

    @Test(arguments: [
        (["-nop", "-c", "1..3"], 1), (["-Version"], 1), (["-Help"], 1), (["-nop", "-c", "1; exit 7"], 7),
    ])
    func `output that a full disk does not take is said once and is no success`(_ words: [String], _ code: Int) throws {
        let ferry = try FerryProgram()
        var command = Command("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/full", ferry.path] + words)
        command.program.environment = ferry.environment
        let result = try command.run()
        #expect(result.status == .exited(Int32(code)))
        #expect(result.errorText.contains("write to standard output") && result.errorText.contains("No space left"))
        #expect(result.errorText.split(separator: "\n").count == 1)
    }

    @Test func `a reader that has seen enough ends the output silently`() throws {
        let ferry = try FerryProgram()
        var command = Command(
            "/bin/sh",
            [
                "-c", "{ \"$0\" -nop -c '1..20000'; echo \"code $?\" >&2; } | { read first; echo \"$first\"; }",
                ferry.path,
            ])
        command.program.environment = ferry.environment
        let result = try command.run()
        #expect(result.outputText == "1\n")
        #expect(result.errorText == "code 0\n")
    }

    @Test func `-c - reads the commands from standard input`() throws {
        let result = try FerryProgram().run("-c", "-", input: "'one'\n'two'\n")
        #expect(result.outputText == "one\ntwo\n")
    }

    @Test func `a ferry built in a checkout shows machines by Hyper-V's view, without being told where Modules is`()
        throws
    {
        let ferry = try FerryProgram()
        let daemon = try StubDaemon(at: ferry.home.file("ferryd.sock"))
        defer { daemon.close() }
        _ = try ferry.home.write("hosts.json", #"{ "hosts": { "NODE2": { "socket": "\#(daemon.path)" } } }"#)
        var command = Command(ferry.path, ["-c", "Get-VM -ComputerName NODE2 | Format-Table"])
        command.program.environment = ferry.environment
        command.program.environment["FERRY_MODULES"] = nil
        let result = try command.run()
        #expect(
            result.outputText == """

                Name  State   CPUUsage(%) MemoryAssigned(M) Uptime   Status             Version
                ----  -----   ----------- ----------------- ------   ------             -------
                web01 Running 1           512               00:01:00 Operating normally 10.0


                """)
        #expect(result.status == .exited(0))
    }
}
