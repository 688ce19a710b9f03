import FerryEngine
import Testing

@Suite struct BindingTests {
    static let rows: [Row] = [
        Row("Get-Thing", "ByName"), Row("Get-Thing a", "ByName name=a"), Row("Get-Thing a,b", "ByName name=a name=b"),
        Row("Get-Thing -Name a -Force", "ByName name=a force"),
        Row("Get-Thing -ThingName a", "ByName name=a"), Row("Get-Thing -na a", "ByName name=a"),
        Row("Get-Thing -Id 3", "ById id=3"), Row("Get-Thing -Id:3 -Force:$false", "ById id=3"),
        Row("Get-Thing a -Id 3", "!PositionalParameterNotFound,Probe.Commands.GetThing"),
        Row("Get-Thing -Name a -Id 3", "!AmbiguousParameterSet,Probe.Commands.GetThing"),
        Row("Get-Thing -Nope 1", "!NamedParameterNotFound,Probe.Commands.GetThing"),
        Row("Get-Thing a b", "!PositionalParameterNotFound,Probe.Commands.GetThing"),
        Row("Get-Thing -Id", "!MissingArgument,Probe.Commands.GetThing"),
        Row("Get-Thing -Id abc", "!CannotConvertArgumentNoMessage,Probe.Commands.GetThing"),
        Row("Get-Thing -Id 10", "!ParameterArgumentValidationError,Probe.Commands.GetThing"),
        Row("Get-Thing -Id 1,2", "!CannotConvertArgument,Probe.Commands.GetThing"),
        Row("Get-Thing -Name a -Name b", "!ParameterAlreadyBound,Probe.Commands.GetThing"),
        Row("Get-Thing -Color red", "ByName color=red"),
        Row("Get-Thing -Color blue", "!ParameterArgumentValidationError,Probe.Commands.GetThing"),
        Row("Get-Thing -Size large", "ByName size=Large"), Row("Get-Thing -Size l", "ByName size=Large"),
        Row("Get-Thing -Size 2", "ByName size=Small"),
        Row("Get-Thing -Size nope", "!CannotConvertArgumentNoMessage,Probe.Commands.GetThing"),
        Row("Set-Prefixed -Alpha 1", "!AmbiguousParameter,Ferry.Commands.SetPrefixed"),
        Row("Set-Prefixed -Verbosity 3", "VerbosityLevel"), Row("Set-Prefixed -AlphaO 1", "AlphaOne"),
        Row("Remove-Thing", "!MissingMandatoryParameter,Probe.Commands.RemoveThing"),
        Row("Remove-Thing ''", "!ParameterArgumentValidationErrorEmptyStringNotAllowed,Probe.Commands.RemoveThing"),
        Row("Remove-Thing $null", "!ParameterArgumentValidationErrorNullNotAllowed,Probe.Commands.RemoveThing"),
        Row("Remove-Thing @()", "!ParameterArgumentValidationErrorEmptyArrayNotAllowed,Probe.Commands.RemoveThing"),
        Row("'a','b' | Get-Thing", "ByName name=a|ByName name=b"),
        Row("[pscustomobject]@{Name='p'} | Get-Thing", "ByName name=p"),
        Row("[pscustomobject]@{ThingName='q'} | Get-Thing", "ByName name=q"),
        Row("5 | Get-Thing", "ByName name=5"), Row("'a' | Get-Thing -Force", "ByName name=a force"),
        Row("'a' | Get-Thing -Name b", "!InputObjectNotBound,Probe.Commands.GetThing"),
        Row("'a' | Set-Prefixed", "!InputObjectNotBound,Ferry.Commands.SetPrefixed"),
        Row("New-Machine web | Use-Machine", "machine web"), Row("'web' | Use-Machine", "name web"),
        Row("Use-Machine web", "name web"), Row("Use-Machine (New-Machine w)", "machine w"),
        Row("Use-Machine -VM web", "!CannotConvertArgumentNoMessage,Ferry.Commands.UseMachine"),
        Row("'a','b' | Rename-Thing -NewName { $_ + '.old' }", "a->a.old|b->b.old"),
        Row("Rename-Thing -NewName { 1 }", "!ScriptBlockArgumentNoInput,Ferry.Commands.RenameThing"),
        Row("[pscustomobject]@{NewName='z'} | Rename-Thing", "@{NewName=z}->z"),
        Row("$p=@{Name='s';Force=$true}; Get-Thing @p", "ByName name=s force"),
        Row("$p=@{Name='s'}; Get-Thing @p -Name t", "ByName name=t"), Row("$a='x'; Get-Thing @a", "ByName name=x"),
        Row("$a=@('x'); Get-Thing @a -Force", "ByName name=x force"),
        Row("$PSDefaultParameterValues['Get-Thing:Color']='green'; Get-Thing", "ByName color=green"),
        Row("$PSDefaultParameterValues['Get-Th*:Force']=$true; Get-Thing", "ByName force"),
        Row("Get-Thing -OutVariable ov | % { 'seen' }; $ov", "seen|ByName"), Row("Probe\\Get-Thing", "ByName"),
        Row("pgt z", "ByName name=z"), Row("GET-THING -FORCE", "ByName force"),
        Row("Get-Thing -Count '7'", "ByName count=7"), Row("Get-Thing -Count 2.5", "ByName count=2"),
        Row("Get-Thing -- -Name", "ByName name=-Name"), Row("Get-Thing (Get-Thing x)", "ByName name=ByName name=x"),
    ]

