import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// Tab at the prompt of the built `ferry`.
@Suite struct CompletionTests {
    @Test func `Tab completes commands and parameters, again goes on to the next, Shift-Tab back`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("function Get-Zebra { param($Stripes, $Stride) \"$Stripes-$Stride\" }")
        try screen.expect("> ")
        try screen.send("Get-Zeb\t -Stri\t 7\r")
        try screen.expect("7-\n")
        try screen.expect("> ")
        try screen.send("Get-Zeb\t -Stri\t\t 8\r")
        try screen.expect("-8\n")
        try screen.expect("> ")
        try screen.send("Get-Zeb\t -Stri\t\t\u{1B}[Z 9\r")
        try screen.expect("9-\n")
        try screen.leave()
    }

    @Test func `Ctrl-Space lists what fits and puts in what all have in common`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("function Get-ZebraOne { 'first ' + 'zebra' }; function Get-ZebraTwo { 2 }")
        try screen.expect("> ")
        try screen.send("get-zeb\u{0}")
        try screen.expect("Get-ZebraOne")
        try screen.expect("Get-ZebraTwo")
        try screen.expect("Get-Zebra")
        try screen.send("One\r")
        try screen.expect("first zebra")
        try screen.leave()
    }

    @Test func `values, variables and members are completed`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine(
            "function Set-Paint { param([ValidateSet('crimson', 'green')] $Color, [DayOfWeek] $Day) \"$Color on $Day\" }"
        )
        try screen.expect("> ")
        try screen.send("Set-Paint -Color cr\t -Day Sat\t\r")
        try screen.expect("crimson on Saturday")
        try screen.expect("> ")
        try screen.sendLine("$zebraCount = 41")
        try screen.expect("> ")
        try screen.send("'count ' + ($zebraC\t + 1)\r")
        try screen.expect("count 42")
        try screen.expect("> ")
        try screen.send("'upper ' + 'stripes'.ToUpp\t)\r")
        try screen.expect("upper STRIPES")
        try screen.leave()
    }

    @Test func `a file's name is completed in the quotes it needs, a folder's gone on from`() throws {
        let ferry = try FerryProgram()
        _ = try ferry.home.write("two words.txt", "its text\n")
        _ = try Command("/bin/mkdir", [ferry.home.file("folder")]).runSuccessfully()
        _ = try ferry.home.write("folder/inside.txt", "text within\n")
        let screen = try ferry.prompt()
        try screen.send("Get-Content two\t\r")
        try screen.expect("its text")
        try screen.expect("> ")
        try screen.send("Get-Content fol\tins\t\r")
        try screen.expect("text within")
        try screen.leave()
    }

    @Test func `in a command of several lines, earlier lines count`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("'a', 'bcd' |")
        try screen.expect(">> ")
        try screen.send("Measure-Object -Maxi\t -Property Len\t | ForEach-Object { 'longest ' + $_.Maximum }\r")
        try screen.expect("longest 3")
        try screen.leave()
    }

    @Test func `members of what a pipeline or a variable of the same line brings are completed`() throws {
        let ferry = try FerryProgram()
        _ = try ferry.home.write("longer.txt", "four\n")
        let screen = try ferry.prompt()
        try screen.send("Get-ChildItem *.txt | ForEach-Object { $_.BaseN\t + '-base' }\r")
        try screen.expect("longer-base")
        try screen.expect("> ")
        try screen.send("$when = Get-Date; 'day ' + $when.DayOfW\t.GetType().Na\t\r")
        try screen.expect("day DayOfWeek")
        try screen.expect("> ")
        try screen.send("foreach ($each in 'ab', 'cde') { $ea\t.Len\t * 7 }\r")
        try screen.expect("21")
        try screen.leave()
    }

    @Test func `the word that the cursor stands in is replaced whole`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("function Get-Zebra { 'striped ' + 'horse' }")
        try screen.expect("> ")
        // Ctrl-B goes back into the word.
        try screen.send("Get-Zebr\u{2}\u{2}\t\r")
        try screen.expect("striped horse")
        try screen.leave()
    }

    @Test func `names of machines come from the host`() throws {
        let ferry = try FerryProgram()
        let daemon = try StubDaemon(at: ferry.home.file("ferryd.sock"))
        defer { daemon.close() }
        _ = try ferry.home.write(
            "hosts.json", #"{ "default": "NODE2", "hosts": { "NODE2": { "socket": "\#(daemon.path)" } } }"#)
        let screen = try ferry.prompt()
        try screen.send("'machine ' + (Get-VM w\t).Name\r")
        try screen.expect("machine web01")
        try screen.expect("> ")
        try screen.send("'host ' + (Get-VM -ComputerName NO\t)[0].Name\r")
        try screen.expect("host web01")
        try screen.leave()
    }

    @Test func `a host that hangs does not stop the prompt`() throws {
        let ferry = try FerryProgram()
        // It takes connections and never answers.
        let silent = try ListeningSocket.listen(path: ferry.home.file("silent.sock"))
        _ = try ferry.home.write(
            "hosts.json",
            #"{ "default": "NODE2", "hosts": { "NODE2": { "socket": "\#(ferry.home.file("silent.sock"))" } } }"#)
        let screen = try ferry.prompt()
        try screen.send("Get-VM w\t")
        try screen.send("\u{15}'still ' + 'typing'\r")
        try screen.expect("still typing")
        try screen.leave()
        silent.stopAccepting()
    }
}
