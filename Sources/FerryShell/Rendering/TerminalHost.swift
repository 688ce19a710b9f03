import FerryEngine
import Glibc

/// The runspace's way to the terminal, or to whatever standard output and error are redirected to.
///
/// Text goes to standard output, errors and warnings as pwsh does: errors to standard error, warnings and verbose text to
/// standard output. Progress is drawn on standard error when that is a terminal, and nowhere else. Used on the runspace's thread.
final class TerminalHost: Host {
    let name = "ConsoleHost"
    let outputIsTerminal = isatty(STDOUT_FILENO) == 1
    private let errorIsTerminal = isatty(STDERR_FILENO) == 1
    let nonInteractive: Bool
    private let editor: LineEditor?
    let input: StandardInput
    private var progress = ProgressView()
    /// What the session decorates its output with.
    var style = StyleTable()
    /// Runs a prompt inside the running command; nil where there is none.
    var nestedPrompt: (() throws(Stop) -> Void)?
    var foreground = ConsoleColor.gray { didSet { show(foreground, offset: 0) } }
    var background = ConsoleColor.black { didSet { show(background, offset: 10) } }

    /// - Parameters:
    ///   - editor: reads lines at the prompt; nil for scripts, which read plain lines.
    ///   - input: where plain lines come from.
    init(nonInteractive: Bool, editor: LineEditor?, input: StandardInput) {
        self.nonInteractive = nonInteractive
        self.editor = editor
        self.input = input
    }

    var isInteractive: Bool { !nonInteractive && input.isTerminal && outputIsTerminal }

