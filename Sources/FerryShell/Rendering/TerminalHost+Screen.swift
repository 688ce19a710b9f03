import FerryEngine
import Glibc

/// What scripts ask of the terminal itself: keys, the cursor, colours, a prompt of its own.
extension TerminalHost {
    func checkAnswers() throws(Stop) { if nonInteractive { throw .nonInteractive } }

    func enterNestedPrompt() throws(Stop) {
        // What is typed there may come from a file, as at the prompt.
        guard !nonInteractive, let nestedPrompt else { throw .nonInteractive }
        clearProgress()
        try nestedPrompt()
    }

    func readKey(echoes: Bool) throws(Stop) -> Character? {
        guard isInteractive else { throw .nonInteractive }
        return try SecretReader.readKey(echoes: echoes)
    }

    var hasKey: Bool { input.isTerminal && TerminalKeys.areWaiting() }

    func dropTyped() {
        guard input.isTerminal else { return }
        KeyReader.dropPushedBack()
        _ = tcflush(STDIN_FILENO, TCIFLUSH)
    }

    /// Asks the terminal; one that does not answer has its cursor at the origin.
    var cursor: (column: Int, row: Int) {
        get {
            guard input.isTerminal, outputIsTerminal else { return (column: 0, row: 0) }
            return TerminalKeys.cursor() ?? (column: 0, row: 0)
        }
        set {
            clearProgress()
            if outputIsTerminal {
                Self.send("\u{1B}[\(newValue.row + 1);\(newValue.column + 1)H", to: STDOUT_FILENO)
            }
        }
    }

    /// - Parameter offset: what a background's number has more than a foreground's.
    func show(_ color: ConsoleColor, offset: Int) {
        if showsColor { Self.send("\u{1B}[\(Self.code(color) + offset)m", to: STDOUT_FILENO) }
    }
}
