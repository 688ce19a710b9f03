import FerryEngine
import Testing

@Suite struct StatementTests {
    static let flow: [Row] = [
        Row("if (1) {'y'} else {'n'}", "y"), Row("if ($null) {1} elseif (2) {'e'} else {3}", "e"),
        Row("$x = if (1) {'v'}; $x", "v"),
        Row("$x = foreach ($i in 1..3) { $i*2 }; $x -join ','", "2,4,6"),
        Row("foreach ($i in 1..5) { if ($i -eq 3) {break}; $i }", "1|2"),
        Row("foreach ($i in 1..5) { if ($i % 2) {continue}; $i }", "2|4"),
        Row("for ($i=0;$i -lt 3;$i++) { $i }", "0|1|2"),
        Row("$i=0; while ($i -lt 3) { $i; $i++ }", "0|1|2"), Row("$i=0; do { $i; $i++ } while ($i -lt 2)", "0|1"),
        Row("$i=0; do { $i; $i++ } until ($i -ge 2)", "0|1"),
        Row(":o foreach ($i in 1..3) { foreach ($j in 1..3) { if ($j -eq 2) {continue o}; \"$i$j\" } }", "11|21|31"),
        Row(":o while (1) { while (1) { break o } }; 'out'", "out"),
        Row("1..5 | % { if ($_ -eq 3) {return}; $_ }", "1|2|4|5"),
        Row("foreach ($x in $null) { 'no' }; 'end'", "end"), Row("foreach ($x in 5) { $x }", "5"),
        Row("foreach ($k in @{a=1}) { $k.a }", "1"),
        Row("switch (2) { 1 {'a'} 2 {'b'} default {'d'} }", "b"), Row("switch (1,9) { 1 {'a'} default {'d'} }", "a|d"),
        Row("switch ('hello') { {$_.Length -gt 3} {'long'} 'hello' {'same'} }", "long|same"),
        Row("switch ('hello') { 'hello' {'1'; break} 'HELLO' {'2'} }", "1"),
        Row("switch -Wildcard ('abc') { 'a*' {'w'} '*z' {'z'} }", "w"),
        Row("switch -Regex ('a12') { '\\d+' { $Matches[0] } }", "12"),
        Row("switch -CaseSensitive ('A') { 'a' {'l'} 'A' {'u'} }", "u"),
        Row("switch (1..3) { 2 {continue} default {$_} }", "1|3"), Row("switch (3) { (1+2) {'sum'} }", "sum"),
        Row("$r = switch (1) { 1 {'q'} }; $r", "q"),
        Row("foreach ($i in 1..2) { switch ($i) { 1 { continue } 2 { 'two' } }; 'after' }", "after|two|after"),
        Row("$(1;2) -join ','", "1,2"), Row("@(1;2).Count", "2"), Row("@().Count", "0"), Row("@($null).Count", "1"),
        Row("(,1).Count", "1"),
        Row("$a,$b,$c = 1,2,3,4; \"$a $b $c\"", "1 2 3 4"), Row("$a,$b = 1; \"[$b]\"", "[]"),
        Row("$a = $b = 7; $a+$b", "14"),
        Row("$a,$b = 1,2; $a,$b = $b,$a; \"$a$b\"", "21"), Row("$null = 5; 'n'", "n"), Row("($x = 5)", "5"),
        Row("$x = 5", ""),
        Row("1; 2; 3", "1|2|3"), Row("$x = & { 1; 2 }; $x.Count", "2"), Row("$x = & { ,@(1,2) }; $x.Count", "2"),
        Row("$x = & {}; $null -eq $x", "True"),
        Row("(& {}) | % { 'never' }; 'done'", "done"), Row("$null | % { 'once' }", "once"), Row("'a' && 'b'", "a|b"),
        Row("(1/1) && 'ok'", "1|ok"),
        Row("Write-Error x 2>$null || 'fallback'", "fallback"), Row("'x' || 'no'", "x"), Row("exit 3; 'no'", ""),
        Row("data { 'a','b' }", "a|b"), Row("$d = @{a=1; 'b c'=2; 3='x'}; $d.a; $d.'b c'; $d[3]", "1|2|x"),
        Row("@{a=1;a=2}", "!DuplicateKeyInHashLiteral"), Row("$h=@{}; $h.x.y", "<null>"),
        Row("[int]$x = '5'; $x = '7'; $x.GetType().Name", "Int32"),
        Row("[int]$x = 1; $x = 'abc'", "!RuntimeException"),
        Row("[ValidateSet('a','b')]$v='a'; $v='c'", "!ValidateSetFailure"),
        Row("$x = 1,2,3; $x[0,-1] -join ','", "1,3"), Row("$x=1,2,3; $x[1..2] -join ','", "2,3"),
        Row("(1,2,3)[5]", "<null>"), Row("'abc'[1]", "b"),
        Row("'abc'[-1]", "c"), Row("$null[0]", "!NullArray"), Row("$a=1,2; $a[0]=9; $a -join ','", "9,2"),
        Row("$a=1,2; $a[5]=1", "!System.IndexOutOfRangeException"),
        Row("$h=[ordered]@{x=1;y=2}; $h[1]", "2"), Row("$h=@{a=1,2,3}; $h.a[1]", "2"), Row("(5)[0]", "5"),
        Row("\"a $(1+1) b\"", "a 2 b"), Row("\"$((1,2))\"", "1 2"), Row("$OFS='-'; \"$(1,2)\"", "1-2"),
        Row("$a=@{n='v'}; \"$a.n $($a.n)\"", "System.Collections.Hashtable.n v"),
        Row("\"${env:HOME}\" -eq $HOME", "True"), Row("$x='v'; \"${x}y $x`t|\"", "vy v\t|"), Row("'a''b'", "a'b"),
        Row("@'\nx$y\n'@", "x$y"), Row("$y=2; @\"\nx$y\n\"@", "x2"),
    ]