    /// Columns of the terminal; 120 when there is none, as pwsh takes it.
    var width: Int {
        var size = winsize()
        // SAFETY: TIOCGWINSZ fills the structure it is given.
        let descriptor = outputIsTerminal ? STDOUT_FILENO : STDERR_FILENO
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return 120 }
        return Int(size.ws_col)
    }

    /// Lines of the terminal; 24 when there is none.
    var height: Int {
        var size = winsize()
        // SAFETY: TIOCGWINSZ fills the structure it is given.
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }

    /// A terminal that understands escape sequences; `NO_COLOR` and plain terminals are `$PSStyle`'s to know.
    var allowsColor: Bool { outputIsTerminal && Self.environment("TERM") != nil }

    var showsColor: Bool {
        switch style.rendering {
        case .host: allowsColor
        case .plainText: false
        case .ansi: true
        }
    }

    var threadWriter: (@Sendable (String) -> Void)? { { Self.send($0, to: STDOUT_FILENO) } }

    func write(_ text: String) {
        clearProgress()
        Self.send(text, to: STDOUT_FILENO)
    }

    func write(_ text: String, foreground: ConsoleColor?, background: ConsoleColor?) {
        clearProgress()
        guard showsColor, foreground != nil || background != nil else { return Self.send(text, to: STDOUT_FILENO) }
        let codes = [foreground.map { Self.code($0) }, background.map { Self.code($0) + 10 }].compactMap { $0 }
        Self.send("\u{1B}[\(codes.map(String.init).joined(separator: ";"))m\(text)\u{1B}[0m", to: STDOUT_FILENO)
    }

    func writeError(_ text: String, record: ErrorRecord) {
        clearProgress()
        Self.send(text + "\n", to: STDERR_FILENO)
    }

    func writeErrorLine(_ text: String) {
        clearProgress()
        Self.send(text + "\n", to: STDERR_FILENO)
    }

    func writeErrorText(_ text: String) {
        clearProgress()
        Self.send(text, to: STDERR_FILENO)
    }

    func writeWarning(_ text: String) { writeLabelled("WARNING: " + text, style.warning) }
    func writeVerbose(_ text: String) { writeLabelled("VERBOSE: " + text, style.verbose) }
    func writeDebug(_ text: String) { writeLabelled("DEBUG: " + text, style.debug) }

    private func writeLabelled(_ text: String, _ decoration: String) {
        clearProgress()
        Self.send(
            showsColor ? decoration + text + StyleTable.reset + "\n" : text.withoutEscapes + "\n", to: STDOUT_FILENO)
    }

    func writeProgress(_ record: ProgressRecord) {
        guard errorIsTerminal, Self.environment("TERM").map({ $0 != "dumb" }) ?? false else { return }
        let look = ProgressView.Style(
            width: width, maxWidth: style.progressMaxWidth,
            bar: style.rendering == .plainText ? "" : style.progressStyle)
        if let bytes = progress.update(record, style: look) { Self.send(bytes, to: STDERR_FILENO) }
    }

    /// The command that had something under way has ended.
    func endProgress() {
        if let bytes = progress.end() { Self.send(bytes, to: STDERR_FILENO) }
    }

    func clearProgress() {
        if let bytes = progress.clear() { Self.send(bytes, to: STDERR_FILENO) }
    }

    func readLine(prompt: String) throws(Stop) -> String? {
        if nonInteractive { throw .nonInteractive }
        return try read(prompt: prompt)
    }

    func readInput() throws(Stop) -> String? { try read(prompt: "") }

    private func read(prompt: String) throws(Stop) -> String? {
        clearProgress()
        if isInteractive, let editor, !editor.isReading {
            // An answer is no command to complete.
            let completer = editor.completer
            editor.completer = nil
            defer { editor.completer = completer }
            switch editor.readLine(prompt: prompt) {
            case .line(let line): return line
            case .endOfInput: return nil
            case .interrupted: throw .interrupted
            }
        }
        Self.send(prompt, to: STDOUT_FILENO)
        return try input.answer()
    }

    func readSecret(prompt: String) throws(Stop) -> String? {
        if nonInteractive { throw .nonInteractive }
        clearProgress()
        if input.isTerminal { return try SecretReader.readLine(prompt: prompt) }
        Self.send(prompt, to: STDOUT_FILENO)
        return try input.answer()
    }

    var title = "" {
        didSet {
            let shown = title.filter { !$0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
            if outputIsTerminal { Self.send("\u{1B}]0;\(shown)\u{7}", to: STDOUT_FILENO) }
        }
    }

    func choose(caption: String, message: String, choices: [Choice], defaultChoice: Int) throws(Stop) -> Int {
        guard isInteractive else { throw .nonInteractive }
        write(ChoiceMenu.question(caption: caption, message: message))
        let menu = ChoiceMenu(choices, defaultChoice: defaultChoice)
        while true {
            guard let answer = try readLine(prompt: menu.line) else { return defaultChoice }
            if answer.trimmingPrefix(while: { $0 == " " }) == "?" {
                write(menu.help)
            } else if let index = menu.index(of: answer) {
                return index
            }
        }
    }

    func clear() {
        if outputIsTerminal { Self.send("\u{1B}[H\u{1B}[2J\u{1B}[3J", to: STDOUT_FILENO) }
    }

    /// SGR foreground code of a console colour.
    static func code(_ color: ConsoleColor) -> Int {
        switch color {
        case .black: 30
        case .darkRed: 31
        case .darkGreen: 32
        case .darkYellow: 33
        case .darkBlue: 34
        case .darkMagenta: 35
        case .darkCyan: 36
        case .gray: 37
        case .darkGray: 90
        case .red: 91
        case .green: 92
        case .yellow: 93
        case .blue: 94
        case .magenta: 95
        case .cyan: 96
        case .white: 97
        }
    }

    private static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Writes everything, also to a slow pipe; a reader that has gone ends the output silently. What standard output does not take
    /// otherwise is an `OutputFailure`.
    static func send(_ text: String, to descriptor: Int32) {
        var bytes = text
        bytes.withUTF8 { buffer in
            var sent = 0
            while sent < buffer.count {
                // SAFETY: the range lies inside the buffer, which lives for the closure.
                let count = unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent)
                let cause = count < 0 ? errno : EIO
                if count > 0 {
                    sent += count
                } else if cause != EINTR && cause != EAGAIN {
                    if descriptor == STDOUT_FILENO { OutputFailure.note(cause) }
                    return
                }
            }
        }
    }
}
