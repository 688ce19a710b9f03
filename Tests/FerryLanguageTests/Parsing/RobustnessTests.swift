import FerryLanguage
import Testing

/// Whatever is typed, the parser answers: with a tree or with an error, soon, and without running out of stack.
@Suite struct RobustnessTests {
    static let sample = #"""
        #requires -Version 7.0
        <# comment #>
        using namespace System.IO
        [CmdletBinding(SupportsShouldProcess)]
        param(
            [Parameter(Mandatory, ValueFromPipeline)] [ValidateSet('a', "b$x")] [string[]] $Name = @('x', "y"),
            [switch] $Force
        )
        begin { $script:count = 0; $h = @{ a = 1; 'b c' = { $_ }; $k = Get-VM | select -First 1 } }
        process {
            foreach ($n in $Name) {
                if ($n -like 'web*' -and -not $Force) { continue }
                elseif ($n -match '^(\d+)$') { $Matches[1] } else { "other ${n} $($n.Length + 1) ""q""" }
                switch -Regex ($n) { '^a' { 1; break } default { $x++ } }
                :outer for ($i = 0; $i -lt 10kb; $i += 2) { do { break outer } until ($i -gt 0x1F) }
                try { Move-VM -Name $n -DestinationHost:NODE1 @splat -X 1,2 2>&1 3> $null }
                catch [System.IO.IOException], [Exception] { throw "failed: $_" }
                finally { $null = [math]::Round(1.5, 2) }
                $a, [int]$b = $n.Split('-')[0, -1]
                $y = $a ? $b : ${c d}?.Foo ?? (1..3 -join ',')
                & $cmd -- -x | ForEach-Object { $_ } && Write-Host "done" || exit 3
                $text = @"
        here $n "quoted" $(Get-Date)
        "@
                $raw = @'
        raw $n
        '@
                cmd --% /c %x% | Out-Null
            }
        }
        end { return , $list }
        """#

    static let loop = #"""
        foreach ($n in $Name) {
            if ($n -like 'web*') { continue } else { "other ${n} $($n.Length + 1) ""q""" }
            Move-VM -Name $n -DestinationHost:NODE1 @splat -X 1,2 2>&1 3> $null
        }
        """#

    @Test func `the sample parses`() {
        let parsed = Parser.parse(Self.sample)
        #expect(parsed.diagnostics.isEmpty)
        #expect(parsed.tokens.first?.kind == .comment)
    }

    @Test func `tokens stand in order and do not overlap`() {
        var end = 0
        for token in Parser.parse(Self.sample).tokens {
            #expect(token.range.start >= end)
            end = token.range.end
        }
    }

    @Test func `every prefix is answered`() {
        let bytes = Array(Self.sample.utf8)
        for length in 0...bytes.count {
            let parsed = Parser.parse(String(decoding: bytes[..<length], as: UTF8.self))
            #expect((parsed.script == nil) == !parsed.diagnostics.isEmpty)
        }
    }

    @Test func `every suffix is answered`() {
        let bytes = Array(Self.sample.utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            _ = Parser.parse(String(decoding: bytes[start...], as: UTF8.self))
        }
    }

    @Test(arguments: [UInt64(1), 7, 42, 1009]) func `seeded mutations are answered`(_ seed: UInt64) {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let alphabet = Array("(){}[]@$\"'`|&;,.:?-+*/%=<>#!~\\ \n\r\tax0159_\u{2019}\u{201C}é\0".utf8)
        for _ in 0..<400 {
            var bytes = Array(Self.sample.utf8)
            for _ in 0..<(1 + random(6)) {
                let place = random(bytes.count)
                switch random(3) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(alphabet[random(alphabet.count)], at: place)
                default: bytes[place] = alphabet[random(alphabet.count)]
                }
            }
            let parsed = Parser.parse(String(decoding: bytes, as: UTF8.self))
            for error in parsed.diagnostics {
                #expect(error.range.start <= error.range.end)
                #expect(!error.id.isEmpty)
                _ = error.range.startPosition
                _ = error.range.text
            }
        }
    }

    @Test(arguments: [
        "(", "{", "@(", "$(", "@{a=", "[int]", "!", "-", ",", "\"$(", "$x.a(", "$x[", "if (1) {", "& {", "$a ? 1 : ",
        "[a[", "f (",
        "try {", "[a({", "1 + (", "$x = ", "function f {", "switch (1) { 1 {", "while (", "foo -x:(",
    ])
    func `deep nesting is an error and not a crash`(_ opening: String) {
        let parsed = Parser.parse(String(repeating: opening, count: 20_000))
        #expect(parsed.script == nil)
    }

    @Test(arguments: [
        ("1", "+1"), ("$x", ".a"), ("$x", "[0]"), ("1", ",1"), ("a", "|b"), ("a", "\nb"), ("'a'", "+'b'"), ("a", " b"),
        ("$a", "-and $b"),
    ])
    func `long chains are read without deep stacks`(_ first: String, _ next: String) {
        let parsed = Parser.parse(first + String(repeating: next, count: 50_000))
        #expect(parsed.script != nil || parsed.diagnostics[0].id == "ScriptTooComplicated")
    }

    @Test func `a chain of ordinary length is fine`() {
        #expect(Parser.parse("'a'" + String(repeating: " +\n'b'", count: 1_500)).script != nil)
    }

    @Test func `time grows with the text and not faster`() {
        let clock = ContinuousClock()
        // The best of several: what else the computer does counts little. Ten times the text that took the square of the time would
        // take a hundred times as long.
        func time(_ count: Int) -> Duration {
            let text = String(repeating: "function f { \(Self.loop) }\n", count: count)
            let times = (0..<7).map { _ in clock.measure { #expect(Parser.parse(text).diagnostics.isEmpty) } }
            return times.min() ?? .zero
        }
        let short = time(20)
        let long = time(200)
        #expect(long < short * 60)
    }
}