    @Test(arguments: flow) func `statements do what the language says`(row: Row) async { await row.check() }

    static let scopes: [Row] = [
        Row("$x=1; function f { $x=2; $x }; f; $x", "2|1"), Row("$x=1; & { $x=2 }; $x", "1"),
        Row("$x=1; . { $x=2 }; $x", "2"),
        Row("function f { $global:g=5 }; f; $g", "5"), Row("$script:s=3; function f { $script:s++ }; f; $s", "4"),
        Row("function f { $y='inner'; g }; function g { $y }; f", "inner"),
        Row("$x='a'; $sb={ $x }; $x='c'; & $sb", "c"),
        Row("$x=1; $c={ $x }.GetNewClosure(); $x=2; & $c", "1"), Row("$v=41; & { $v++; $v }; $v", "42|41"),
        Row("function f { $private:p=1; g }; function g { \"[$p]\" }; f", "[]"), Row("1..2 | % { $t += $_ }; $t", "3"),
        Row("$env:FERRY_T='q'; $env:FERRY_T; $env:FERRY_T=$null; \"[$env:FERRY_T]\"", "q|[]"),
        Row("function f {'v'}; $function:f.ToString().Trim()", "'v'"),
        Row("$function:q = { 'dyn' }; q", "dyn"), Row("Set-Alias x y", "!CommandNotFoundException"),
        Row("$local:z=1; $z", "1"),
        Row("$true = 5", "!VariableNotWritable"), Row("$undefined", "<null>"), Row("$a='x'; ${a b}=2; ${a b}", "2"),
        Row("$_ = 5; $_", "5"),
        Row("1..2 | % { $o=$_; 'a','b' | % { \"$o$_\" } ; $_ }", "1a|1b|1|2a|2b|2"), Row("'p' | % { & { $_ } }", "p"),
        Row("$foo:bar", "!DriveNotFound"),
    ]

    @Test(arguments: scopes) func `names are found in the scopes PowerShell looks in`(row: Row) async {
        await row.check()
    }