    @Test(arguments: rows) func `compiled commands`(row: Row) async { await row.check() }

    static let scripts: [Row] = [
        Row("function f { [CmdletBinding()] param([Parameter(Mandatory)]$a) $a }; f", "!MissingMandatoryParameter,f"),
        Row(
            "function f { param([Parameter(Mandatory)][string]$a) $a }; f ''",
            "!ParameterArgumentValidationErrorEmptyStringNotAllowed,f"),
        Row("function f { param([Parameter(Mandatory)][AllowEmptyString()][string]$a) \"[$a]\" }; f ''", "[]"),
        Row("function f { [CmdletBinding()] param($a,$b) \"$a$b\" }; f 1 2", "12"),
        Row("function f { [CmdletBinding()] param($a) $a }; f 1 2", "!PositionalParameterNotFound,f"),
        Row("function f { param([int]$n) $n }; f abc", "!ParameterArgumentTransformationError,f"),
        Row("function f { param([ValidateRange(1,3)][int]$n) $n }; f 4", "!ParameterArgumentValidationError,f"),
        Row("function f { param([ValidatePattern('^a')]$n) $n }; f ab", "ab"),
        Row("function f { param([ValidateScript({ $_ -gt 2 })]$n) $n }; f 1", "!ParameterArgumentValidationError,f"),
        Row("function f { param([ValidateScript({ $_ -gt 2 })]$n) $n }; f 3", "3"),
        Row("function f { param([ValidateLength(2,3)]$n) $n }; f a", "!ParameterArgumentValidationError,f"),
        Row("function f { param([ValidateCount(1,2)]$n) $n.Count }; f 1,2,3", "!ParameterArgumentValidationError,f"),
        Row("function f { param([ValidateNotNullOrEmpty()]$n) $n }; f ''", "!ParameterArgumentValidationError,f"),
        Row("function f { param([Alias('x','y')]$n) $n }; f -y 5", "5"),
        Row("function f { param([Parameter(ValueFromPipeline)]$p) process { \"p$p\" } }; 1,2 | f", "p1|p2"),
        Row(
            "function f { param([Parameter(ValueFromPipelineByPropertyName)]$Name) process { $Name } }; [pscustomobject]@{Name='n'} | f",
            "n"),
        Row(
            "function f { param([Parameter(ParameterSetName='A')]$a,[Parameter(ParameterSetName='B')]$b) $PSCmdlet.ParameterSetName }; f -b 1",
            "B"),
        Row(
            "function f { param([Parameter(ParameterSetName='A')]$a,[Parameter(ParameterSetName='B')]$b) }; f -a 1 -b 2",
            "!AmbiguousParameterSet,f"),
        Row(
            "function f { [CmdletBinding(DefaultParameterSetName='B')] param([Parameter(ParameterSetName='A')]$a,[Parameter(ParameterSetName='B')]$b) $PSCmdlet.ParameterSetName }; f",
            "B"),
        Row("function f { param([Parameter(Position=1)]$a,[Parameter(Position=0)]$b) \"$a$b\" }; f x y", "yx"),
        Row("function f { param([Parameter(ValueFromRemainingArguments)]$r) $r.Count }; f 1 2 3", "3"),
        Row("function f { [CmdletBinding()] param() $VerbosePreference }; f -Verbose", "Continue"),
        Row("function f { [CmdletBinding()] param() g }; function g { $VerbosePreference }; f -Verbose", "Continue"),
        Row(
            "function f { [CmdletBinding(SupportsShouldProcess)] param() if ($PSCmdlet.ShouldProcess('t','a')) { 'did' } }; f",
            "did"),
        Row(
            "function f { [CmdletBinding(SupportsShouldProcess)] param() if ($PSCmdlet.ShouldProcess('t','a')) { 'did' }; 'end' }; f -WhatIf",
            "end"),
        Row("function f { [CmdletBinding()] param($x) }; f -y 1", "!NamedParameterNotFound,f"),
        Row("function f { [CmdletBinding()] param() process {} }; 1 | f", "!InputObjectNotBound,f"),
        Row("function f([string]$s) { $s }; f 1,2", "!ParameterArgumentTransformationError,f"),
        Row("function f([bool]$b) { $b }; f 'x'", "!ParameterArgumentTransformationError,f"),
        Row("function f([bool]$b) { $b }; f 1", "True"),
        Row("function f { param($x = $(throw 'need x')) $x }; try { f } catch { \"$_\" }", "need x"),
        Row("function f { param([Parameter(Mandatory)][int[]]$n) $n -join '+' }; f 1,2", "1+2"),
        Row("function f { param([DayOfWeek]$d) \"$d\" }; f tue", "Tuesday"),
        Row("function f { param([datetime]$d) $d.Year }; f '2020-05-06'", "2020"),
        Row("function f { param([scriptblock]$b) & $b }; f { 42 }", "42"),
        Row("function f { param([hashtable]$h) $h.a }; f @{a=1}", "1"),
        Row("function f { param([hashtable]$h) $h.a }; f 5", "!ParameterArgumentTransformationError,f"),
    ]

