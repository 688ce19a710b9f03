import FerryCmdlets
import FerryEngine
import Glibc

/// The prompt where standard input is no terminal: commands come from a file, or from a program that waits for their output.
///
/// A command that takes several lines ends with an empty one, as with pwsh, or with the input.
struct RedirectedPrompt {
    private let runspace: Runspace
    private let host: any Host
    private let input: StandardInput
    /// Whether the prompt is shown, and what is read behind it; not for `-Command -`.
    private let shows: Bool
    private let execute: (String) -> Int32?

    /// - Parameter execute: runs one command; a code when it said `exit`.
    init(
        _ runspace: Runspace, _ host: any Host, _ input: StandardInput, shows: Bool,
        execute: @escaping (String) -> Int32?
    ) {
        self.runspace = runspace
        self.host = host
        self.input = input
        self.shows = shows
        self.execute = execute
    }

    /// Until `exit` or the end of input.
    ///
    /// - Returns: what `exit` said; otherwise 1 when the last command failed.
    func run() -> Int32 {
        runspace.isPrompt = true
        return loop(level: 0) ?? (runspace.lastSucceeded ? 0 : 1)
    }

    /// A prompt inside a running command, until `exit`, the end of input or `$Host.ExitNestedPrompt()`.
    func runNested() {
        let wasPrompt = runspace.isPrompt
        runspace.isPrompt = true
        _ = loop(level: runspace.nestedPromptLevel)
        runspace.isPrompt = wasPrompt
    }

    /// - Returns: nil at the end of input.
    private func loop(level: Int) -> Int32? {
        let sessions = SessionTable.of(runspace)
        // Lines of a command that was not complete; the prompt they were written behind.
        var command: String?
        var shown = ""
        while true {
            if shows {
                if command == nil {
                    shown = sessions.enteredPrompt(runspace.interrupt) ?? PromptFunction.text(runspace)
                }
                host.write(command == nil ? shown : EditorSettings.of(runspace).continuationPrompt)
            }
            switch input.line() {
            case .interrupted: return 128 + SIGINT
            case .endOfInput:
                // What nobody ended runs all the same.
                guard let text = command else { return nil }
                command = nil
                if let code = run(text, shown, sessions) { return code }
            case .line(var line):
                if shows { host.write(line) }
                if line.last == "\n" || line.last == "\r\n" { line.removeLast() }
                if shows { line = Self.erasing(line) }
                let isEmpty = line.allSatisfy(\.isWhitespace)
                if command == nil, isEmpty { continue }
                if let before = command {
                    command = before + "\n" + line
                    guard isEmpty else { continue }
                } else {
                    command = line
                }
                guard let text = command, !Prompt.isIncomplete(text, runspace) else { continue }
                command = nil
                if let code = run(text, shown, sessions) { return code }
            }
            if level > 0, runspace.leavesNestedPrompt { return 0 }
        }
    }

    private func run(_ text: String, _ shown: String, _ sessions: SessionTable) -> Int32? {
        runspace.interrupt.clear()
        runspace.transcription.writeCommand(text, prompt: shown)
        let code = sessions.runEntered(text, runspace) ? nil : execute(text)
        (host as? TerminalHost)?.endProgress()
        // Nobody at a keyboard has seen how far it came: the commands after it are not run.
        if TerminalInterrupt.wasRequested { return 128 + SIGINT }
        return code ?? runspace.requestedExit
    }

    /// A backspace takes the character before it.
    private static func erasing(_ line: String) -> String {
        guard line.contains("\u{8}") else { return line }
        var kept = ""
        for character in line {
            if character == "\u{8}" { _ = kept.popLast() } else { kept.append(character) }
        }
        return kept
    }
}
