import FerryRemoting
import Testing

/// What `$Host` is to a script that runs for a client.
@Suite struct ServedHostTests {
    @Test(arguments: [
        ("$Host.EnterNestedPrompt()", "Remote host method EnterNestedPrompt is not implemented."),
        ("$Host.UI.ReadLineAsSecureString()", "cannot ask for a password"),
        ("$Host.UI.RawUI.ReadKey()", "Nobody can press a key"),
    ])
    func `what the client cannot be asked is an error, never a wait`(_ call: String, _ words: String) throws {
        let client = try ServedClient()
        try client.open()
        let script = try client.start("try { \(call) } catch { $_.Exception.InnerException.Message }")
        #expect(try client.end(of: script) == 4)
        let output = client.bodies(.pipelineOutput, of: script)
        #expect(output.count == 1 && output[0].contains(words), "\(output)")
    }

    @Test func `the terminal's state is answered without asking, and SetShouldExit is told`() throws {
        let client = try ServedClient()
        try client.open()
        let script = try client.start(
            "$Host.SetShouldExit(3); $r = $Host.UI.RawUI; $r.CursorPosition.X; $r.KeyAvailable; $r.ForegroundColor = 'Red'; $r.WindowTitle = 'x'"
        )
        #expect(try client.end(of: script) == 4)
        #expect(client.bodies(.pipelineOutput, of: script) == ["<I32>0</I32>", "<B>false</B>"])
        #expect(client.bodies(.pipelineHostCall, of: script).contains { $0.contains("SetShouldExit") })
    }
}