    @Test(arguments: scripts) func `script functions`(row: Row) async { await row.check() }

    @Test func `binder errors have PowerShell's words`() async {
        func message(_ script: String) async -> String {
            let text = await Script.run(script).errors.last ?? ""
            return text.firstIndex(of: " ").map { String(text[text.index(after: $0)...]) } ?? text
        }
        #expect(await message("Get-Thing -Nope 1") == "A parameter cannot be found that matches parameter name 'Nope'.")
        #expect(await message("Get-Thing a b") == "A positional parameter cannot be found that accepts argument 'b'.")
        #expect(
            await message("Get-Thing -Id")
                == "Missing an argument for parameter 'Id'. Specify a parameter of type 'System.Int32' and try again.")
        #expect(
            await message("Set-Prefixed -Alpha 1")
                == "Parameter cannot be processed because the parameter name 'Alpha' is ambiguous. Possible matches include: "
                + "-AlphaOne -AlphaTwo.")
        #expect(
            await message("Remove-Thing")
                == "Cannot process command because of one or more missing mandatory parameters: Name.")
        #expect(
            await message("Get-Thing -Id abc")
                == "Cannot bind parameter 'Id'. Cannot convert value \"abc\" to type \"System.Int32\". Error: \"The input string "
                + "'abc' was not in a correct format.\"")
        #expect(
            await message("Get-Thing -Color blue")
                == "Cannot validate argument on parameter 'Color'. The argument \"blue\" does not belong to the set \"red,green\" "
                + "specified by the ValidateSet attribute. Supply an argument that is in the set and then try the command again."
        )
        #expect(
            await message("Get-Thing -Id 10")
                == "Cannot validate argument on parameter 'Id'. The 10 argument is greater than the maximum allowed range of 9. "
                + "Supply an argument that is less than or equal to 9 and then try the command again.")
    }

    @Test func `missing mandatory parameters are asked for where somebody can answer`() async {
        let outcome = await Script.run("Remove-Thing -Confirm:$false -Force", interactive: true, lines: ["a", "b", ""])
        #expect(outcome.output == ["removed a", "removed b"])
        #expect(outcome.text.contains("Supply values for the following parameters:"))
        #expect(outcome.text.contains("Name[0]: Name[1]: Name[2]: "))
    }

    @Test func `what-if prints and does nothing`() async {
        let outcome = await Script.run("Remove-Thing a,b -WhatIf -Force")
        #expect(outcome.output.isEmpty)
        #expect(
            outcome.text == """
                What if: Performing the operation "Remove Thing" on target "a".
                What if: Performing the operation "Remove Thing" on target "b".

                """)
    }

    @Test func `a command of high impact asks, and yes to all ends the questions`() async {
        let outcome = await Script.run("Remove-Thing a,b,c -Force", interactive: true, choices: [0, 1])
        #expect(outcome.output == ["removed a", "removed b", "removed c"])
        #expect(outcome.questions.count == 2)
        #expect(
            outcome.questions.first
                == "Confirm|Are you sure you want to perform this action?\nPerforming the operation \"Remove Thing\" on target \"a\"."
        )
    }

    @Test func `confirmation without anybody to ask is an error that says what to add`() async {
        let outcome = await Script.run("Remove-Thing a")
        #expect(outcome.errors.first?.contains("Add -Confirm:$false or, where the command has it, -Force.") == true)
    }

    @Test func `common parameters steer the message streams`() async {
        #expect(await Script.run("Write-Verbose v").verbose.isEmpty)
        #expect(await Script.run("Write-Verbose v -Verbose").verbose == ["v"])
        #expect(await Script.run("Write-Warning w").warnings == ["w"])
        #expect(await Script.run("Write-Warning w -WarningAction SilentlyContinue").warnings.isEmpty)
        #expect(await Script.run("Write-Warning w -WarningVariable x 3>$null; \"$x\"").output == ["w"])
        #expect(await Script.run("Write-Warning w 3>&1").output == ["w"])
    }
}
