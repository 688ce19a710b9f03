import CEditline
package import FerryCore
import Glibc
import Synchronization

/// One line from a terminal, with libedit's editing and a history kept in a file.
///
/// Used from one thread, the one that runs the prompt. libedit keeps pointers to the prompt's bytes; they live as long as the
/// editor does.
@safe package final class LineEditor {
    /// How reading a line ended.
    package enum Outcome: Equatable {
        /// Without its newline.
        case line(String)
        /// Ctrl-D on an empty line, or the terminal is gone.
        case endOfInput
        /// Ctrl-C: whatever was typed is dropped.
        case interrupted
    }

    private let editor: OpaquePointer
    private let history: OpaquePointer
    private let historyPath: String?

    /// The prompt's bytes, as libedit's callback finds them. A process has one terminal and so one editor at a time.
    nonisolated(unsafe) private static var promptBytes = UnsafeMutablePointer<CChar>.allocate(capacity: 1)

    /// - Parameter historyPath: where lines are kept between sessions (mode 0600); nil keeps them in memory.
    /// - Throws: `ShellFault.terminalUnusable` when libedit cannot start on this terminal.
    package init(historyPath: String?, maximumHistory: Int32 = 4096) throws(Failure) {
        // SAFETY: el_init keeps the three C streams, which live as long as the process.
        guard let editor = unsafe ferry_el_start(), let history = unsafe history_init() else {
            throw Failure(
                ShellFault.terminalUnusable,
                "The line editor could not start on this terminal (TERM is '\(Self.terminalName)').")
        }
        unsafe self.editor = editor
        unsafe self.history = history
        self.historyPath = historyPath
        // SAFETY: both pointers were just made by libedit and are freed in deinit only; the callback reads promptBytes.
        unsafe Self.promptBytes.initialize(to: 0)
        _ = unsafe ferry_el_set_editor(editor, "emacs")
        _ = unsafe ferry_el_set_signal(editor, 0)
        _ = unsafe ferry_el_set_reader(editor) { _, character in KeyReader.read(into: character) }
        _ = unsafe ferry_el_set_prompt(editor) { _ in unsafe LineEditor.promptBytes }
        _ = unsafe ferry_history_set_size(history, maximumHistory)
        _ = unsafe ferry_history_set_unique(history, 1)
        _ = unsafe ferry_el_set_history(editor, history)
        _ = unsafe ferry_el_bind(editor, "^R", "em-inc-search-prev")
        _ = unsafe ferry_el_bind(editor, "\u{1B}[1~", "ed-move-to-beg")
        _ = unsafe ferry_el_bind(editor, "\u{1B}[4~", "ed-move-to-end")
        _ = unsafe ferry_el_bind(editor, "\u{1B}[3~", "ed-delete-next-char")
        if let historyPath { _ = unsafe ferry_history_load(history, historyPath) }
    }

    deinit {
        // SAFETY: made in init, used by nobody else, freed once.
        unsafe history_end(history)
        unsafe el_end(editor)
    }

    /// Shows `prompt` and reads one line. Blocks.
    package func readLine(prompt: String) -> Outcome {
        setPrompt(prompt)
        var count: Int32 = 0
        // SAFETY: the editor is ours.
        _ = unsafe ferry_el_prepare_terminal(editor, 1)
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
    package func remember(_ command: String) {
        guard command.contains(where: { !$0.isWhitespace }) else { return }
        // SAFETY: libedit copies the string; the history pointer is ours.
        _ = unsafe ferry_history_enter(history, command)
        if let historyPath {
            let mask = umask(0o077)
            _ = unsafe ferry_history_save(history, historyPath)
            umask(mask)
        }
    }

    private func setPrompt(_ prompt: String) {
        // SAFETY: libedit asks for the prompt only inside el_gets, which runs on this thread after this.
        unsafe Self.promptBytes.deallocate()
        let bytes = Array(prompt.utf8CString)
        unsafe Self.promptBytes = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { unsafe (Self.promptBytes + index).initialize(to: byte) }
    }

    private static var terminalName: String {
        guard let value = unsafe getenv("TERM") else { return "not set" }
        return unsafe String(cString: value)
    }
}
