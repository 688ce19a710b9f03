import FerryEngine
import Testing

/// Expectations follow the language's public documentation and published measurements of PowerShell's own behaviour.
@Suite struct ConversionTests {
    static let casts: [Row] = [
        Row("[int]'12'", "12"), Row("[int]' 5 '", "5"), Row("[int]''", "0"),
        Row("[int]'   '", "!InvalidCastFromStringToInteger"),
        Row("[int]'abc'", "!InvalidCastFromStringToInteger"), Row("[int]'0x10'", "16"), Row("[int]'0xFFFFFFFF'", "-1"),
        Row("[int]'1e3'", "1000"), Row("[byte]'1e3'", "!InvalidCastFromStringToInteger"), Row("[int]'7.5'", "8"),
        Row("[int]'2.5'", "2"), Row("[int]'.5'", "0"), Row("[int]'5.'", "5"), Row("[int]'1,000'", "1000"),
        Row("[int]'1kb'", "!InvalidCastFromStringToInteger"), Row("[int]'+7'", "7"), Row("[int]'007'", "7"),
        Row("[int]1.5", "2"), Row("[int]2.5", "2"), Row("[int]1.4", "1"), Row("[int]-1.5", "-2"),
        Row("[int]$null", "0"),
        Row("[int]$true", "1"), Row("[int][char]48", "48"), Row("[int]2147483648", "!InvalidCastIConvertible"),
        Row("[byte]300", "!InvalidCastIConvertible"), Row("[byte]-1", "!InvalidCastIConvertible"),
        Row("[byte]'0x80'", "128"), Row("[sbyte]'0x80'", "-128"), Row("[uint16]'0xFFFF'", "65535"),
        Row("[byte]'0x100'", "!InvalidCastFromStringToInteger"), Row("[long]1.5", "2"), Row("[double]'1,5'", "15"),
        Row("[double]'1.5'", "1.5"), Row("[decimal]'1.5'", "1.5"), Row("[char]'A'", "A"),
        Row("[char]'AB'", "!InvalidCastParseTargetInvocation"), Row("[char]''", "!InvalidCastParseTargetInvocation"),
        Row("[char]65", "A"), Row("[char]65536", "!InvalidCastIConvertible"), Row("[bool]0", "False"),
        Row("[bool]1", "True"),
        Row("[bool]''", "False"), Row("[bool]'0'", "True"), Row("[bool]'False'", "True"), Row("[string]5", "5"),
        Row("[string]$true", "True"), Row("[string]1.5", "1.5"), Row("[string]('a','b')", "a b"),
        Row("[string]$null -eq ''", "True"), Row("'abc' -as [int]", "<null>"), Row("300 -as [byte]", "<null>"),
        Row("(5 -as [long]).GetType().Name", "Int64"), Row("[version]'1.2.3'", "1.2.3"),
        Row("[version]'x'", "!InvalidCastParseTargetInvocation"), Row("[timespan]'01:02:03'", "01:02:03"),
        Row("[timespan]'1.02:03:04.5'", "1.02:03:04.5000000"), Row("[datetime]'2024-01-02'", "01/02/2024 00:00:00"),
        Row("[datetime]'2024-01-02 13:45:10'", "01/02/2024 13:45:10"),
        Row("[datetime]'1/2/2024 1:45 PM'", "01/02/2024 13:45:00"),
        Row("[datetime]'abc'", "!InvalidCastParseTargetInvocationWithFormatProvider"),
        Row("[guid]'6F9619FF-8B86-D011-B42D-00C04FC964FF'", "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
        Row("[int[]]('1','2') -join '+'", "1+2"), Row("([int[]]('1','2')).GetType().Name", "Int32[]"),
        Row("([string[]](1,2)).GetType().FullName", "System.String[]"), Row("[array]5 -is [array]", "True"),
        Row("([char[]]'ABC').Count", "3"), Row("[DayOfWeek]'Mon'", "Monday"), Row("[DayOfWeek]2", "Tuesday"),
        Row("[int][DayOfWeek]'Friday'", "5"), Row("[DayOfWeek]'Nope'", "!InvalidCastFromStringToEnumeration"),
        Row("[ConsoleColor]'Dark'", "!InvalidCastEnumerationMoreThanOneValue"),
        Row("([hashtable]$null) -eq $null", "True"),
        Row("([pscustomobject]@{a=1;b=2}).b", "2"), Row("[pscustomobject]@{a=1;b='x'}", "@{a=1; b=x}"),
        Row("[scriptblock]'1+1'", "!ConvertToFinalInvalidCastException"), Row("[type]'int' -eq [int]", "True"),
        Row("[nosuch]1", "!TypeNotFound"),
        Row("[xyz.abc]::new()", "!TypeNotFound"), Row("[regex]'a+' | % { $_.IsMatch('caat') }", "True"),
        Row("[regex]'('", "!InvalidCastConstructorException"), Row("[switch]$true | % { $_.IsPresent }", "True"),
        Row("[ordered]@{z=1;a=2} | % { $_.Keys -join ',' }", "z,a"), Row("[int]'5' + [int]'6'", "11"),
        Row("[double]::PositiveInfinity", "Infinity"), Row("[double]::NaN", "NaN"),
        Row("1 | % Host", "!CannotConvertArgumentNoMessage,Ferry.Commands.ForEachObject"),
        Row("([uri]'http://h/p?q').Host", "h"), Row("([ipaddress]'10.0.0.1').IPAddressToString", "10.0.0.1"),
        Row("[ipaddress]'10.0.0.x'", "!InvalidCastParseTargetInvocation"),
        Row("[datetime]$null", "!InvalidCastFromNull"),
    ]

    @Test(arguments: casts) func `a cast converts as PowerShell does`(row: Row) async { await row.check() }

    static let truths: [Row] = [
        Row("[bool]$null", "False"), Row("[bool]@()", "False"), Row("[bool]@(0)", "False"), Row("[bool]@(1)", "True"),
        Row("[bool]@(0,0)", "True"), Row("[bool]@{}", "True"), Row("[bool]'a'", "True"), Row("[bool]0.0", "False"),
        Row("[bool][char]0", "False"), Row("!(New-Machine x)", "False"), Row("if (@(@())) {1} else {2}", "2"),
    ]

    @Test(arguments: truths) func `truth of values`(row: Row) async { await row.check() }

    @Test func `a failed cast says what was converted, to what, and why`() async {
        let outcome = await Script.run("[int]'abc'")
        #expect(
            outcome.errors == [
                "InvalidCastFromStringToInteger: Cannot convert value \"abc\" to type \"System.Int32\". Error: "
                    + "\"The input string 'abc' was not in a correct format.\""
            ])
    }

    @Test func `an enumeration cast lists the names`() async {
        let outcome = await Script.run("[DayOfWeek]'Nope'")
        #expect(
            outcome.errors.first?.contains("Unable to match the identifier name Nope to a valid enumerator name")
                == true)
        #expect(outcome.errors.first?.contains("Sunday, Monday, Tuesday") == true)
    }

    @Test func `an overflowing cast names the type's limit`() async {
        #expect(
            await Script.run("[byte]300").errors == [
                "InvalidCastIConvertible: Cannot convert value \"300\" to type \"System.Byte\". Error: \"Value was either too "
                    + "large or too small for an unsigned byte.\""
            ])
    }
}
