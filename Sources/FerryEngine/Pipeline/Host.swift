/// What the program around a runspace does for it: the terminal of the shell, a recorder in tests, a remote session.
///
/// Called on the runspace's thread only.
package protocol Host: AnyObject {
    /// `$Host.Name`
    var name: String { get }
    /// Whether a person can answer prompts.
    var isInteractive: Bool { get }
    /// Columns that formatting may use.
    var width: Int { get }
    /// Whether text may carry colours.
    var allowsColor: Bool { get }

    /// Whether the host's devices are the process's own standard streams: programs may then write to them directly.
    var usesStandardStreams: Bool { get }

    /// Writes text to the output device from any thread; nil where only the runspace's own may write.
    var threadWriter: (@Sendable (String) -> Void)? { get }

    /// Text for the output device. It may contain escape sequences when `allowsColor`.
    func write(_ text: String)
    /// `Write-Host` and other coloured text; without a newline of its own.
    func write(_ text: String, foreground: ConsoleColor?, background: ConsoleColor?)
    /// One error for the error device, already rendered (lines separated by newlines, no final one).
    func writeError(_ text: String, record: ErrorRecord)
    /// A line that a native command or a script wrote to the error device itself.
    func writeErrorLine(_ text: String)
    /// Text that a script wrote to the error device itself, whose lines it ends itself.
    func writeErrorText(_ text: String)
    func writeWarning(_ text: String)
    func writeVerbose(_ text: String)
    func writeDebug(_ text: String)
    func writeProgress(_ record: ProgressRecord)

    /// One line typed by the user; `nil` at the end of input. An interrupt throws.
    func readLine(prompt: String) throws(Stop) -> String?
    /// One line of the input as it is, whether or not anybody can be asked: `[Console]::ReadLine()`.
    func readInput() throws(Stop) -> String?
    /// The same as `readLine`, without echo.
    func readSecret(prompt: String) throws(Stop) -> String?
    /// `[Y] Yes  [N] No …`: the index of the chosen label. Labels mark their key with `&`.
    func choose(caption: String, message: String, choices: [Choice], defaultChoice: Int) throws(Stop) -> Int
    /// The same question where several may be chosen, one a line until an empty one; nothing typed means `defaults`.
    func chooseSeveral(caption: String, message: String, choices: [Choice], defaults: [Int]) throws(Stop) -> [Int]
    /// A prompt inside the running command, until the person leaves it. An error where the host has none.
    func enterNestedPrompt() throws(Stop)
    /// Throws where nobody can be asked, before a question is shown.
    func checkAnswers() throws(Stop)
    /// A script wants the session to end with this code when its command is over.
    func setShouldExit(_ code: Int32)
    /// One key as it is pressed; nil at the end of input. An interrupt throws.
    func readKey(echoes: Bool) throws(Stop) -> Character?
    /// Whether output goes to a screen and somebody at its keyboard can turn its pages (`readKey` answers).
    var turnsPages: Bool { get }
    /// Whether a key was pressed that nobody has read.
    var hasKey: Bool { get }
    /// Column and row of the cursor, from 0; where the host has none, the origin.
    var cursor: (column: Int, row: Int) { get set }
    /// The colours of text that has none of its own.
    var foreground: ConsoleColor { get set }
    var background: ConsoleColor { get set }
    /// Forgets what was typed and not read.
    func dropTyped()
    /// Lines of the terminal.
    var height: Int { get }
    /// The terminal's title; what was set last.
    var title: String { get set }
    /// Clears the screen, if there is one.
    func clear()
}

extension Host {
    package var usesStandardStreams: Bool { true }
    package var threadWriter: (@Sendable (String) -> Void)? { nil }
    package var turnsPages: Bool { isInteractive && usesStandardStreams }
    package var height: Int { 24 }
    package var title: String {
        get { "" }
        set {}
    }
    package var hasKey: Bool { false }
    package var cursor: (column: Int, row: Int) {
        get { (column: 0, row: 0) }
        set {}
    }
    package var foreground: ConsoleColor {
        get { .gray }
        set {}
    }
    package var background: ConsoleColor {
        get { .black }
        set {}
    }
    package func dropTyped() {}
    package func writeErrorText(_ text: String) {
        writeErrorLine(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }
    package func setShouldExit(_ code: Int32) {}
    package func checkAnswers() throws(Stop) { if !isInteractive { throw .nonInteractive } }
    package func enterNestedPrompt() throws(Stop) {
        throw .runtime(
            "PSNotSupportedException", .notImplemented, "This host has no nested prompts.",
            exception: "System.Management.Automation.PSNotSupportedException")
    }

    package func chooseSeveral(caption: String, message: String, choices: [Choice], defaults: [Int]) throws(Stop)
        -> [Int]
    {
        try checkAnswers()
        write(ChoiceMenu.question(caption: caption, message: message))
        let menu = ChoiceMenu(choices, defaultChoice: -1)
        write(menu.list(defaults: defaults))
        var chosen: [Int] = []
        while chosen.count < ChoiceMenu.answerLimit {
            guard let answer = try readLine(prompt: "Choice[\(chosen.count)]: "), !answer.isEmpty else { break }
            if answer.trimmed(of: " ") == "?" {
                write(menu.help)
            } else if let index = menu.index(of: answer) {
                chosen.append(index)
            }
        }
        return chosen.isEmpty ? defaults : chosen
    }
    package func readInput() throws(Stop) -> String? { try readLine(prompt: "") }
    package func readKey(echoes: Bool) throws(Stop) -> Character? {
        throw .runtime(
            "InvalidOperation", .invalidOperation,
            "Nobody can press a key: the shell is not interactive.",
            exception: "System.Management.Automation.PSInvalidOperationException")
    }
}

extension Stop {
    /// The answer to a question in a shell that was told not to ask.
    package static var nonInteractive: Stop {
        .runtime(
            "InvalidOperation", .invalidOperation,
            "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
            exception: "System.Management.Automation.PSInvalidOperationException")
    }
}

package struct Choice: Sendable {
    package let label: String
    package let help: String
    package init(_ label: String, help: String = "") {
        self.label = label
        self.help = help
    }
}

/// `System.ConsoleColor`.
package enum ConsoleColor: String, ScriptEnum {
    case black = "Black"
    case darkBlue = "DarkBlue"
    case darkGreen = "DarkGreen"
    case darkCyan = "DarkCyan"
    case darkRed = "DarkRed"
    case darkMagenta = "DarkMagenta"
    case darkYellow = "DarkYellow"
    case gray = "Gray"
    case darkGray = "DarkGray"
    case blue = "Blue"
    case green = "Green"
    case cyan = "Cyan"
    case red = "Red"
    case magenta = "Magenta"
    case yellow = "Yellow"
    case white = "White"

    package static let enumType = makeEnumType("System.ConsoleColor")
}
