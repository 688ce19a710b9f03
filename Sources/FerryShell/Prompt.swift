import FerryCmdlets
import FerryCore
import FerryEngine
import Glibc

/// The prompt: reads a command, which may take several lines, runs it, and asks again.
struct Prompt {
    private let runspace: Runspace
    private let host: TerminalHost
    private let editor: LineEditor

    init(_ runspace: Runspace, _ host: TerminalHost, _ editor: LineEditor) {
        self.runspace = runspace
        self.host = host
        self.editor = editor
    }

    /// Until `exit` or the end of input; the exit code.
    func run() -> Int32 {
        runspace.isPrompt = true
        return loop(level: 0)
    }

    /// A prompt inside a running command, until `exit`, the end of input or `$Host.ExitNestedPrompt()`. Ctrl-C is for what is typed
    /// there, not for the command that waits.
    func runNested() {
        let wasPrompt = runspace.isPrompt
        runspace.isPrompt = true
        _ = loop(level: runspace.nestedPromptLevel)
        runspace.isPrompt = wasPrompt
        TerminalInterrupt.clear()
        runspace.interrupt.clear()
    }

    private func loop(level: Int) -> Int32 {
        let sessions = SessionTable.of(runspace)
        let settings = EditorSettings.of(runspace)
        var command = ""
        var shown = ""
        let outer = editor.completer
        editor.completer = { [runspace] text, cursor in
            // A command's earlier lines belong to what is completed.
            let before = command.isEmpty ? "" : command + "\n"
            return Self.completion(
                of: before + text, cursor: before.utf8.count + cursor, shift: before, runspace, sessions)
        }
        defer { editor.completer = outer }
        while true {
            TerminalInterrupt.clear()
            // The prompt is a command too, here or on the host that was entered: an answered Ctrl-C is not meant for it.
            runspace.interrupt.clear()
            if command.isEmpty { shown = sessions.enteredPrompt(runspace.interrupt) ?? PromptFunction.text(runspace) }
            switch editor.readLine(prompt: command.isEmpty ? shown : settings.continuationPrompt) {
            case .endOfInput:
                host.write("\n")
                // In the middle of a command, Ctrl-D gives it up.
                if command.isEmpty, !sessions.leave() { return 0 }
                command = ""
            case .interrupted:
                host.write("^C\n")
                command = ""
            case .line(let line):
                command += command.isEmpty ? line : "\n" + line
                if !command.contains(where: { !$0.isWhitespace }) {
                    command = ""
                } else if !Self.isIncomplete(command, runspace) {
                    let place = HistoryChoice.place(of: command, settings, runspace)
                    if place != .nowhere { editor.remember(command, inFile: place == .memoryAndFile) }
                    // A Ctrl-C at the prompt is answered; its listener may have heard of it later.
                    runspace.interrupt.clear()
                    runspace.transcription.writeCommand(command, prompt: shown)
                    let code = sessions.runEntered(command, runspace) ? nil : runspace.runTyped(command)
                    host.endProgress()
                    // The terminal has shown ^C where the cursor was.
                    if TerminalInterrupt.wasRequested { host.write("\n") }
                    if let code = code ?? runspace.requestedExit { return code }
                    if level > 0, runspace.leavesNestedPrompt { return 0 }
                    command = ""
                }
            }
        }
    }

    /// The engine's matches in the line editor's terms.
    ///
    /// - Parameter shift: what stands before the line that is edited.
    private static func completion(
        of text: String, cursor: Int, shift: String, _ runspace: Runspace, _ sessions: SessionTable
    ) -> LineCompletion? {
        // `$?` is that of the user's last command.
        let succeeded = runspace.lastSucceeded
        defer { runspace.lastSucceeded = succeeded }
        let found =
            sessions.enteredCompletion(of: text, cursor: cursor) ?? Completer(runspace).complete(text, cursor: cursor)
        let bytes = Array(text.utf8)
        guard found.start >= shift.utf8.count, found.start + found.count <= bytes.count else { return nil }
        func scalars(_ start: Int, _ end: Int) -> Int {
            String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars.count
        }
        return LineCompletion(
            start: scalars(shift.utf8.count, found.start), count: scalars(found.start, found.start + found.count),
            candidates: found.matches.map { match in
                // A folder is gone on from.
                let text =
                    match.kind != .providerContainer
                    ? match.text
                    : match.text.hasSuffix("'") || match.text.hasSuffix("\"")
                        ? match.text.dropLast() + "/" + match.text.suffix(1) : match.text + "/"
                return LineCompletion.Candidate(text: text, shown: match.listItem)
            })
    }

    /// Whether more lines could complete the command.
    static func isIncomplete(_ text: String, _ runspace: Runspace) -> Bool {
        do throws(Stop) {
            _ = try runspace.parse(text)
            return false
        } catch {
            return error.record?.exception.exceptionType.fullName
                == "System.Management.Automation.IncompleteParseException"
        }
    }
}
