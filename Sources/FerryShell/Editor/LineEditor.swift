import CEditline
package import FerryCore
import FerryEngine
import Glibc
import Synchronization

/// One line from a terminal, with libedit's editing and a history that sessions share.
///
/// Used from one thread, the one that runs the prompt. libedit keeps pointers to the prompt's bytes; they live as long as the
/// editor does.
@safe package final class LineEditor {
    /// How reading a line ended.
    package enum Outcome: Equatable {
        /// Without its newline. Pasted text may have several lines.
        case line(String)
        /// Ctrl-D on an empty line, or the terminal is gone.
        case endOfInput
        /// Ctrl-C: whatever was typed is dropped.
        case interrupted
    }

    let editor: OpaquePointer
    private let history: OpaquePointer
    private var historyFile: HistoryFile?
    private var historyPath: String?
    private let maximumHistory: Int32
    /// What Tab offers; nil: it beeps.
    package var completer: ((_ text: String, _ cursor: Int) -> LineCompletion?)?
    var cycle: CompletionCycle?
    /// The commands of this session, oldest first, for the words Alt-. brings back.
    var commands: [String] = []
    var recalled: LastWord?
    /// Keys that were given another function.
    var given: [GivenKey] = []
    private var hasPrepared = false
    /// What libedit was last asked to show in front of the line.
    private(set) var prompt = PromptText("")
    private let isPlain: Bool
    /// libedit reads one line at a time: what a completer runs cannot read another.
    private(set) var isReading = false

    /// libedit's callbacks find the editor and the prompt's bytes here. A process has one terminal and so one editor at a time.
    nonisolated(unsafe) private static var promptBytes = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    nonisolated(unsafe) weak static var current: LineEditor?

    /// - Parameter historyPath: where commands are kept for other sessions (mode 0600); nil keeps them in memory.
    /// - Throws: `ShellFault.terminalUnusable` when libedit cannot start on this terminal.
    package init(historyPath: String?, maximumHistory: Int32 = 4096) throws(Failure) {
        Self.chooseCharacters()
        // SAFETY: el_init keeps the three C streams, which live as long as the process.
        guard let editor = unsafe ferry_el_start(), let history = unsafe history_init() else {
            throw Failure(
                ShellFault.terminalUnusable,
                "The line editor could not start on this terminal (TERM is '\(Self.terminalName)').")
        }
        unsafe self.editor = editor
        unsafe self.history = history
        self.historyPath = historyPath
        self.maximumHistory = maximumHistory
        historyFile = historyPath.map { HistoryFile(path: $0, limit: Int(maximumHistory)) }
        isPlain = ["dumb", "", "not set"].contains(Self.terminalName)
        unsafe Self.current = self
        // SAFETY: both pointers were just made by libedit and are freed in deinit only; the callback reads promptBytes.
        unsafe Self.promptBytes.initialize(to: 0)
        _ = unsafe ferry_el_set_editor(editor, "emacs")
        _ = unsafe ferry_el_set_signal(editor, 0)
        _ = unsafe ferry_el_set_reader(editor) { _, character in LineEditor.readKey(into: character) }
        _ = unsafe ferry_el_set_prompt(editor, { _ in unsafe LineEditor.promptBytes }, CChar(PromptText.mark.value))
        _ = unsafe ferry_history_set_size(history, maximumHistory)
        _ = unsafe ferry_history_set_unique(history, 1)
        _ = unsafe ferry_el_set_history(editor, history)
        addFunctions()
        bindKeys()
        TerminalResize.install()
        for command in historyFile?.added() ?? [] { enter(command) }
    }

    deinit {
        // SAFETY: made in init, used by nobody else, freed once.
        unsafe history_end(history)
        unsafe el_end(editor)
    }

    /// libedit takes characters apart and measures them by the C locale. Where the environment names none that knows more than
    /// ASCII, UTF-8 is what terminals speak.
    private static func chooseCharacters() {
        // SAFETY: names are C strings; the answers are static.
        let found = unsafe setlocale(LC_CTYPE, "")
        let codeset = unsafe String(cString: nl_langinfo(CInt(CODESET)))
        if unsafe found == nil || codeset != "UTF-8" { _ = unsafe setlocale(LC_CTYPE, "C.UTF-8") }
    }

    /// Shows `prompt` and reads one line. Blocks.
    package func readLine(prompt: String) -> Outcome {
        guard !isReading else { return .interrupted }
        isReading = true
        defer { isReading = false }
        for command in historyFile?.added() ?? [] { enter(command) }
        setPrompt(prompt)
        cycle = nil
        recalled = nil
        var count: Int32 = 0
        // SAFETY: the editor is ours.
        _ = unsafe ferry_el_prepare_terminal(editor, 1)
        if !hasPrepared { bindGivenKeys() }
        hasPrepared = true
        if !isPlain { TerminalHost.send("\u{1B}[?2004h", to: STDOUT_FILENO) }
        defer { if !isPlain { TerminalHost.send("\u{1B}[?2004l", to: STDOUT_FILENO) } }
        // SAFETY: libedit owns the buffer until its next call; it is copied before that.
        let bytes = unsafe el_gets(editor, &count)
        // What was typed when the interrupt came is no line, whether libedit gives it out or not.
        if TerminalInterrupt.wasRequested {
            // SAFETY: as above; it leaves raw mode by itself only after a whole line.
            _ = unsafe ferry_el_prepare_terminal(editor, 0)
            return .interrupted
        }
        guard let bytes = unsafe bytes, count > 0 else {
            _ = unsafe ferry_el_prepare_terminal(editor, 0)
            return .endOfInput
        }
        var line = unsafe String(cString: bytes)
        if line.hasSuffix("\n") { line.removeLast() }
        return .line(line)
    }

    /// Adds a whole command, of one or several lines, to the history and its file.
    ///
    /// - Parameter inFile: whether other sessions get it as well.
    package func remember(_ command: String, inFile: Bool = true) {
        guard command.contains(where: { !$0.isWhitespace }) else { return }
        if inFile { for other in historyFile?.append(command) ?? [] { enter(other) } }
        enter(command)
    }

    /// Another file, or none: what was read of the one before stays in memory.
    func setHistoryPath(_ path: String?) {
        guard path != historyPath else { return }
        historyPath = path
        historyFile = path.map { HistoryFile(path: $0, limit: Int(maximumHistory)) }
    }

    private func enter(_ command: String) {
        // SAFETY: libedit copies the string; the history pointer is ours.
        _ = unsafe ferry_history_enter(history, command)
        commands.append(command)
        if commands.count > 1000 { commands.removeFirst(commands.count - 1000) }
    }

    private func setPrompt(_ text: String) {
        prompt = PromptText(text)
        if !prompt.head.isEmpty { TerminalHost.send(prompt.head, to: STDOUT_FILENO) }
        // SAFETY: libedit asks for the prompt only inside el_gets, which runs on this thread after this.
        unsafe Self.promptBytes.deallocate()
        let bytes = Array(prompt.line.utf8CString)
        unsafe Self.promptBytes = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { unsafe (Self.promptBytes + index).initialize(to: byte) }
    }

    private static var terminalName: String {
        guard let value = unsafe getenv("TERM") else { return "not set" }
        return unsafe String(cString: value)
    }
}
