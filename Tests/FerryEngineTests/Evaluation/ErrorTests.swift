import FerryEngine
import Testing

@Suite struct ErrorTests {
    static let rows: [Row] = [
        Row("try { throw 'x' } catch { \"c $_\" }", "c x"), Row("try { 1 } finally { 2 }", "1|2"),
        Row("try { throw 'x' } catch { 1 } finally { 2 }", "1|2"),
        Row("try { nosuchcmd } catch { $_.FullyQualifiedErrorId }", "CommandNotFoundException"),
        Row("try { nosuchcmd } catch [System.Management.Automation.CommandNotFoundException] { 'cnf' }", "cnf"),
        Row(
            "try { throw [ArgumentException]'bad' } catch [ArgumentNullException] { 1 } catch [ArgumentException] { $_.Exception.Message }",
            "bad"),
        Row("try { throw [System.IO.FileNotFoundException]::new('f') } catch [System.IO.IOException] { 'io' }", "io"),
        Row("try { try { throw 'a' } catch { throw } } catch { \"again $_\" }", "again a"),
        Row("try { try { throw 'a' } finally { 'f' } } catch { 'c' }", "f|c"),
        Row(
            "try { Write-Error e; 'went on' } catch { 'no' }",
            "!Microsoft.PowerShell.Commands.WriteErrorException,Microsoft.PowerShell.Commands.WriteErrorException"),
        Row("try { Write-Error e -ErrorAction Stop } catch { \"stop $_\" }", "stop e"),
        Row("$ErrorActionPreference='Stop'; try { Write-Error e } catch { 'p' }", "p"),
        Row("Write-Error e -ErrorAction SilentlyContinue; $Error.Count", "1"),
        Row("Write-Error e -ea Ignore; $Error.Count", "0"),
        Row("Write-Error e -ea 0; $Error[0].Exception.Message", "e"),
        Row("Write-Error e -ev v -ea SilentlyContinue; $v.Count; \"$v\"", "1|e"),
        Row("Write-Error a -ev v -ea 0; Write-Error b -ev +v -ea 0; $v.Count", "2"),
        Row("$e = Write-Error e 2>&1; $e.GetType().Name; \"$e\"", "ErrorRecord|e"),
        Row("Write-Error e 2>$null; $?", "False"), Row("Write-Output 1 | % { $null }; $?", "<null>|True"),
        Row("try { throw @{a=1} } catch { $_.TargetObject.a }", "1"),
        Row("try { throw } catch { \"$_\" }", "ScriptHalted"),
        Row("try { [int]'q' } catch { $_.CategoryInfo.Category }", "InvalidArgument"),
        Row(
            "try { Get-Thing missing -ea Stop } catch { $_.FullyQualifiedErrorId; $_.CategoryInfo.Activity; $_.CategoryInfo.TargetName }",
            "Probe.thingMissing,Probe.Commands.GetThing|Get-Thing|missing"),
        Row(
            "try { Get-Thing missing -ea Stop } catch { \"$($_.CategoryInfo)\" }",
            "ObjectNotFound: (missing:String) [Get-Thing], Probe"),
        Row(
            "try { Fail-Hard boo } catch { $_.Exception.Message; $_.Exception.InnerException.Message; $_.ErrorDetails.RecommendedAction }",
            "boo\nthe inner cause|the inner cause|Name a thing that exists with -Name."),
        Row(
            "try { Fail-Hard boo } catch { $_.InvocationInfo.MyCommand.Name; $_.InvocationInfo.Line }",
            "Fail-Hard|try { Fail-Hard boo } catch { $_.InvocationInfo.MyCommand.Name; $_.InvocationInfo.Line }"),
        Row("trap { \"t $_\"; continue }; throw 'e'; 'after'", "t e|after"),
        Row("$ErrorActionPreference='SilentlyContinue'; 1/0; throw 'x'; 'on'", "on"),
        Row("try { $null.foo() } catch { $_.FullyQualifiedErrorId }", "InvokeMethodOnNull"),
        Row("try { 'a'.nope() } catch { $_.FullyQualifiedErrorId }", "MethodNotFound"),
        Row(
            "try { 'abc'.Substring(9) } catch { $_.FullyQualifiedErrorId; $_.Exception.InnerException.GetType().Name }",
            "ArgumentOutOfRangeException|ArgumentOutOfRangeException"),
        Row("try { 'abc'.Substring(1,2,3) } catch { $_.FullyQualifiedErrorId }", "MethodCountCouldNotFindBest"),
        Row("try { $x = 5; $x.foo = 1 } catch { $_.FullyQualifiedErrorId }", "PropertyAssignmentException"),
        Row("function f { throw 'in' }; try { f } catch { $_.ScriptStackTrace -match 'at f' }", "True"),
        Row(
            "try { try { 1/0 } catch { [int]'z' } } catch { $_.FullyQualifiedErrorId }",
            "InvalidCastFromStringToInteger"),
        Row("try { throw 'a' } catch { $_ = 1 }; 'ok'", "ok"), Row("$r = try { throw 1 } catch { 'val' }; $r", "val"),
        Row("foreach ($i in 1..3) { try { if ($i -eq 2) { throw 'x' }; $i } catch { continue } }", "1|3"),
        Row("function f { try { return 1 } finally { 'f' } }; f", "1|f"),
        Row("$Error.Clear(); try { 1/0 } catch {}; $Error.Count", "1"),
        Row("Set-StrictMode -Version 1", "!CommandNotFoundException"),
        Row("try { & { 1/0; 'not reached' } } catch { 'got' }", "got"),
        Row("1,2 | % { if ($_ -eq 1) { throw 'first' }; $_ }", "!first"),
        Row("try { 1,2 | % { throw \"t$_\" } } catch { \"$_\" }", "t1"),
    ]

