import FerryLanguage
import Testing

@Suite struct CommandTests {
    @Test(arguments: [
        ("Get-VM", "(Get-VM)"),
        ("Get-VM web01", "(Get-VM web01)"),
        ("Get-VM -Name web01 -Force", "(Get-VM -Name web01 -Force)"),
        ("Set-VM -Force:$true -X:1,2", "(Set-VM -Force:$true -X:(, 1 2))"),
        ("Get-VM a,b, c", "(Get-VM (, a b c))"),
        ("Get-VM *.txt /root ~/x a.b", "(Get-VM *.txt /root ~/x a.b)"),
        ("echo $x.Name $y[0]", "(echo (. $x Name) ([] $y 0))"),
        ("echo $x/foo a$b", "(echo \"{$x}/foo\" \"a{$b}\")"),
        ("echo ${x}foo", "(echo \"{$x}foo\")"),
        ("echo a\"b $c\"d", "(echo \"ab {$c}d\")"),
        ("echo a'b c'd", "(echo ab cd)"),
        ("echo $(1+2) x$(3)y", "(echo $((+ 1 2)) \"x{$(3)}y\")"),
        ("echo (1) @(2) @{a=3} {4}", "(echo <1> @(2) @{a=3} {4})"),
        ("echo 1 1.5 1kb 0x10 -1 1x", "(echo 1 1.5f 1024 16 -1 1x)"),
        ("echo 2+2 a=b", "(echo 2+2 a=b)"),
        ("echo + = * % ! ] [", "(echo + = * % ! ] [)"),
        ("echo if foreach", "(echo if foreach)"),
        ("echo a`b `$x a` b", "(echo a\u{08} $x a b)"),
        ("echo `\n a", "(echo a)"),
        ("echo -- -x --", "(echo -- -x --)"),
        ("ping --% -n 1 %x% | cat", "(ping --% <-n 1 %x% >) | (cat)"),
        ("& $x 1", "(& $x 1)"),
        ("& 'a b' 1", "(& 'a b' 1)"),
        ("& { 1 } 2", "(& {1} 2)"),
        (". ./x.ps1 a", "(. ./x.ps1 a)"),
        (". $PSScriptRoot/x.ps1", "(. \"{$PSScriptRoot}/x.ps1\")"),
        ("./x.ps1 a", "(./x.ps1 a)"),
        ("..", "(..)"),
        ("% { $_ }", "(% {$_})"),
        ("? Name -eq x", "(? Name -eq x)"),
        ("where State -EQ 'Running'", "(where State -EQ 'Running')"),
        ("7z a x", "(7z a x)"),
        ("1?2:3", "(1?2:3)"),
        ("a?b", "(a?b)"),
        (":foo bar", "(:foo bar)"),
        ("foo @args @x", "(foo @args @x)"),
        ("foo -a -b:", "error ParameterRequiresArgument"),
        ("foo –Name x", "(foo -Name x)"),
        ("foo ‘a’ “b”", "(foo 'a' 'b')"),
        ("foo -Path:c:/x", "(foo -Path:c:/x)"),
        ("foo http://x/y?z=1", "(foo http://x/y?z=1)"),
        ("foo -a-b -a.b", "(foo -a-b -a .b)"),
        ("foo a#b #c", "(foo a#b)"),
        ("foo <# c #> a", "(foo a)"),
        ("Hyper-V\\Get-VM", "(Hyper-V\\Get-VM)"),
        ("foo:bar 1", "(foo:bar 1)"),
        ("$x.a | foo", "(. $x a) | (foo)"),
        ("\"a\" | foo", "'a' | (foo)"),
        ("a | b |\n c", "(a) | (b) | (c)"),
        ("a\n | b\n# x\n | c", "(a) | (b) | (c)"),
        ("a && b || c", "(chain (a) && (b) || (c))"),
        ("a\n&& b", "(chain (a) && (b))"),
        ("a &", "(background (a))"),
        ("a; b\nc", "(a); (b); (c)"),
    ])
    func `words of commands`(_ text: String, _ expected: String) {
        #expect(SyntaxPrinter.print(text) == expected)
    }

    @Test(arguments: [
        ("a > x", "(a 1>x)"),
        ("a >> $x", "(a 1>>$x)"),
        ("a 2> x 3>&1", "(a 2>x 3>&1)"),
        ("a 2>&1 | b", "(a 2>&1) | (b)"),
        ("a *> $null", "(a *>$null)"),
        ("a *>&1", "(a *>&1)"),
        ("1 > x", "1 1>x"),
        ("a b>c", "(a b>c)"),
        ("a >x b", "(a b 1>x)"),
        ("a 1>&2", "error RedirectionNotSupported"),
        ("a < b", "error RedirectionNotSupported"),
        ("a > x > y", "error StreamAlreadyRedirected"),
        ("a >", "error MissingFileSpecification"),
    ])
    func `redirections`(_ text: String, _ expected: String) {
        #expect(SyntaxPrinter.print(text) == expected)
    }

    @Test func `a parameter keeps how it was written for native commands`() throws {
        let script = try #require(Parser.parse("ssh –p:22 -o").script)
        guard case .pipeline(let pipeline)? = script.end?.body.statements.first,
            case .command(let command) = pipeline.elements[0]
        else {
            Issue.record("not a command")
            return
        }
        let written = command.arguments.map { if case .parameter(let parameter) = $0 { parameter.written } else { "" } }
        #expect(written == ["–p:", "-o"])
    }
}
