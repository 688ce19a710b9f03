import FerryLanguage
import Testing

@Suite struct StatementTests {
    @Test(arguments: [
        ("if ($a) { 1 } elseif ($b) { 2 } else { 3 }", "(if ($a {1}) ($b {2}) else {3})"),
        ("If(1){}\n\nElse\n{2}", "(if (1 {}) else {2})"),
        ("if (1) {2}\nfoo", "(if (1 {2})); (foo)"),
        ("if ($x = foo) {1}", "(if ((= $x (foo)) {1}))"),
        ("foreach ($i in 1..3) { $i }", "(foreach $i (.. 1 3) {$i})"),
        ("FOREACH($i IN Get-VM){ $i }", "(foreach $i (Get-VM) {$i})"),
        (":outer foreach ($i in 1) { break outer }", "(foreach:outer $i 1 {(break outer)})"),
        ("for ($i = 0; $i -lt 3; $i++) { $i }", "(for (= $i 0) (-lt $i 3) (x++ $i) {$i})"),
        ("for (;;) { break }", "(for _ _ _ {(break)})"),
        ("while ($true) { continue }", "(while $true {(continue)})"),
        ("do { 1 } while (2)", "(doWhile 2 {1})"),
        ("do { 1 }\nuntil (2)", "(doUntil 2 {1})"),
        (
            "switch ($x) { 1 { 'a' } 'b' { 2 } { $_ -gt 3 } { 4 } default { 5 } }",
            "(switch exact $x (1 {'a'}) ('b' {2}) ({(-gt $_ 3)} {4}) default {5})"
        ),
        ("switch -Wildcard -CaseSensitive ('a') { a* { 1 } }", "(switch wildcard case 'a' (a* {1}))"),
        ("switch -regex -file x.txt { '^a' { 1 } }", "(switch regex file x.txt ('^a' {1}))"),
        ("switch (1) { 1 {2}; 3 {4} \n}", "(switch exact 1 (1 {2}) (3 {4}))"),
        ("try { 1 } catch { 2 }", "(try {1} (catch {2}))"),
        (
            "try { 1 }\ncatch [A], [B.C] { 2 }\ncatch { 3 }\nfinally { 4 }",
            "(try {1} (catch [A][B.C]{2}) (catch {3}) finally {4})"
        ),
        ("try {1} finally { foreach ($a in 1) { break } }", "(try {1} finally {(foreach $a 1 {(break)})})"),
        ("trap { continue } 1", "(trap (continue)); 1"),
        ("trap [Exception] { 2 }", "(trap [Exception] 2)"),
        ("throw 'x'", "(throw 'x')"),
        ("throw", "(throw)"),
        ("return , $x", "(return (, $x))"),
        ("exit 3", "(exit 3)"),
        ("data { 'a' }", "(data _ {'a'})"),
        ("data foo -SupportedCommand a, b { a }", "(data foo a b {(a)})"),
        ("1;;2\n\n3", "1; 2; 3"),
    ])
    func `statements`(_ text: String, _ expected: String) {
        #expect(SyntaxPrinter.print(text) == expected)
    }

    @Test(arguments: [
        ("function foo { 1 }", "(function foo {1})"),
        ("function foo($a, [int]$b = 3) { $a }", "(function foo {(param $a [int]$b=3) $a})"),
        ("function Get-Thing ( ) { }", "(function Get-Thing {(param )})"),
        ("filter f { $_ }", "(filter f {$_})"),
        ("function global:f { }", "(function global:f {})"),
        ("function a { function b { 1 } b }", "(function a {(function b {1}); (b)})"),
        ("function a { begin { 1 } process { 2 } end { 3 } }", "(function a {(begin 1) (process 2) (end 3)})"),
        ("function a { param($x) process { $x } clean { 1 } }", "(function a {(param $x) (process $x) (clean 1)})"),
        ("param($a = 1, $b) $a", "(param $a=1 $b) $a"),
        (
            "[CmdletBinding(SupportsShouldProcess = $true)]\nparam(\n [Parameter(Mandatory, Position=0)]\n [string[]]\n"
                + " $Name,\n [switch] $Force\n)\nfoo",
            "(param [CmdletBinding(SupportsShouldProcess=$true)] [Parameter(Mandatory Position=0)][string[]]$Name "
                + "[switch]$Force) (foo)"
        ),
        (
            "param([ValidateSet('a', 'b', IgnoreCase = $false)] $x)",
            "(param [ValidateSet('a' 'b' IgnoreCase=$false)]$x)"
        ),
        ("param([ValidateScript({ $_ -gt 1 })] $x)", "(param [ValidateScript({(-gt $_ 1)})]$x)"),
        ("using namespace System.IO\nusing module x\n1", "(using namespace System.IO) (using module x) 1"),
        ("$x = { param($a) $a }", "(= $x {(param $a) $a})"),
        ("{ [int]$x }", "{(cast int $x)}"),
        ("{ [CmdletBinding()] param() 1 }", "{(param [CmdletBinding()] ) 1}"),
        ("param", "(param)"),
    ])
    func `script blocks and functions`(_ text: String, _ expected: String) {
        #expect(SyntaxPrinter.print(text) == expected)
    }

    @Test func `a script block is printed as it was written`() throws {
        let script = try #require(Parser.parse("$x = {  Get-VM |`\n  foo # c\n }").script)
        guard case .assignment(let node)? = script.end?.body.statements.first,
            case .scriptBlock(let block)? = node.value.soleExpression
        else {
            Issue.record("not a script block")
            return
        }
        #expect(block.block.text == "  Get-VM |`\n  foo # c\n ")
        #expect(block.block.range.text == "{  Get-VM |`\n  foo # c\n }")
    }

    @Test func `the definition of a function with inline parameters starts with a param line`() throws {
        let script = try #require(Parser.parse("function f($a, [int] $b) { $a }").script)
        guard case .function(let node)? = script.end?.body.statements.first else {
            Issue.record("not a function")
            return
        }
        #expect(node.definition == "param($a, [int] $b)  $a ")
    }

    @Test func `requires lines are commands`() throws {
        let script = try #require(Parser.parse("#requires -Version 7.0 -Modules Hyper-V, x\n# requires no\n1").script)
        #expect(script.requirements.count == 1)
        #expect(
            SyntaxPrinter.print(.command(script.requirements[0].command))
                == "(requires -Version 7.0f -Modules (, Hyper-V x))")
    }

    @Test func `only a binding attribute makes a block advanced`() throws {
        #expect(try #require(Parser.parse("[CmdletBinding()]param($a)").script).isAdvanced)
        #expect(try #require(Parser.parse("param([parameter()]$a)").script).isAdvanced)
        #expect(try !#require(Parser.parse("param([string]$a)").script).isAdvanced)
    }
}