    @Test(arguments: rows) func `errors`(row: Row) async { await row.check() }

    @Test func `an uncaught error of a statement is shown and the next statement runs`() async {
        let outcome = await Script.run("1/0; 'next'")
        #expect(outcome.output == ["next"])
        #expect(outcome.errors == ["RuntimeException: Attempted to divide by zero."])
    }

    @Test func `throw ends the script`() async {
        let outcome = await Script.run("'a'; throw 'x'; 'b'")
        #expect(outcome.errors == ["x: x"])
    }

    @Test func `an upstream try does not see a downstream error`() async {
        let outcome = await Script.run(
            "function up { try { 1 } catch { 'wrong' } }; try { up | % { throw 'down' } } catch { \"right $_\" }")
        #expect(outcome.output == ["right down"])
    }

    @Test func `an unknown command has PowerShell's words`() async {
        let outcome = await Script.run("nosuchthing")
        #expect(
            outcome.errors == [
                "CommandNotFoundException: The term 'nosuchthing' is not recognized as a name of a cmdlet, function, script file, "
                    + "or executable program.\nCheck the spelling of the name, or if a path was included, verify that the path is "
                    + "correct and try again."
            ])
        #expect(outcome.views.first?.hasPrefix("nosuchthing: The term") == true)
    }

    @Test func `a typed line's error is the command's name with the message, and what to do`() async {
        let advice = "\n  Recommendation: Name a thing that exists with -Name."
        #expect(await Script.run("Get-Thing missing").views == ["Get-Thing: There is no thing named missing." + advice])
        #expect(await Script.run("Fail-Hard boo").views == ["Fail-Hard: boo\nthe inner cause" + advice])
        #expect(
            await Script.run("Fail-Hard boo").errors == [
                "Probe.thingMissing,Probe.Commands.FailHard: boo\nthe inner cause"
            ])
    }

    @Test func `an error inside a script shows its line and underlines the command`() async {
        let outcome = await Script.run("$x = 1\n  Get-Thing missing -Force\n")
        #expect(
            outcome.views == [
                """
                Get-Thing: 
                Line |
                   2 |    Get-Thing missing -Force
                     |    ~~~~~~~~~~~~~~~~~~~~~~~~
                     | There is no thing named missing.
                  Recommendation: Name a thing that exists with -Name.
                """
            ])
    }

    @Test func `a parse error names what is missing and where`() async {
        let outcome = await Script.run("if (1) {")
        #expect(outcome.errors.first?.hasPrefix("MissingEndCurlyBrace") == true)
    }

    @Test func `the error list keeps the newest 256`() async {
        #expect(
            await Script.run("foreach ($i in 1..300) { Write-Error \"$i\" -ea 0 }; $Error.Count; \"$($Error[0])\"")
                .output == ["256", "300"])
    }
}
