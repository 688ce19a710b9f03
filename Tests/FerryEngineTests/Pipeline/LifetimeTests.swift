import FerryEngine
import FerryTestKit
import Testing

/// A runspace is freed when it has been closed and nobody uses it any more.
@Suite struct LifetimeTests {
    private final class Remains: @unchecked Sendable {
        // SAFETY: set on the runspace's thread, read after that thread has ended.
        weak var runspace: Runspace?
    }

    @Test(arguments: [
        "1",
        "function Count { param($n) if ($n -gt 0) { Count ($n - 1) } }; Count 20",
        "function Odd { param($n) if ($n) { Even ($n - 1) } }; function Even { param($n) if ($n) { Odd ($n - 1) } }; Odd 9",
        "function Outer { function Inner { param($n) if ($n) { Inner ($n - 1) } }; Inner 5 }; Outer; Outer",
        "function Loop { param($n) if ($n) { Loop ($n - 1) } }; Loop 3; function Loop { 'other' }; Loop",
        "$global:block = { $block }; & $block",
        "function Adder { $sum = 0; $step = { $sum + 1 }.GetNewClosure(); $global:step = $step }; Adder; & $step",
        "$self = @{}; $self.ui = $Host.UI; $self.raw = $Host.UI.RawUI; $self.context = $ExecutionContext",
        "$value = 5; $global:reference = [ref] $value; $global:view = $value.PSObject",
        "$x = [pscustomobject]@{ A = 1 } | Add-Member ScriptMethod Twice { $this.A * 2 } -PassThru; $x.Twice()",
        "Set-Alias again Count; function Count { param($n) if ($n) { again ($n - 1) } }; Count 4",
        "function Advanced { [CmdletBinding()] param() $global:cmdlet = $PSCmdlet; $global:call = $MyInvocation }; Advanced",
        "try { throw 'no' } catch { $global:caught = $_ }; nosuchcommand",
        "$PSStyle.Reset; prompt; $Host; $Error; 1..3 | ForEach-Object { $_ }",
    ])
    func `a closed runspace is freed whatever its scripts have left`(_ script: String) async {
        let remains = Remains()
        await onThread {
            let runspace = Runspace(host: RecordingHost())
            runspace.register(ProbeCommands.module)
            remains.runspace = runspace
            runspace.runLine(script)
            runspace.runLine(script)
            #expect(remains.runspace != nil)
            runspace.close()
        }
        #expect(remains.runspace == nil, "\(script)")
    }

    @Test func `modules that were loaded again and removed do not hold it`() async throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write(
            "Again.psm1", "$script:kept = { $kept }\nfunction Get-Again { param($n) if ($n) { Get-Again ($n - 1) } }\n")
        let remains = Remains()
        await onThread {
            let runspace = Runspace(host: RecordingHost())
            runspace.register(ProbeCommands.module)
            runspace.register(CommandModule("Probe", commands: [ReloadProbe.self]))
            remains.runspace = runspace
            for _ in 0..<3 { runspace.runLine("Reload-Probe '\(path)'; Get-Again 5") }
            #expect(runspace.errors.elements.isEmpty)
            runspace.close()
            runspace.close()
        }
        #expect(remains.runspace == nil)
    }
}

/// Imports a module, again if it is there.
private struct ReloadProbe: Cmdlet {
    static let name = Parameter<String>("Name", position: 0, mandatory: true)
    static let signature = Signature("Reload-Probe", parameters: [name])
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try io.importModule(call[Self.name], force: true)
    }
}
