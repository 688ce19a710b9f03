import FerryLanguage
import Testing

@Suite struct LiteralTests {
    @Test(arguments: [
        ("1", "1"), ("2147483647", "2147483647"), ("2147483648", "2147483648l"), ("-2147483648", "-2147483648"),
        ("9223372036854775807", "9223372036854775807l"), ("9223372036854775808", "9223372036854775808e-0d"),
        ("79228162514264337593543950335", "79228162514264337593543950335e-0d"),
        ("79228162514264337593543950336", "7.922816251426434e+28f"),
        ("1.5", "1.5f"), ("1.", "1.0f"), (".5", "0.5f"), ("1e3", "1000.0f"), ("1E-2", "0.01f"), ("1.5e+2", "150.0f"),
        ("1kb", "1024"), ("10GB", "10737418240l"), ("1.5GB", "1610612736.0f"), ("1PB", "1125899906842624l"),
        ("0x10", "16"), ("0xFF", "255"), ("0xFFFFFFFF", "-1"), ("0x7FFFFFFF", "2147483647"),
        ("0x80000000", "-2147483648"),
        ("0xFFFFFFFFFFFFFFFF", "-1l"), ("0xFFFFFFFFu", "4294967295u"), ("0x10kb", "16384"), ("0b101", "5"),
        ("0b11111111", "-1"), ("0b11111111uy", "255uy"),
        ("1l", "1l"), ("1d", "1e-0d"), ("1.50d", "150e-2d"), ("1e3d", "1000e-0d"), ("1y", "1y"), ("200uy", "200uy"),
        ("1s", "1s"), ("1us", "1us"), ("1u", "1u"), ("5000000000u", "5000000000ul"), ("1ul", "1ul"), ("1lkb", "1024l"),
        ("123456789012345678901234567890n", "123456789012345678901234567890n"), ("1.5l", "2l"), ("2.5l", "2l"),
    ])
    func `numbers get PowerShell's type`(_ text: String, _ expected: String) {
        #expect(SyntaxPrinter.print(text) == expected)
    }

    @Test(arguments: ["300uy", "1.2.3", "200y", "70000s", "1e400d"])
    func `what only looks like a number is none`(_ text: String) {
        #expect(Parser.number(text) == nil)
    }

    @Test func `a constant outside its type is an error in an expression and a word in an argument`() {
        #expect(SyntaxPrinter.print("$x = 300uy") == "error BadNumericConstant")
        #expect(SyntaxPrinter.print("echo 300uy") == "(echo 300uy)")
    }

    @Test func `strings convert to numbers by the same rules with a sign`() {
        #expect(Parser.number("-5") == .int32(-5))
        #expect(Parser.number("+0x10") == .int32(16))
        #expect(Parser.number("1kb") == .int32(1024))
        #expect(Parser.number("-1.5") == .double(-1.5))
        #expect(Parser.number("") == nil)
        #expect(Parser.number("12 ") == nil)
        #expect(Parser.number("abc") == nil)
    }

    @Test(arguments: [
        ("'a''b'", "'a'b'"), ("'a`n$x'", "'a`n$x'"), ("''", "''"),
        (#""a$x b""#, #""a{$x} b""#), (#""$x.Name""#, #""{$x}.Name""#), (#""$($x.Name)""#, #""{$((. $x Name))}""#),
        (#""${a b}c""#, #""{$a b}c""#), (#""$env:X $global:y""#, #""{$env:X} {$global:y}""#), (#""$""#, "'$'"),
        (#""$ x""#, "'$ x'"), (#""a""b""#, #"'a"b'"#), (#""a`"b""#, #"'a"b'"#), (#""`$x""#, "'$x'"),
        (#""`t`n`0`e`u{1F600}`q""#, "'\t\n\0\u{1B}😀q'"), (#""$x:""#, "error InvalidVariableReferenceWithDrive"),
        (#""$(1;2)$(3)""#, #""{$(1; 2)}{$(3)}""#), (#""$(echo "a $b")""#, #""{$((echo "a {$b}"))}""#),
        (#""$(""x"")""#, #""{$('x')}""#), (#""$(echo ')')""#, #""{$((echo ')'))}""#), (#""$a[0]""#, #""{$a}[0]""#),
        ("\"a\nb\"", "'a\nb'"), ("“a”", "'a'"), ("‘a’", "'a'"), (#""$$ $? $^""#, #""{$$} {$?} {$^}""#),
        (#""$($(1))""#, #""{$($(1))}""#), (#""100%""#, "'100%'"),
    ])
    func `quoted strings`(_ text: String, _ expected: String) {
        #expect(SyntaxPrinter.print(text) == expected)
    }

    @Test(arguments: [
        ("@'\na\n'@", "'a'"), ("@'\na\n'b'\n'@", "'a\n'b''"), ("@'\n'@", "''"), ("@'\n\n'@", "''"),
        ("@'  \na\r\nb\r\n'@", "'a\r\nb'"),
        ("@\"\na $x\n\"@", "\"a {$x}\""), ("@\"\n\"q\" `$y\n\"@", "'\"q\" $y'"), ("@\"\n$(1)\n\"@", "\"{$(1)}\""),
        ("@\"\n\"@", "''"), ("foo @'\na\n'@ b", "(foo 'a' b)"), ("@\"\n$x\n\n\"@", "\"{$x}\n\""),
    ])
    func `here-strings`(_ text: String, _ expected: String) {
        #expect(SyntaxPrinter.print(text) == expected)
    }

    @Test(arguments: [
        ("int", "int"), ("System.IO.Path", "System.IO.Path"), ("int[]", "int[]"), ("List[string]", "List[string]"),
        ("Dictionary[string,[int]]", "Dictionary[string,int]"), ("a b", nil), ("", nil), ("1x", nil),
    ])
    func `type names from text`(_ text: String, _ expected: String?) {
        #expect(Parser.typeName(text)?.name == expected)
    }
}
