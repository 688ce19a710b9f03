import FerryEngine
import Testing

/// Defects that were found by use, each with what it looked like.
@Suite struct SymptomTests {
    @Test(arguments: [
        Row("'xbc' -match '(?<a>b)(c)' > $null; $Matches[1]; $Matches['a']; $Matches.Count", "c|b|3"),
        Row("'bc' -replace '(?<a>b)(c)','$1-$2-${a}'", "c-b-b"),
    ])
    func `groups without a name were numbered behind those that have one`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("& { begin { 1 } process { 2 } } | & { process { \"[$_]\" } }", "[1]|[2]"),
        Row("function q { begin { 'b' } process { \"p$_\" } }; & { begin { 1 } process { 2 } } | q", "b|p1|p2"),
        Row("& { begin { 1; 2 } } | & { begin { $n = 0 } process { $n++ } end { $n } }", "2"),
    ])
    func `what a command emitted in its begin block came to the next one before that one had begun`(row: Row) async {
        await row.check()
    }

    @Test(arguments: [
        Row("[System.Net.WebUtility]::HtmlEncode('<a x=\"1\">é & ''')", "&lt;a x=&quot;1&quot;&gt;&#233; &amp; &#39;"),
        Row("[Net.WebUtility]::HtmlDecode('&lt;&eacute;&#233;&#x41;&hellip;&zzz; & &;')", "<ééA…&zzz; & &;"),
        Row("[Net.WebUtility]::UrlEncode('a b/ü'); [Net.WebUtility]::UrlDecode('a+b%2F%C3%BC')", "a+b%2F%C3%BC|a b/ü"),
    ])
    func `a page could not be written because WebUtility was not there`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("[int]::TryParse('x', [ref]$null)", "False"), Row("([ref]5).Value", "5"),
        Row("[int]::TryParse('7', [ref]($d = 0)); $d", "True|7"),
        Row("$r = [ref](1,2); $r.Value.Count", "2"), Row("$v = 1; $r = [ref]$v; $r.Value = 9; $v", "9"),
    ])
    func `only a variable could be referred to`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("foreach ($i in 1..4) { if ($i -eq 2) { $null = $foreach.MoveNext() }; $i }", "1|2|4"),
        Row("foreach ($i in 1..2) { $foreach.Current }", "1|2"),
        Row("switch (1..4) { 2 { $null = $switch.MoveNext(); $switch.Current } }", "3"),
        Row("foreach ($i in 1) { $null = $foreach }; $null -eq $foreach", "True"),
    ])
    func `the enumerators of foreach and switch were empty`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("function f { [CmdletBinding()]param() process { 1; 2 } }; f -PipelineVariable p | % { $p * 10 }", "10|20"),
        Row(
            "function f { [CmdletBinding()]param([Parameter(ValueFromPipeline)]$x) process { $x } }; "
                + "1,2 | f -pv a | f -pv b | % { \"$a$b\" }", "11|22"),
        Row("function f { [CmdletBinding()]param() 1 }; f -pv p | % { 'x' }; $null -eq $p", "x|True"),
    ])
    func `-PipelineVariable was never set`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row(
            "function f($x, [int]$y = 3) { \"$x $y $($args.Count)\" }; f 1; f 1 2 3; f -y 4 a; f -y:'7' b",
            "1 3 0|1 2 1|a 4 0|b 7 0"),
        Row("function f($x) { $PSBoundParameters.Count; $x = 5; $PSBoundParameters.x }; f 1; f", "1|1|0|<null>"),
        Row("function f { $MyInvocation.MyCommand.Name; $MyInvocation.InvocationName }; f", "f|f"),
        Row("function f($a, [switch]$s) { \"$a $s\" }; f 1 -s; f -s:$false 2; f -S 3", "1 True|2 False|3 True"),
        Row("function f([int]$x) { $x }; f abc", "!ParameterArgumentTransformationError,f"),
        Row("function f($x = $y, $y = 2) { \"[$x][$y]\" }; f; f 1 3", "[][2]|[1][3]"),
        Row("function f($x) { return $x; 'no' }; $a = f 4; $a", "4"),
        Row("function f([string]$s) { \"[$s]\" }; f; f $null; f 5", "[]|[]|[5]"),
        Row("function f { $args -join ',' }; f 1 b -c", "1,b,-c"),
        Row("function f($x) { $x }; f (1,2); f @(); (f $null) -eq $null", "1|2|True"),
        Row("function fact($n) { if ($n -le 1) { 1 } else { $n * (fact ($n - 1)) } }; fact 10", "3628800"),
        Row("function f($x) { \"$x $args\" }; f 1 -x 2", "2 1"),
        Row("function f { nosuch }; f 2>$null; $?", "True"),
        Row("function f { 1 }; $null = f; $?", "True"),
        Row("function f($x) { $x++; $x }; $x = 1; f 5; $x", "6|1"),
        Row("function f($x) { if ($x) { $y = 1 }; \"[$y]\" }; f 1; f 0; f 1", "[1]|[]|[1]"),
        Row("function f($x) { { $x }.GetNewClosure() }; $a = f 1; $b = f 2; & $a; & $b", "1|2"),
        Row("function f($x) { [ref]$x }; $a = f 1; $b = f 2; $a.Value; $b.Value", "1|2"),
        Row("function f { function g { 'g' }; g }; f; f; g", "!CommandNotFoundException"),
        Row("function f { break }; foreach ($i in 1..3) { $i; f }", "1"),
    ])
    func `a call that goes straight to its function is the call it was`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row(
            "$h = @{}; 1..100 | % { $h[$_] = $_ }; 1..90 | % { $h.Remove($_) }; $h.Count; @($h.Keys) -join ','",
            "10|91,92,93,94,95,96,97,98,99,100"),
        Row("$h = @{ Name = 1 }; $h['NAME']; $h['é'] = 2; $h['É']", "1|2"),
        Row("$h = @{}; $h[1] = 'i'; $h['1'] = 's'; $h[1.5] = 'd'; $h.Count; $h[1]; $h['1']", "3|i|s"),
        Row("$o = [ordered]@{a=1;b=2}; $o.Remove('a'); $o['c']=3; $o.Keys -join ''", "bc"),
        Row("$h = @{}; $h[[guid]::Empty] = 1; $h[[guid]::Empty]", "1"),
        Row("'STRASSE' -eq 'straße'; 'É' -eq 'é'; 'ab' -eq 'AB'; 'ab' -eq 'abc'", "False|True|True|False"),
    ])
    func `keys are found whatever was removed and however they are written`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("'{0:P1} {0:C} {1:N1} {2:C}' -f 0.25, 1234.5, -3", "25.0% $0.25 1,234.5 -$3.00"),
        Row(
            "$d = [datetime]'2024-01-02 03:04:05'; \"$d\"; '{0}' -f $d; $d.ToString(); $d.ToString('D')",
            "01/02/2024 03:04:05|1/2/2024 3:04:05 AM|1/2/2024 3:04:05 AM|Tuesday, January 2, 2024"),
        Row("([datetime]'2024-01-02 13:04:05').ToShortTimeString()", "1:04 PM"),
    ])
    func `formats were invariant although the culture is said to be en-US`(row: Row) async { await row.check() }

    @Test func `LASTEXITCODE was 0 before any program ran`() async {
        #expect(await Script.run("$null -eq $LASTEXITCODE").output == ["True"])
    }

    @Test(arguments: [
        Row("/usr/bin/printf '\\377\\376\\0a' | /usr/bin/od -An -tx1 | % { $_.Trim() }", "ff fe 00 61"),
        Row(
            "$f = [IO.Path]::GetTempFileName(); /usr/bin/printf '\\377\\n' > $f; [IO.File]::ReadAllBytes($f) -join ','; "
                + "[IO.File]::Delete($f)", "255,10"),
        Row("/usr/bin/printf 'a\\nb' | /bin/cat | % { \"<$_>\" }", "<a>|<b>"),
        Row("/bin/sh -c 'echo o; echo e >&2' 2>&1 | /bin/cat | % { $_.Length }", "1|1"),
    ])
    func `bytes between programs were decoded and encoded again`(row: Row) async { await row.check() }

    private static let dynamic = """
        function f {
            [CmdletBinding()] param([string]$Kind)
            dynamicparam {
                if ($Kind -eq 'disk') {
                    $attribute = [System.Management.Automation.ParameterAttribute]::new()
                    $attribute.Mandatory = $true
                    $attributes = [System.Collections.ObjectModel.Collection[System.Attribute]]::new()
                    $attributes.Add($attribute)
                    $attributes.Add([ValidateSet]::new('vhd', 'vhdx'))
                    $all = [System.Management.Automation.RuntimeDefinedParameterDictionary]::new()
                    $all.Add('Format', [System.Management.Automation.RuntimeDefinedParameter]::new('Format', [string], $attributes))
                    $all
                }
            }
            process { "$Kind $($PSBoundParameters.Format)" }
        };
        """

    @Test(arguments: [
        Row(dynamic + "f -Kind disk -Format vhdx", "disk vhdx"), Row(dynamic + "f -Format vhd -Kind disk", "disk vhd"),
        Row(dynamic + "f net", "net "), Row(dynamic + "f net -Format x", "!NamedParameterNotFound,f"),
        Row(dynamic + "f disk", "!MissingMandatoryParameter,f"),
        Row(dynamic + "f disk -Format iso", "!ParameterArgumentValidationError,f"),
    ])
    func `parameters of dynamicparam were not known`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row(
            "[decimal]1/3; 2d/3; 1.10d + 1; 100d/3",
            "0.3333333333333333333333333333|0.6666666666666666666666666667|2.10|33.333333333333333333333333333"),
        Row("1.00d/2; 10d/4; 1.5d * 2.0d; 7d % 2.5d; -7d % 2", "0.50|2.5|3.00|2.0|-1"),
        Row("[decimal]0.1 + [decimal]0.2; [decimal]1.1; [decimal]'1e3'; [decimal]'1,234.50'", "0.3|1.1|1000|1234.50"),
        Row(
            "[decimal]::MaxValue; [decimal]::MinValue + 1",
            "79228162514264337593543950335|-79228162514264337593543950334"),
        Row("[decimal]::MaxValue + 1", "!RuntimeException"), Row("[decimal]::MaxValue * 2", "!RuntimeException"),
        Row("1d / 0", "!RuntimeException"), Row("1.0d -eq 1.00d; 2.5d -gt 2; 1.5d -lt 1", "True|True|False"),
        Row("$h = @{}; $h[1.0d] = 'x'; $h[1.00d]", "x"),
        Row("[math]::Round(2.5d); [math]::Round(2.345d, 2); [math]::Floor(-1.5d)", "2|2.34|-2"),
        Row("'{0:N2} {1:F0} {2:P1} {3:C}' -f 1234.567d, 2.5d, 0.1234d, -5.5d", "1,234.57 3 12.3% -$5.50"),
        Row("[int]2.5d; [int]3.5d; [long]9223372036854775807d", "2|4|9223372036854775807"),
        Row(
            "79228162514264337593543950335d - 0.5d; 0.0000000000000000000000000001d * 0.5d",
            "79228162514264337593543950334|0.0000000000000000000000000000"),
    ])
    func `a decimal had 38 digits and lost its zeros`(row: Row) async { await row.check() }

    private static let xml =
        "$x = [xml]'<inventory site=\"a\"><vm name=\"web01\"><ram>2</ram></vm><vm name=\"db01\"><ram>8</ram></vm><note/></inventory>'; "

    @Test(arguments: [
        Row(
            xml + "$x.inventory.site; $x.inventory.vm.Count; $x.inventory.vm[1].name; $x.inventory.vm.ram -join ','",
            "a|2|db01|2,8"),
        Row(
            xml + "\"[$($x.inventory.note)]\"; \"$x $($x.inventory.vm[0])\"; $x.GetType().FullName",
            "[]|#document vm|System.Xml.XmlDocument"),
        Row(
            xml + "$x.SelectNodes('//vm[@name=\"db01\"]/ram').InnerText; $x.SelectSingleNode('//nothing') -eq $null",
            "8|True"),
        Row(
            xml
                + "$e = $x.CreateElement('disk'); $e.SetAttribute('size', 5); $e.InnerText = 'x<y'; $null = $x.inventory.vm[0].AppendChild($e); $x.inventory.vm[0].OuterXml",
            "<vm name=\"web01\"><ram>2</ram><disk size=\"5\">x&lt;y</disk></vm>"),
        Row(
            xml
                + "$x.inventory.vm[0].ram = '16'; $x.inventory.vm[0].name = 'w'; $x.DocumentElement.FirstChild.OuterXml",
            "<vm name=\"w\"><ram>16</ram></vm>"),
        Row(
            xml
                + "$null = $x.inventory.RemoveChild($x.inventory.vm[0]); $x.inventory.vm.name; $x.inventory.ChildNodes.Count",
            "db01|2"),
        Row(
            xml
                + "$f = [IO.Path]::GetTempFileName(); $x.Save($f); $y = [xml]::new(); $y.Load($f); $y.inventory.vm[0].name; [IO.File]::ReadAllLines($f)[1]; [IO.File]::Delete($f)",
            "web01|  <vm name=\"web01\">"),
        Row("[xml]'<a><b></a>'", "!InvalidCastToXmlDocument"),
        Row("([xml]'<a>1</a>').a; ([xml]('<a>','2','</a>')).a.Trim()", "1|2"),
        Row("$x = [xml]'<a/>'; $null = $x.a; $x.AppendChild($x.CreateElement('b'))", "!InvalidOperationException"),
    ])
    func `documents were known by name only`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("function c { h }; & { function h { 1 }; c }; c", "!CommandNotFoundException"),
        Row("function c { h }; function h { 'outer' }; & { function h { 'inner' }; c }; c", "inner|outer"),
    ])
    func `a call site went on calling a function whose scope was gone`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row(
            "$l = [System.Collections.Generic.List[int]](1..5); $l.Find({ param($x) $x -gt 2 }); $l.FindAll({ $args[0] % 2 }) -join ','",
            "3|1,3,5"),
        Row(
            "$l = [System.Collections.Generic.List[int]](1..5); $l.Exists({ $_ -eq 9 }); $l.TrueForAll({ $_ -gt 0 }); $l.RemoveAll({ $_ -lt 4 }); $l -join ','",
            "False|True|3|4,5"),
        Row(
            "$s = [System.Collections.Generic.HashSet[string]]('a','b'); $s.UnionWith([string[]]('b','c')); $s -join ','; $s.IsSubsetOf([string[]]('a','b','c','d')); $s.ExceptWith([string[]]('a')); $s.Count",
            "a,b,c|True|2"),
    ])
    func `lists and sets had no predicates and no algebra`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row(
            "$o = [pscustomobject]@{ a = 1 }; $o.PSObject.Properties.Add([psnoteproperty]::new('b', 2)); $o.b; $o.PSObject.Properties.Name -join ','",
            "2|a,b"),
        Row(
            "$o = [pscustomobject]@{ a = 3 }; $o.PSObject.Members.Add([psscriptmethod]::new('Twice', { $this.a * 2 })); $o.Twice(); $o.PSObject.Properties.Add([psaliasproperty]::new('c', 'a')); $o.c",
            "6|3"),
        Row(
            "$o = [pscustomobject]@{ a = 1 }; $c = $o.PSObject.Copy(); $c.a = 9; $o.a; $c.a; [psobject]::AsPSObject(5)",
            "1|9|5"),
        Row(
            "$o = [pscustomobject]@{ a = 1 }; $o.pstypenames.Insert(0, 'My.Type'); $o.PSObject.TypeNames[0]; $o.pstypenames[0]",
            "My.Type|My.Type"),
    ])
    func `members could not be made and added`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row(
            "[Net.IPAddress]::Loopback.IPAddressToString; [Net.Dns]::GetHostAddresses('127.0.0.1')[0].IPAddressToString",
            "127.0.0.1|127.0.0.1"),
        Row("([Net.Dns]::GetHostEntry('::1')).AddressList[0].AddressFamily", "InterNetworkV6"),
        Row(
            "$d = [IO.Path]::Combine([IO.Path]::GetTempPath(), [guid]::NewGuid()); $null = [IO.Directory]::CreateDirectory(\"$d/a/b\"); [IO.File]::WriteAllText(\"$d/a/b/x.txt\", ''); [IO.Directory]::GetFiles($d, '*.txt', 'AllDirectories').Count; [IO.Directory]::EnumerateDirectories($d).Count; [IO.Directory]::GetFiles($d).Count; [IO.File]::Delete(\"$d/a/b/x.txt\"); 'a/b','a','' | % { [IO.Directory]::Delete(\"$d/$_\") }",
            "1|1|0"),
    ])
    func `names and folders had fewer methods than scripts call`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row(
            "[datetime]::new(2024, 1, 2, 3, 4, 5, 'Utc').Kind; [datetime]::new(2024, 1, 2, 3, 4, 5, 6, 'Local').Kind; [datetime]::new(0, [DateTimeKind]::Utc).Kind; [datetime]::new(2024, 1, 2, 3, 4, 5, 6).Millisecond",
            "Utc|Local|Utc|6")
    ])
    func `a time was made without its kind`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row(
            "$p = [IO.Path]::Combine([IO.Path]::GetTempPath(), \"$([guid]::NewGuid()).ps1\"); [IO.File]::WriteAllText($p, 'param($makes) if ($makes) { function inner { \"inner $makes\" } }; function outer { inner }; try { outer; outer } catch { \"none\" }'); & $p 1; & $p; & $p 2; [IO.File]::Delete($p)",
            "inner 1|inner 1|none|inner 2|inner 2")
    ])
    func `a script's call found the function of an earlier run`(row: Row) async { await row.check() }

    @Test func `a time that no calendar holds ended the shell`() {
        for seconds in [1e300, .infinity, 922_337_203_685, 253_402_300_800] {
            #expect(DateTime(unixSeconds: seconds).ticks == DateTime.maximumTicks)
        }
        for seconds in [-1e300, -.infinity, .nan, -62_135_596_801] {
            #expect(DateTime(unixSeconds: seconds).local.year == 1)
        }
        #expect(DateTime(unixSeconds: 1_700_000_000.5).ticks == 638_355_968_005_000_000)
        #expect(DateTime(unixSeconds: Int64.max) == nil)
    }

    @Test(arguments: [
        Row("$a = @(0); $a[0] = $a; $a.x = 1", "!CallDepthOverflow"),
        Row("$a = @(0); $a[0] = $a; [DayOfWeek]$a", "!ConvertToFinalInvalidCastException"),
        Row("$a = @(0, 0); $a[0] = $a; $a[1] = 5; \"[$($a.nothing)]\"", "[]"),
        Row("[DayOfWeek]@('Monday')", "Monday"),
    ])
    func `an array that contains itself ended the shell`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("[Net.WebUtility]::UrlDecode('a%2')", "a%2"),
        Row("[Net.WebUtility]::UrlDecode('100%+%zz%41')", "100% %zzA"),
        Row("[Net.WebUtility]::UrlDecode('%E9x') -eq \"$([char]0xFFFD)x\"", "True"),
        Row("[Net.WebUtility]::UrlDecode('')", ""),
    ])
    func `one wrong triple kept a whole address from being decoded`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("[Net.WebUtility]::HtmlDecode('&alpha;&Omega;&larr;&infin;&thetasym;&apos;')", "αΩ←∞ϑ'"),
        Row("[Net.WebUtility]::HtmlDecode('&Alpha;&alphA;&hearts')", "Α&alphA;&hearts"),
        Row("[Net.WebUtility]::HtmlDecode('&oelig;&Yuml;&yuml;')", "œŸÿ"),
    ])
    func `most names of characters in pages were not known`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("[timespan]'--9223372036854775807'", "!InvalidCastParseTargetInvocationWithFormatProvider"),
        Row("[timespan]'-1'; [timespan]'-1.02:03'", "-1.00:00:00|-1.02:03:00"),
        Row("[timespan]::MinValue.Negate()", "!OverflowException"),
        Row("[timespan]::MinValue.Duration()", "!OverflowException"),
        Row("[timespan]::new(2147483647, 0, 0, 0)", "!ArgumentOutOfRangeException"),
        Row("[timespan]::MinValue - [timespan]'1'", "!System.OverflowException"),
        Row("[timespan]::MaxValue + '1'", "!System.OverflowException"),
    ])
    func `a time span beyond its limits ended the shell or was another one`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("'abc' -split '' -join '|'", "|a|b|c|"), Row("'abc' -replace '', '-'", "-a-b-c-"),
        Row("'abc' -match ''", "True"),
        Row("[regex]::Split('ab', '') -join '|'", "|a|b|"),
    ])
    func `the empty pattern was refused`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("$e = [ArgumentException]::new('bad', 'p'); $e.Message; $e.ParamName", "bad (Parameter 'p')|p"),
        Row("[ArgumentNullException]::new('p').Message", "Value cannot be null. (Parameter 'p')"),
        Row(
            "$e = [ArgumentOutOfRangeException]::new('p', 5, 'too much'); $e.Message; $e.ParamName",
            "too much (Parameter 'p')|p"),
        Row("[ArgumentException]::new('bad', [Exception]::new('in')).InnerException.Message", "in"),
        Row("[ArgumentException]::new().Message", "Value does not fall within the expected range."),
        Row(
            "try { throw [ArgumentException]::new('bad', 'p') } catch [ArgumentException] { \"$_\" }",
            "bad (Parameter 'p')"),
        Row("[InvalidOperationException]::new('a', [Exception]::new('b')).InnerException.Message", "b"),
    ])
    func `an argument's exception lost the argument's name`(row: Row) async { await row.check() }

    @Test(arguments: [
        Row("([datetime]'2024-02-03').ToString('dd-MMM', [cultureinfo]::InvariantCulture)", "03-Feb"),
        Row("[datetime]::ParseExact('20240203', 'yyyyMMdd', [cultureinfo]::InvariantCulture).Day", "3"),
        Row("[cultureinfo]::GetCultureInfo('en-us').Name; [cultureinfo]::new('').Name", "en-US|"),
        Row("[cultureinfo]::GetCultureInfo('de-DE')", "!CultureNotFoundException"),
        Row("[math]::Clamp(15, 0, 10); [math]::Clamp(-1.5, 0, 10); [math]::Clamp(3, 0, 10)", "10|0|3"),
        Row("[math]::Clamp(1, 5, 2)", "!ArgumentException"),
    ])
    func `cultures had no short name and numbers no clamp`(row: Row) async { await row.check() }
}
