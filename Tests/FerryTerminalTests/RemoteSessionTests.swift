import FerryCore
import FerryLinux
import FerryTestKit
import Foundation
import Testing

/// Remote sessions between two `ferry` through a real sshd's subsystem on loopback.
@Suite struct RemoteSessionTests {
    private let ferry: FerryProgram
    private let server: SecureShellServer

    init() throws {
        ferry = try FerryProgram()
        server = try SecureShellServer(ferry)
    }

    /// Runs script in a ferry of this side, where `$at` splats what reaches the server.
    private func run(_ script: String) throws -> CommandResult {
        var command = Command(ferry.path, ["-NoProfile", "-c", setting + script])
        command.program.environment = ferry.environment
        return try command.run()
    }

    private var setting: String {
        "$at = @{ Port = \(server.port); KeyFilePath = '\(server.folder.file("user"))'; Options = @{ StrictHostKeyChecking = "
            + "'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' } }; "
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `a command runs on two hosts and its objects come back with their host`() throws {
        let result = try run(
            """
            $x = 20
            Invoke-Command -HostName 127.0.0.1, localhost @at -ArgumentList 1, 'two' -ScriptBlock {
                param($number, $word) [pscustomobject]@{ Sum = $using:x + $number; Word = $word }
            } | Sort-Object PSComputerName | ForEach-Object {
                "$($_.PSComputerName) $($_.Sum) $($_.Word) $($_.PSObject.TypeNames[0]) $($_.RunspaceId.GetType().Name)"
            }
            """)
        #expect(result.errorText == "")
        let type = "Deserialized.System.Management.Automation.PSCustomObject"
        #expect(result.outputText == "127.0.0.1 21 two \(type) Guid\nlocalhost 21 two \(type) Guid\n")
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `a session that is named twice is refused, and runs nothing`() throws {
        let result = try run(
            """
            $s = New-PSSession -HostName localhost @at
            try { Invoke-Command -Session $s, $s { 'ran' } } catch { $_.FullyQualifiedErrorId }
            Invoke-Command -Session $s { 'once' }; Remove-PSSession $s
            """)
        #expect(result.errorText == "")
        #expect(
            result.outputText
                == "RemoteRunspaceInfoHasDuplicates,Microsoft.PowerShell.Commands.InvokeCommandCommand\nonce\n")
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `exit ends a question for completions that the other side still works on`() throws {
        let screen = try ferry.prompt()
        try screen.sendLine(setting + "Enter-PSSession -HostName localhost @at")
        try screen.expect("[localhost]: ")
        try screen.sendLine(
            "function Slow { param([ArgumentCompleter({ Start-Sleep 600 })] $What) }; 'made ' + 'it'")
        try screen.expect("made it")
        try screen.expect("[localhost]: ")
        // The key gets no answer in its time; what is typed then leaves the session and the shell.
        try screen.send("Slow \t\u{15}exit\r")
        try screen.expect("\nPS ")
        try screen.leave()
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `an object of another host has its original's view, no methods, and its host; an error its original's reason`()
        throws
    {
        let result = try run(
            """
            $p = Invoke-Command -HostName localhost @at { Get-Process -Id $PID }
            $p | Get-Member -MemberType Method | ForEach-Object Name
            ($p | Get-Member)[0].TypeName
            ($p | Out-String).Trim().Split("`n")[0].Trim() -replace ' +', ' '
            Invoke-Command -HostName localhost @at { 1 / 0 }
            """)
        #expect(
            result.outputText == """
                GetType
                ToString
                Deserialized.System.Diagnostics.Process
                NPM(K) PM(M) WS(M) CPU(s) Id SI ProcessName PSComputerName

                """)
        #expect(result.errorText == "RuntimeException: [localhost] Attempted to divide by zero.\n")
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `every stream arrives, and errors name their host`() throws {
        let result = try run(
            """
            $r = Invoke-Command -HostName localhost @at -ErrorVariable e -WarningVariable w -ErrorAction SilentlyContinue -Verbose {
                Write-Warning 'careful'; Write-Verbose 'loud' -Verbose; Write-Host 'from the host'; Get-Item /nonexistent
                throw 'the end'
            } 4>&1 3>$null
            $w.Message; $r.Message
            $e | ForEach-Object { "$($_.OriginInfo.PSComputerName) | $($_.FullyQualifiedErrorId) | $($_.Exception.GetType().Name)" }
            """)
        #expect(
            result.outputText == """
                from the host
                careful
                loud
                localhost | PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand | RemoteException
                localhost | the end | RemoteException

                """)
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `a session keeps its variables, is listed and removed`() throws {
        let result = try run(
            """
            $s = New-PSSession -HostName localhost @at -Name work
            Invoke-Command -Session $s { $kept = 7; function Twice($n) { $n * 2 } }
            Invoke-Command $s { Twice $kept }
            1..3 | Invoke-Command $s { $input | ForEach-Object { $_ + 1 } }
            Get-PSSession
            Invoke-Command $s { $Host.Name; $PID -ne $using:PID }
            @(Get-PSSession -Id $s.Id, $s.Id).Count; @(Get-PSSession -Name work, w*).Count
            Remove-PSSession $s
            "$($s.State) $(@(Get-PSSession).Count)"
            Invoke-Command $s { 1 } -ErrorAction SilentlyContinue; $Error[0].FullyQualifiedErrorId
            """)
        #expect(result.errorText == "")
        #expect(
            result.outputText == """
                14
                2
                3
                4

                 Id Name            Transport    ComputerName    ComputerType    State         ConfigurationName     Availability
                 -- ----            ---------    ------------    ------------    -----         -----------------     ------------
                  1 work            SSH          localhost       RemoteMachine   Opened        DefaultShell             Available
                ServerRemoteHost
                True
                1
                1
                Closed 0
                2100,PSSessionStateBroken


                """)
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `a command that is a job is received, and stopped there`() throws {
        let result = try run(
            """
            $j = Invoke-Command -HostName localhost @at -AsJob -JobName far { 'result' }
            "$($j.PSJobTypeName) $($j.Name) $($j.Location)"
            $j | Receive-Job -Wait
            $mark = '\(server.folder.file("mark"))'
            $j = Invoke-Command -HostName localhost @at -AsJob { try { 'begun'; Start-Sleep 3600 } finally { 'ended' > $using:mark } }
            while (-not ($j.ChildJobs[0].Output)) { Start-Sleep -Milliseconds 20 }
            Stop-Job $j
            $j.State
            Get-Content $mark
            """)
        #expect(result.errorText == "")
        #expect(result.outputText == "RemoteJob far localhost\nresult\nStopped\nended\n")
    }

    /// What is changed of `$at`, and the words of ssh or of the protocol that come of it.
    static let failures: [(host: String, change: String, words: String)] = [
        ("localhost", "$at.Subsystem = 'none'", "subsystem request failed on channel 0"),
        ("localhost", "$at.UserName = 'nobody-here'", "Permission denied"),
        ("localhost", "$at.Port = 1", "Connection refused"),
        ("no-such-host.invalid", "", "Could not resolve hostname no-such-host.invalid"),
        ("localhost", "$at.Options.StrictHostKeyChecking = 'yes'", "Host key verification failed"),
        ("localhost", "$at.Options.NoSuchOption = 'yes'", "Bad configuration option: nosuchoption"),
        ("localhost", "$at.Subsystem = 'chatty'", "There is an error processing data from the background process"),
        ("localhost", "$at.Subsystem = 'echo'", "There is an error processing data from the background process"),
        ("localhost", "$at.Subsystem = 'future'", "does not speak version 2.3 of the remoting protocol"),
        ("localhost", "$at.Subsystem = 'silent'; $at.ConnectingTimeout = 2000", "was not open after 2.0 seconds"),
    ]

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")), arguments: failures)
    func `a session that cannot be opened is an error that names the host and the reason`(
        _ host: String, _ change: String, _ words: String
    ) throws {
        let result = try run(
            """
            \(change)
            New-PSSession -HostName \(host) @at -ErrorAction SilentlyContinue
            "$($Error[0].FullyQualifiedErrorId) $($Error[0].Exception.GetType().Name)"; $Error[0].Exception.Message
            @(Get-PSSession).Count
            Invoke-Command -HostName \(host) @at { 1 } -ErrorAction SilentlyContinue
            $Error[0].FullyQualifiedErrorId; $Error[0].Exception.Message
            """)
        #expect(result.errorText == "")
        let lines = result.outputText.split(separator: "\n")
        #expect(lines.first == "2100,PSSessionOpenFailed PSRemotingTransportException")
        #expect(lines.dropFirst().first?.hasPrefix("[\(host)] ") == true)
        #expect(result.outputText.contains("\n0\n2100,PSSessionStateBroken\n[\(host)] "), "\(result.outputText)")
        #expect(result.outputText.components(separatedBy: words).count == 3, "\(result.outputText)")
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `a script that does not look at errors ends with one`() throws {
        let result = try run("New-PSSession -HostName localhost @at -Subsystem none")
        #expect(result.status == .exited(1))
        #expect(result.errorText.contains("[localhost]") && result.errorText.contains("Subsystem powershell"))
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `a session whose other side dies is broken, and says so each time`() throws {
        let result = try run(
            """
            $s = New-PSSession -HostName localhost @at
            Invoke-Command $s { 'before'; /bin/sh -c 'kill -9 $PPID' } -ErrorAction SilentlyContinue
            "$($Error[0].FullyQualifiedErrorId) $($Error[0].Exception.GetType().Name) $($Error[0].OriginInfo.PSComputerName)"
            "$($s.State) $($s.Availability)"
            Invoke-Command $s { 1 } -ErrorAction SilentlyContinue
            $Error[0].FullyQualifiedErrorId
            Remove-PSSession $s; @(Get-PSSession).Count
            """)
        #expect(result.errorText == "")
        #expect(
            result.outputText == """
                before
                2100,PSSessionStateBroken PSRemotingTransportException 
                Broken None
                2100,PSSessionStateBroken
                0

                """)
    }

    /// Takes the ten seconds a host has.
    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `a host that does not answer a stop is given up`() throws {
        let result = try run(
            """
            $s = New-PSSession -HostName localhost @at
            $j = Invoke-Command $s -AsJob { $PID; /bin/sh -c 'kill -STOP $PPID'; Start-Sleep 3600 }
            while (-not ($j.ChildJobs[0].Output)) { Start-Sleep -Milliseconds 20 }
            $there = $j.ChildJobs[0].Output[0]
            # It has said so before it stands still.
            while ((Get-Content "/proc/$there/stat" -Raw) -notmatch '\\) T ') { Start-Sleep -Milliseconds 20 }
            Stop-Job $j
            "$($j.State) $($s.State)"
            Stop-Process -Id $there -Force
            """)
        #expect(result.errorText == "")
        #expect(result.outputText == "Stopped Broken\n")
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `hosts fail one by one, and the others answer`() throws {
        let result = try run(
            """
            Invoke-Command -HostName localhost, no-such-host.invalid @at { 'here' } -ErrorVariable e -ErrorAction SilentlyContinue
            $e.Count; $e.TargetObject
            """)
        #expect(result.outputText == "here\n1\nno-such-host.invalid\n")
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `a script file runs there, with arguments and tables of connections`() throws {
        _ = try ferry.home.write("there.ps1", "param($name) \"$name on $($Host.Name)\"")
        let result = try run(
            """
            $c = @{ HostName = 'localhost'; Port = \(server.port); KeyFilePath = $at.KeyFilePath; Options = $at.Options }
            Invoke-Command -SSHConnection $c -FilePath '\(ferry.home.file("there.ps1"))' -ArgumentList one
            Invoke-Command -SSHConnection $c, $c { 'twice' }
            try { New-PSSession -SSHConnection @{ Port = 22 } } catch { $_.Exception.Message }
            try { New-PSSession -HostName localhost -KeyFilePath /nonexistent } catch { $_.Exception.Message }
            """)
        #expect(
            result.outputText == """
                one on ServerRemoteHost
                twice
                twice
                The provided SSHConnection hashtable is missing the required ComputerName or HostName parameter.
                The specified key file /nonexistent was not found.

                """)
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `ten thousand objects come back in order, and a command that has enough ends the other side`() throws {
        let result = try run(
            """
            $s = New-PSSession -HostName localhost @at
            $all = Invoke-Command $s { 1..10000 | ForEach-Object { [pscustomobject]@{ N = $_; Text = 'x' * 100 } } }
            "$($all.Count) $($all[0].N) $($all[9999].N)"
            Invoke-Command $s { 1..100000000 } | Select-Object -First 2
            Invoke-Command $s { ('y' * 3000000).Length; 'z' * 200000 } | ForEach-Object { "$_".Length }
            (1..2000 | Invoke-Command $s { ($input | Measure-Object -Sum).Sum })
            """)
        #expect(result.errorText == "")
        #expect(result.outputText == "10000 1 10000\n1\n2\n7\n200000\n2001000\n")
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `an entered session has its prompt, its errors, its Ctrl-C, and is left`() throws {
        let screen = try Expect(Program(ferry.path, ["-NoProfile", "-NoLogo"], environment: ferry.environment))
        try screen.expect("PS ")
        try screen.sendLine("Enter-PSSession -HostName localhost \(server.parameters)")
        try screen.expect("[localhost]: PS /")
        try screen.sendLine("$v = 40; $v + 2; $Host.Name")
        try screen.expect("42")
        try screen.expect("ServerRemoteHost")
        try screen.expect("[localhost]: PS /")
        try screen.sendLine("Get-Item /nonexistent")
        try screen.expect("[localhost] Cannot find path")
        try screen.expect("[localhost]: PS /")
        try screen.sendLine("try { 'beg' + 'un'; Start-Sleep 3600 } finally { Write-Host ('stop' + 'ped there') }")
        try screen.expect("begun")
        try screen.send("\u{3}")
        try screen.expect("stopped there")
        try screen.expect("[localhost]: PS /")
        try screen.sendLine("'still ' + $v")
        try screen.expect("still 40")
        try screen.sendLine("exit 4")
        try screen.expect("PS ")
        try screen.sendLine("'here: ' + $Host.Name + @(Get-PSSession).Count")
        try screen.expect("ConsoleHost0")
        try screen.sendLine("exit 3")
        #expect(try screen.waitForExit() == .exited(3))
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `in an entered session Tab asks that host, and one that stands still does not hold the prompt up`() throws {
        let number = server.folder.file("number")
        let screen = try Expect(Program(ferry.path, ["-NoProfile", "-NoLogo"], environment: ferry.environment))
        try screen.expect("PS ")
        try screen.sendLine("Enter-PSSession -HostName localhost \(server.parameters)")
        try screen.expect("[localhost]: PS /")
        try screen.sendLine("$onlyThere = 42; $PID > \(number); 'no' + 'ted'")
        try screen.expect("noted")
        try screen.expect("[localhost]: PS /")
        try screen.send("$onlyTh\t")
        try screen.expect("$onlyThere")
        try screen.sendLine(" + 1")
        try screen.expect("43")
        try screen.expect("[localhost]: PS /")
        let there = String(decoding: try DurableFile.read(number), as: UTF8.self).filter(\.isNumber)
        _ = try Command("/bin/kill", ["-STOP", there]).runSuccessfully()
        try screen.send("'typ' + 'ed'; $onlyTh\t")
        try screen.send(" # on")
        try screen.expect("# on")
        _ = try Command("/bin/kill", ["-CONT", there]).runSuccessfully()
        try screen.sendLine("")
        try screen.expect("typed")
        try screen.expect("[localhost]: PS /")
        try screen.sendLine("exit")
        try screen.expect("PS ")
        try screen.sendLine("exit 3")
        #expect(try screen.waitForExit() == .exited(3))
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `a command on another host asks here, and Ctrl-C stops it there`() throws {
        let file = try ferry.home.write("file", "text")
        let mark = ferry.home.file("mark")
        let screen = try Expect(Program(ferry.path, ["-NoProfile", "-NoLogo"], environment: ferry.environment))
        try screen.expect("PS ")
        try screen.sendLine("$s = New-PSSession -HostName localhost \(server.parameters)")
        try screen.expect("PS /")
        try screen.sendLine("Invoke-Command $s { Remove-Item \(file) -Confirm; 'there: ' + (Test-Path \(file)) }")
        try screen.expect("Are you sure you want to perform this action?")
        try screen.sendLine("y")
        try screen.expect("there: False")
        try screen.sendLine("Invoke-Command $s { 'named ' + (Read-Host -Prompt who) }")
        try screen.expect("who: ")
        try screen.sendLine("web01")
        try screen.expect("named web01")
        try screen.sendLine("Invoke-Command $s { try { 'beg' + 'un'; Start-Sleep 3600 } finally { 1 > \(mark) } }")
        try screen.expect("begun")
        try screen.send("\u{3}")
        try screen.expect("PS /")
        #expect(try FileIdentity.ifPresent(mark) != nil)
        try screen.sendLine("$s.State; exit")
        try screen.expect("Opened")
        #expect(try screen.waitForExit() == .exited(0))
    }
}
