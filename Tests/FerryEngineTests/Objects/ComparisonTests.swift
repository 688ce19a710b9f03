import FerryEngine
import Testing

@Suite struct ComparisonTests {
    static let rows: [Row] = [
        Row("'a' -eq 'A'", "True"), Row("'a' -ceq 'A'", "False"), Row("'a' -ieq 'A'", "True"), Row("1 -eq '1'", "True"),
        Row("'1' -eq 1", "True"), Row("1 -eq 1.0", "True"), Row("'1.0' -eq 1", "False"), Row("1 -eq '1.0'", "True"),
        Row("$null -eq ''", "False"), Row("'' -eq $null", "False"), Row("$null -eq $null", "True"),
        Row("0 -eq $null", "False"),
        Row("$false -eq ''", "True"), Row("$true -eq 'x'", "True"), Row("'True' -eq $true", "True"),
        Row("1 -eq 'abc'", "False"),
        Row("'abc' -lt 'b'", "True"), Row("'a' -lt 'B'", "True"), Row("'B' -lt 'a'", "False"), Row("10 -lt 9", "False"),
        Row("'10' -lt '9'", "True"), Row("9 -lt '10'", "True"), Row("5 -lt '5.5'", "True"), Row("2 -ge 2", "True"),
        Row("1 -gt 'abc'", "!ComparisonFailure"), Row("@{} -lt 1", "!NotIcomparable"),
        Row("[version]'1.10' -gt [version]'1.9'", "True"),
        Row("[version]'1.10' -gt '1.9'", "True"), Row("[datetime]'2024-01-02' -gt '2024-01-01'", "True"),
        Row("(1,2,3,2) -eq 2", "2|2"), Row("(1,2,3) -ne 2", "1|3"), Row("(1,2,3) -gt 1", "2|3"),
        Row("@(1,$null,2) -eq $null", "<null>"),
        Row("((1,2,3) -eq 9).Count", "0"), Row("('a','b','C') -like '[ac]'", "a|C"),
        Row("('ab','cd') -match 'c'", "cd"),
        Row("'hello' -like 'h*o'", "True"), Row("'hello' -like 'H?LLO'", "True"), Row("'hello' -clike 'H*'", "False"),
        Row("'a*b' -like 'a`*b'", "True"), Row("'hello' -notlike 'x*'", "True"), Row("'[x]' -like '`[x]'", "True"),
        Row("'abc123' -match '\\d+'; $Matches[0]", "True|123"),
        Row("'k=v' -match '(?<key>\\w)=(?<val>\\w)'; $Matches.key; $Matches.val", "True|k|v"),
        Row("'ABC' -cmatch 'b'", "False"), Row("'abc' -notmatch 'z'", "True"),
        Row("'a' -match '('", "!InvalidRegularExpression"),
        Row("1,2,3 -contains 2", "True"), Row("'a','b' -contains 'B'", "True"), Row("'a','b' -ccontains 'B'", "False"),
        Row("2 -in 1,2,3", "True"), Row("4 -notin 1,2,3", "True"), Row("1,2 -notcontains 3", "True"),
        Row("$null -in @($null)", "True"),
        Row("5 -is [int]", "True"), Row("'5' -is [string]", "True"), Row("5 -isnot [string]", "True"),
        Row("5 -is 'int'", "True"),
        Row("@(1) -is [array]", "True"), Row("@{} -is [hashtable]", "True"),
        Row("@{} -is [System.Collections.IDictionary]", "True"),
        Row("5 -is [object]", "True"), Row("$null -is [object]", "False"),
        Row("5 -is 'nosuchtype'", "!RuntimeException"),
        Row("[pscustomobject]@{} -is [pscustomobject]", "True"), Row("5 -is [ValueType]", "True"),
        Row("(New-Machine x).State -eq 'Large'", "True"), Row("'large' -eq (New-Machine x).State", "True"),
        Row("(New-Machine x).State -eq 9", "True"),
        Row("(New-Machine x).State -ne 'Small'", "True"), Row("(New-Machine x).State -in 'Small','Large'", "True"),
        Row("'Large','Small' -contains (New-Machine x).State", "True"),
        Row("(New-Machine x).State -gt 'Small'", "True"),
        Row("$true -and $false -or $true", "True"), Row("1 -xor 1", "False"),
        Row("$x='a'; $false -and ($x='b'); $x", "False|a"),
        Row("-not 0", "True"), Row("!'a'", "False"), Row("!!5", "True"), Row("$true ? 'y' : 'n'", "y"),
        Row("$null ?? 'd'", "d"),
        Row("'' ?? 'd'", ""), Row("$u ??= 5; $u ??= 6; $u", "5"), Row("${n}?.Length", "<null>"),
        Row("$a='xyz'; ${a}?[1]", "y"),
    ]

    @Test(arguments: rows) func `comparison and logic`(row: Row) async { await row.check() }

    static let texts: [Row] = [
        Row("'aXbXc' -replace 'x','-'", "a-b-c"), Row("'aXbXc' -creplace 'x','-'", "aXbXc"),
        Row("'abc' -replace 'b'", "ac"),
        Row("'John Smith' -replace '(\\w+) (\\w+)','$2, $1'", "Smith, John"),
        Row("'abc' -replace '(?<x>b)','[${x}]'", "a[b]c"),
        Row("'a1b2' -replace '\\d',{ [int]$_.Value + 1 }", "a2b3"), Row("'ab','cb' -replace 'b','d'", "ad|cd"),
        Row("'a$b' -replace '\\$','$$'", "a$b"),
        Row("'x' -replace 'a','b','c'", "!BadReplaceArgument"), Row("'a,b,c' -split ','", "a|b|c"),
        Row("'a,b,c' -split ',',2", "a|b,c"),
        Row("'a1b2c' -split '\\d'", "a|b|c"), Row("'a.b' -split '.',0,'SimpleMatch'", "a|b"),
        Row("'a-b_c' -split '(-)'", "a|-|b_c"),
        Row("-split ' a  b c '", "a|b|c"), Row("'aXbxc' -csplit 'x'", "aXb|c"),
        Row("'a,b','c,d' -split ','", "a|b|c|d"),
        Row("'a,b,c' -split ',',-2", "a,b|c"), Row("'abc' -split { $_ -eq 'b' }", "a|c"),
        Row("1,2,3 -join '-'", "1-2-3"),
        Row("-join ('a','b')", "ab"), Row("'a' -join ','", "a"), Row("($null,1 -join ',')", ",1"),
        Row("1..4", "1|2|3|4"), Row("3..1", "3|2|1"),
        Row("'a'..'d'", "a|b|c|d"), Row("-1..1", "-1|0|1"), Row("(1..3).Count", "3"), Row("'5'..'7'", "5|6|7"),
        Row("'x'..3", "!InvalidCastFromStringToInteger"),
    ]

    @Test(arguments: texts) func `replace, split, join, ranges`(row: Row) async { await row.check() }

    @Test func `strings sort as people expect: punctuation, digits, letters, case last`() async {
        let sorted = ["b", "A", "a", "_x", "1", "B", "ä", "-"].sorted {
            Collation.compare($0, $1, caseSensitive: true) < 0
        }
        #expect(sorted == ["_x", "-", "1", "a", "A", "ä", "b", "B"])
    }
}
