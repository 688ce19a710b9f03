import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// The history at the prompt: searched, shared between sessions, bounded, and without secrets in its file.
@Suite struct HistoryTests {
    @Test func `Ctrl-R finds a command by a part of it, F8 by its beginning`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("'needle ' + (40 + 2)")
        try screen.expect("needle 42")
        try screen.expect("> ")
        try screen.sendLine("'hay ' + 1")
        try screen.expect("hay 1")
        try screen.expect("> ")
        try screen.send("\u{12}needle")
        try screen.expect("'needle ' + (40 + 2)")
        try screen.send("\r")
        try screen.expect("needle 42")
        try screen.expect("> ")
        try screen.send("'ha")
        try screen.expect("'ha")
        try screen.send("\u{1B}[19~\r")
        try screen.expect("hay 1")
        try screen.leave()
    }

    @Test func `what one session runs is in the other's history at its next prompt`() throws {
        let ferry = try FerryProgram()
        let first = try ferry.prompt()
        let second = try ferry.prompt()
        try first.sendLine("'from the ' + 'first'")
        try first.expect("from the first")
        try first.expect("> ")
        try second.sendLine("'own ' + 'line'")
        try second.expect("own line")
        try second.expect("> ")
        try second.send("\u{1B}[A\u{1B}[A\r")
        try second.expect("from the first")
        try first.leave()
        try second.leave()
        let text = String(
            decoding: try DurableFile.read(ferry.home.file(".local/state/ferry/history.txt")), as: UTF8.self)
        #expect(text.contains("'from the ' + 'first'\n") && text.contains("'own ' + 'line'\n"))
    }

    @Test func `what looks like a secret is not written down`() throws {
        let ferry = try FerryProgram()
        let screen = try ferry.prompt()
        try screen.sendLine("$token = 'eyJ' + '2'; 'told ' + $token.Length")
        try screen.expect("told 4")
        try screen.expect("> ")
        // It can be called back in this session.
        try screen.send("\u{1B}[A\r")
        try screen.expect("told 4")
        try screen.expect("> ")
        try screen.leave()
        let path = ferry.home.file(".local/state/ferry/history.txt")
        let text = String(decoding: try DurableFile.read(path), as: UTF8.self)
        #expect(text == "exit\n")
    }

    @Test func `Get-History lists, r runs again, Clear-History forgets`() throws {
        let screen = try FerryProgram().prompt()
        try screen.sendLine("'one ' + 1")
        try screen.expect("one 1")
        try screen.expect("> ")
        try screen.sendLine("(h).CommandLine -join '|'")
        try screen.expect("'one ' + 1\n")
        try screen.expect("> ")
        try screen.sendLine("r 1")
        try screen.expect("'one ' + 1\none 1\n")
        try screen.expect("> ")
        try screen.sendLine("(Get-History)[-1].CommandLine.Length")
        try screen.expect("10\n")
        try screen.expect("> ")
        try screen.sendLine("Clear-History; 'left ' + (Get-History).Count")
        try screen.expect("left 0")
        try screen.leave()
    }
}
