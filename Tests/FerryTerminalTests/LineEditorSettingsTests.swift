import FerryLinux
import FerryTestKit
import Testing

/// `Set-PSReadLineOption` and `Set-PSReadLineKeyHandler`, as profiles have them, at the built program's prompt.
@Suite struct LineEditorSettingsTests {
    /// A profile for every session of this home.
    private func ferry(profile: String) throws -> FerryProgram {
        let ferry = try FerryProgram()
        _ = try Command("/bin/mkdir", ["-p", ferry.home.file(".config/ferry")]).runSuccessfully()
        _ = try ferry.home.write(".config/ferry/profile.ps1", profile)
        return ferry
    }

    @Test func `a profile for PSReadLine says nothing`() throws {
        let profile = """
            Import-Module PSReadLine
            Set-PSReadLineOption -EditMode Emacs -BellStyle None -PredictionSource History -PredictionViewStyle ListView
            Set-PSReadLineOption -HistorySearchCursorMovesToEnd -MaximumHistoryCount 4096 -HistoryNoDuplicates:$true
            Set-PSReadLineOption -Colors @{ Command = 'Yellow'; Parameter = "`e[36m"; InlinePrediction = '#8A8A8A' }
            Set-PSReadLineKeyHandler -Key Tab -Function MenuComplete
            Set-PSReadLineKeyHandler -Chord 'Ctrl+d' -Function DeleteCharOrExit
            Set-PSReadLineKeyHandler -Key UpArrow -Function HistorySearchBackward
            Set-PSReadLineKeyHandler -Key DownArrow -Function HistorySearchForward
            Set-PSReadLineKeyHandler -Chord 'Ctrl+LeftArrow', 'Alt+b' -Function BackwardWord
            """
        let result = try ferry(profile: profile).run(
            "-c", "(Get-PSReadLineOption).EditMode; (Get-PSReadLineKeyHandler -Chord UpArrow).Function")
        #expect(result.outputText == "Emacs\nHistorySearchBackward\n")
        #expect(result.errorText == "")
    }

    @Test func `a key gets a function, and its first meaning back`() throws {
        let screen = try ferry(profile: "Set-PSReadLineKeyHandler -Key Ctrl+g -Function BeginningOfLine")
            .promptWithProfile()
        // The cursor goes to the start: what is typed next stands in front.
        try screen.send("'a'\u{7}'b' + ")
        try screen.send("\r")
        try screen.expect("ba\n")
        try screen.expect("> ")
        try screen.leave()
    }

    @Test func `arrows search for what was typed once they are told to`() throws {
        let screen = try ferry(profile: "Set-PSReadLineKeyHandler -Key UpArrow -Function HistorySearchBackward")
            .promptWithProfile()
        try screen.send("'first ' + 1\r")
        try screen.expect("first 1\n")
        try screen.expect("> ")
        try screen.send("44 + 0\r")
        try screen.expect("44\n")
        try screen.expect("> ")
        try screen.send("'f\u{1B}[A\r")
        try screen.expect("first 1\n")
        try screen.expect("> ")
        try screen.leave()
    }

    @Test func `a handler keeps commands out of the history`() throws {
        let ferry = try ferry(
            profile: "Set-PSReadLineOption -AddToHistoryHandler { param($line) $line -notmatch 'hidden' }")
        let screen = try ferry.promptWithProfile()
        try screen.send("'hid' + 'den'; 'hidden'.Length\r")
        try screen.expect("6\n")
        try screen.expect("> ")
        try screen.send("'kept'.Length + 10\r")
        try screen.expect("14\n")
        try screen.expect("> ")
        try screen.leave()
        let result = try ferry.run("-nop", "-c", "Get-Content ~/.local/state/ferry/history.txt")
        #expect(result.outputText.contains("kept") && !result.outputText.contains("hidden"))
    }

    @Test(arguments: [
        (
            "Set-PSReadLineKeyHandler -Key Nothing+x -Function Yank",
            "InvalidKey,Microsoft.PowerShell.SetPSReadLineKeyHandlerCommand"
        ),
        (
            "Set-PSReadLineKeyHandler -Key Tab -Function NoSuchThing",
            "InvalidFunction,Microsoft.PowerShell.SetPSReadLineKeyHandlerCommand"
        ),
        (
            "Set-PSReadLineOption -EditMode Word",
            "CannotConvertArgumentNoMessage,Microsoft.PowerShell.SetPSReadLineOption"
        ),
        (
            "Set-PSReadLineOption -Colors @{ Nothing = 'Red' }",
            "InvalidColorProperty,Microsoft.PowerShell.SetPSReadLineOption"
        ),
    ])
    func `what there is not is an error`(_ command: String, _ id: String) throws {
        let result = try FerryProgram().run(
            "-nop", "-c", "try { \(command) -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }")
        #expect(result.outputText == id + "\n")
    }

    @Test func `a script block for a key is a warning, and the key stays`() throws {
        let result = try FerryProgram().run(
            "-nop", "-c", "Set-PSReadLineKeyHandler -Key F7 -BriefDescription History -ScriptBlock { 1 } 3>&1")
        #expect(result.outputText.contains("F7 (History) keeps its meaning"))
    }
}

extension FerryProgram {
    fileprivate func promptWithProfile() throws -> Expect {
        let screen = try onTerminal("-NoLogo")
        try screen.expect("> ")
        return screen
    }
}
