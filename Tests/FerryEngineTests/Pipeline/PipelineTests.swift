import FerryCore
import FerryEngine
import Synchronization
import Testing

@Suite struct PipelineTests {
    static let rows: [Row] = [
        Row("1..1000000000 | Select-Object -First 2", "1|2"), Row("1,2,3 | ? { $_ -gt 1 }", "2|3"),
        Row("1..3 | % { $_*2 } | % { $_+1 }", "3|5|7"),
        Row("function gen { 1; 2; 'never'; throw 'late' }; gen | Select-Object -First 2", "1|2"),
        Row("function g { begin {'b'} end {'e'} }; g", "b|e"),
        Row(
            "function up { try { 1;2;3 } finally { $global:cleaned = $true } }; up | Select-Object -First 1; $cleaned",
            "1|True"),
        Row(
            "function a { process { \"a$_\" } }; function b { process { \"b$_\" } end { 'end' } }; 1,2 | a | b",
            "ba1|ba2|end"), Row("@{a=1} | % { $_.a }", "1"),
        Row("'abc' | % { $_.Length }", "3"), Row(",@(1,2) | % { $_.Count }", "2"),
        Row("@(@(1,2),@(3)) | % { $_.Count }", "2|1"), Row("Write-Output -NoEnumerate 1 2 | % { $_.Count }", "2"),
        Row("(1,2,3 | Write-Output).Count", "3"), Row("$x = 1 | Write-Output; $x.GetType().Name", "Int32"),
        Row("& { 1; Write-Error e } 2>$null", "1"),
        Row("(& { Write-Output o; Write-Error e; Write-Warning w } *>&1).Count", "3"), Row("/bin/echo a b", "a b"),
        Row("/bin/echo one | % { \"<$_>\" }", "<one>"), Row("'x','y' | /bin/cat", "x|y"),
        Row("/bin/sh -c 'exit 3'; $LASTEXITCODE; $?", "3|True"), Row("/bin/sh -c 'echo e >&2; echo o' 2>$null", "o"),
        Row("(/bin/sh -c 'echo e >&2' 2>&1).GetType().Name", "ErrorRecord"),
        Row("$a='p q'; /bin/echo $a 'r  s' \"$a!\"", "p q r  s p q!"), Row("/bin/echo -n --x=1 -y:2", "--x=1 -y:2"),
        Row("1..3 | /bin/cat | % { [int]$_ + 1 }", "2|3|4"),
        Row("(1..20000 | /bin/cat).Count", "20000"), Row("/bin/sh -c 'exit 1' && 'no' || 'yes'", "yes"),
        Row("/nonexistent/x", "!CommandNotFoundException"),
    ]

    @Test(arguments: rows) func `pipelines`(row: Row) async { await row.check() }

    @Test func `output of a file redirection is what the console would show, and appends`() async {
        let outcome = await Script.run(
            """
            $f = [IO.Path]::GetTempFileName()
            'one','two' > $f
            'three' >> $f
            [IO.File]::ReadAllText($f)
            /bin/sh -c 'echo err >&2; echo out' > $f 2>&1
            [IO.File]::ReadAllLines($f).Count
            [IO.File]::Delete($f)
            """)
        #expect(outcome.output == ["one\ntwo\nthree\n", "2"], "\(outcome.errors)")
    }

    @Test func `an interrupt stops an endless loop and runs its finally`() async {
        let interrupt = Interrupt()
        let text = await onThread {
            let host = RecordingHost()
            let runspace = Runspace(host: host, interrupt: interrupt)
            runspace.services[ObjectIdentifier(Interrupt.self)] = interrupt
            runspace.register(CommandModule("Stop", commands: [RaiseInterrupt.self]))
            _ = runspace.runLine(
                "try { while ($true) { Raise-Interrupt } } finally { [Console]::Write('cleaned') }; 'never'")
            return host.text
        }
        #expect(text == "cleaned")
    }

    @Test func `waiting cancels its task on an interrupt`() async {
        let interrupt = Interrupt()
        let (cancelled, errors) = await onThread { () -> (Bool, Int) in
            let host = RecordingHost()
            let runspace = Runspace(host: host, interrupt: interrupt)
            let probe = WaitProbe()
            runspace.services[ObjectIdentifier(WaitProbe.self)] = probe
            runspace.register(CommandModule("Wait", commands: [WaitForever.self]))
            _ = runspace.runLine("Wait-Forever")
            return (probe.wasCancelled.load(ordering: .acquiring), host.errors.count)
        }
        #expect(cancelled)
        #expect(errors == 0)
    }

    @Test func `reports arrive on the runspace's thread while the task runs`() async {
        let outcome = await Script.run("Count-Up") { $0.register(CommandModule("Count", commands: [CountUp.self])) }
        #expect(outcome.output == ["done"])
        #expect(outcome.activities.last == "3")
    }

    @Test func `a runspace shows what nobody took, tables included`() async {
        let text = await onThread {
            let host = RecordingHost()
            let runspace = Runspace(host: host)
            _ = runspace.runLine("'a'; 5; [pscustomobject]@{x=1;y='b'}; $null; @()")
            return host.text
        }
        #expect(text == "a\n5\n\nx y\n- -\n1 b\n\n")
    }

    @Test func `exit codes are pwsh's`() async {
        func code(_ script: String) async -> Int32 {
            await onThread {
                let runspace = Runspace(host: RecordingHost())
                runspace.register(ProbeCommands.module)
                return runspace.runCommand(script)
            }
        }
        #expect(await code("'fine'") == 0)
        #expect(await code("exit 7") == 7)
        #expect(await code("Write-Error e") == 1)
        #expect(await code("Write-Error e; 'fine'") == 0)
        #expect(await code("throw 'x'") == 1)
        #expect(await code("nosuch") == 1)
        #expect(await code("/bin/sh -c 'exit 5'") == 1)
        #expect(await code("/bin/sh -c 'exit 5'; exit $LASTEXITCODE") == 5)
        #expect(await code("if (") == 1)
    }
}

struct RaiseInterrupt: Cmdlet {
    static let signature = Signature("Raise-Interrupt")
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let interrupt: Interrupt? = io.runspace.service(Interrupt.self)
        interrupt?.raise()
    }
}

final class WaitProbe: Sendable {
    let wasCancelled = Atomic<Bool>(false)
}

struct WaitForever: Cmdlet {
    static let signature = Signature("Wait-Forever")
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let probe: WaitProbe? = io.runspace.service(WaitProbe.self)
        let interrupt = io.interrupt
        _ = try io.wait { () async throws(Failure) -> Bool in
            // The interrupt comes while the task certainly runs.
            interrupt.raise()
            while !Task.isCancelled { await Task.yield() }
            probe?.wasCancelled.store(true, ordering: .releasing)
            return true
        }
    }
}

struct CountUp: Cmdlet {
    static let signature = Signature("Count-Up")
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        _ = try io.wait(reporting: { (number: Int) throws(Stop) in
            io.progress(ProgressRecord(activity: String(number)))
        }) { publish async throws(Failure) -> Bool in
            for number in 1...3 { publish(number) }
            return true
        }
        try io.emit(.string("done"))
    }
}
