import FerryEngine
import Testing

@Suite struct ArithmeticTests {
    static let rows: [Row] = [
        Row("7/2", "3.5"), Row("6/2", "3"), Row("(6/2).GetType().Name", "Int32"), Row("7%3", "1"), Row("-7%3", "-1"),
        Row("2147483647+1", "2147483648"), Row("(2147483647+1).GetType().Name", "Double"),
        Row("512MB*512MB", "2.8823037615171174E+17"), Row("9223372036854775807+2", "9.223372036854776E+18"),
        Row("(1L+1).GetType().Name", "Int64"), Row("(1d+1).GetType().Name", "Decimal"), Row("1gb", "1073741824"),
        Row("1.5kb", "1536"), Row("5+'5'", "10"), Row("'5'+5", "55"), Row("12+'0xabc'", "2760"), Row("1+'1e3'", "1001"),
        Row("16+'file'", "!InvalidCastFromStringToInteger"), Row("'a'*3", "aaa"), Row("'a'*'2'", "aa"),
        Row("(1,2)*2", "1|2|1|2"),
        Row("1,2+3", "1|2|3"), Row("@(1)+@(2)", "1|2"), Row("(@(1,2)+'a').Count", "3"), Row("$null+5", "5"),
        Row("10-$null", "10"),
        Row("$null*5", "<null>"), Row("$null+'a'", "a"), Row("'a'+$null", "a"), Row("'a'+1.5", "a1.5"),
        Row("'a'+@(1,2)", "a1 2"),
        Row("[char]65+1", "A1"), Row("1+[char]65", "66"), Row("[char]65*3", "!NotADefinedOperationForType"),
        Row("1/0", "!RuntimeException"), Row("5%0", "!RuntimeException"), Row("1.0/0", "Infinity"),
        Row("-(2147483648)", "-2147483648"),
        Row("(-2147483648).GetType().Name", "Int32"), Row("-'5'", "-5"), Row("+'5'", "5"),
        Row("(@{a=1}+@{b=2}).Count", "2"), Row("@{a=1}+@{a=2}", "!System.ArgumentException"),
        Row("@{a=1}+5", "!AddHashTableToNonHashTable"),
        Row("(Get-Thing)-1", "!InvalidCastFromStringToInteger"), Row("@{}-1", "!MethodNotFound"), Row("6 -band 3", "2"),
        Row("6 -bor 1", "7"),
        Row("6 -bxor 3", "5"), Row("-bnot 0", "-1"), Row("1 -shl 4", "16"), Row("-16 -shr 2", "-4"),
        Row("0xFFFFFFFF -bxor 0x5A", "-91"),
        Row("([datetime]'2024-03-01') - ([datetime]'2024-02-28')", "2.00:00:00"),
        Row("([datetime]'2024-02-28') + [timespan]'1.00:00:00'", "02/29/2024 00:00:00"),
        Row("[timespan]'01:00' + [timespan]'00:30'", "01:30:00"), Row("0.1+0.2", "0.30000000000000004"),
        Row("0.1d+0.2d", "0.3"),
        Row("1e15", "1E+15"), Row("123456789012345.5", "123456789012345.5"), Row("0.0001", "0.0001"),
        Row("0.00001", "1E-05"),
        Row("$x=5; $x+=2; $x*=3; $x-=1; $x/=4; $x%=3; $x", "2"), Row("$i=1; $i++; ++$i; $i--; $i", "2"),
        Row("$i=5; $i++ + ++$i", "12"),
        Row("$a=@(1); $a+=2,3; $a.Count", "3"), Row("$h=@{n=1}; $h.n++; $h['n']+=5; $h.n", "7"),
        Row("$x=$null; $x++; $x", "1"),
        Row("$s='a'; $s++", "!OperatorRequiresNumber"), Row("0 + '1kb'", "1024"),
    ]

    @Test(arguments: rows) func `arithmetic`(row: Row) async { await row.check() }

    static let formats: [Row] = [
        Row("'{0:N2}' -f 1234.567", "1,234.57"), Row("'{0:N0}' -f 1234567", "1,234,567"),
        Row("'{0:D5}' -f 42", "00042"),
        Row("'{0:X}' -f 255", "FF"), Row("'{0:x4}' -f 255", "00ff"), Row("'{0:P1}' -f 0.1234", "12.3%"),
        Row("'{0:F3}' -f 2.5", "2.500"),
        Row("'{0:#,0.00}' -f 1234.5", "1,234.50"), Row("'{0:000}' -f 7", "007"),
        Row("'{0,5}|{1,-5}|' -f 'a','b'", "    a|b    |"),
        Row("'{{{0}}}' -f 1", "{1}"), Row("'{0:yyyy-MM-dd}' -f [datetime]'2024-01-02'", "2024-01-02"),
        Row("'{0:HH:mm:ss.fff}' -f [datetime]'2024-01-02 03:04:05.678'", "03:04:05.678"),
        Row("'{1}' -f 1", "!FormatError"),
        Row("'{0' -f 1", "!FormatError"), Row("'{0:hh\\:mm}' -f [timespan]'1:02:03'", "01:02"),
        Row("'{0} {1}' -f @(1,2)", "1 2"),
        Row("(1.005).ToString('N2')", "1.01"), Row("(255).ToString('X2')", "FF"),
        Row("'{0:E2}' -f 12345.678", "1.23E+004"),
        Row("'{0:0.##}' -f 1.5", "1.5"), Row("'{0:0%}' -f 0.5", "50%"),
        Row("([datetime]'2024-02-03').ToString('dddd, MMM d')", "Saturday, Feb 3"),
        Row("([datetime]'2024-02-03 14:05:06').ToString('s')", "2024-02-03T14:05:06"), Row("'{0}' -f $true", "True"),
        Row("'{0}' -f $null", ""),
    ]

    @Test(arguments: formats) func `formatting with -f and ToString`(row: Row) async { await row.check() }

    @Test func `dividing by zero is a DivideByZeroException inside a RuntimeException`() async {
        let outcome = await Script.run(
            "try { 1/0 } catch { $_.Exception.GetType().FullName; $_.Exception.InnerException.Message }; "
                + "try { 1/0 } catch [DivideByZeroException] { $_.Exception.GetType().FullName }")
        #expect(
            outcome.output == [
                "System.Management.Automation.RuntimeException", "Attempted to divide by zero.",
                "System.DivideByZeroException",
            ])
    }
}