    static let functions: [Row] = [
        Row("function f($a,$b) { \"$a-$b\" }; f 1 2", "1-2"), Row("function f { param($a=9) $a }; f", "9"),
        Row("function f($a) { $args.Count }; f 1 2 3", "2"),
        Row("function f { $args[1] }; f a b", "b"), Row("function f { $input.Count }; 1..3 | f", "3"),
        Row("function f { process { $_*2 } }; 1..3 | f", "2|4|6"),
        Row("filter f { $_+1 }; 1,2 | f", "2|3"),
        Row("function f { begin {'b'} process {$_} end {'e'} }; 1,2 | f", "b|1|2|e"),
        Row("function f { return 5; 6 }; f", "5"),
        Row("function f { 1; return 2 }; (f).Count", "2"), Row("function f { ,@(1) }; (f).GetType().Name", "Object[]"),
        Row("function f { @(1) }; (f).GetType().Name", "Int32"),
        Row("function f { @() }; $null -eq (f)", "True"),
        Row("function f([int]$n) { if ($n -le 1) {1} else { $n * (f ($n-1)) } }; f 10", "3628800"),
        Row("function f([string]$s) { \"[$s]\" }; f", "[]"), Row("function f([int]$n) { $n }; f", "0"),
        Row("function f([switch]$s) { \"$s\" }; f -s", "True"),
        Row("function f([int[]]$n) { $n.Count }; f 1,2,3", "3"), Row("$b={ param($x) $x*2 }; & $b 4", "8"),
        Row("& { $args[0] } 7", "7"),
        Row("(& { param([Parameter(ValueFromPipeline)]$p) process { $p } } 3)", "3"), Row("{ 1+1 }.Invoke()", "2"),
        Row("{ param($a) $a }.Invoke(9)", "9"),
        Row("[scriptblock]::Create('1+2').Invoke()", "3"), Row("function f { $MyInvocation.MyCommand.Name }; f", "f"),
        Row("function f { $PSBoundParameters.Keys }; f", ""),
        Row("function f($a,$b) { $PSBoundParameters.Count }; f -a 1", "1"),
        Row("function f { param($a) $a = 5; $a }; f 1", "5"),
        Row("function outer { function inner {'i'}; inner }; outer", "i"),
        Row("function a { b @args }; function b($x,$y) { \"$x,$y\" }; a 1 2", "1,2"),
        Row("function a { b @args }; function b($x,$y) { \"$x,$y\" }; a -y 1 -x 2", "2,1"),
        Row("function a($x) { b @PSBoundParameters }; function b($x) { \"b$x\" }; a 3", "b3"),
        Row("function f { \"$args\" }; f -foo bar", "-foo bar"),
        Row("function f($a) { $a }; f -a:5", "5"), Row("function f { 'x' | Write-Output }; f", "x"),
        Row("function f($x) { $x.GetType().Name }; f 1,2", "Object[]"),
        Row("function Get-Foo { 'got' }; Foo", "got"), Row("function f { [CmdletBinding()] param() 'adv' }; f", "adv"),
        Row("'x' | & { process { \"p$_\" } }", "px"),
        Row("function f { param($a, $b = $a * 2) $b }; f 4", "8"),
        Row("$x = 'f'; function f { 'called' }; & $x", "called"), Row("& $null", "!BadExpression"),
        Row("function f($n) { if ($n -eq 0) { 'bottom' } else { f ($n-1) } }; f 200", "bottom"),
    ]

    @Test(arguments: functions) func `functions and script blocks`(row: Row) async { await row.check() }

    @Test func `endless recursion is an error that can be caught, not a crash`() async {
        let outcome = await Script.run("function f { f }; try { f } catch { $_.FullyQualifiedErrorId }")
        #expect(outcome.output == ["CallDepthOverflow"])
    }

    @Test func `exit ends the script with its code`() async {
        #expect(await Script.run("'a'; exit 3; 'b'").exitCode == 3)
    }

    @Test func `a block that overruns its loop's break leaves the loop`() async {
        #expect(
            await Script.run("foreach ($i in 1..3) { 1..3 | % { if ($_ -eq 2) { break }; \"$i$_\" } }; 'end'").output
                == ["11", "end"])
    }
}
