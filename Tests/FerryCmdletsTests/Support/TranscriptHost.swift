import FerryEngine

/// A terminal made of text: every stream ends in `text`, prompts are answered from a list, each answer shown as if typed.
final class TranscriptHost: Host {
    var text = ""
    /// Answers still to be typed; nil when nobody is there to ask.
    private var answers: [String]?
    let width: Int
    /// Whether progress records show, as `PROGRESS: activity [50%] status`.
    private let showsProgress: Bool

    init(width: Int = 120, answers: [String]? = nil, showsProgress: Bool = false) {
        self.width = width
        self.answers = answers
        self.showsProgress = showsProgress
    }

    var name: String { "ConsoleHost" }
    var isInteractive: Bool { answers != nil }
    var allowsColor: Bool { false }
    var usesStandardStreams: Bool { false }

    func write(_ text: String) { self.text += text }
    func write(_ text: String, foreground: ConsoleColor?, background: ConsoleColor?) { self.text += text }
    func writeError(_ text: String, record: ErrorRecord) { self.text += text + "\n" }
    func writeErrorLine(_ text: String) { self.text += text + "\n" }
    func writeWarning(_ text: String) { self.text += "WARNING: \(text)\n" }
    func writeVerbose(_ text: String) { self.text += "VERBOSE: \(text)\n" }
    func writeDebug(_ text: String) { self.text += "DEBUG: \(text)\n" }

    func writeProgress(_ record: ProgressRecord) {
        guard showsProgress else { return }
        guard !record.isCompleted else { return self.text += "PROGRESS: completed\n" }
        let status = [record.status, record.currentOperation].filter { !$0.isEmpty }.joined(separator: ", ")
        let remaining = record.secondsRemaining >= 0 ? ", \(record.secondsRemaining) s left" : ""
        text += "PROGRESS: \(record.activity) [\(record.percentComplete)%] \(status)\(remaining)\n"
    }

    func readLine(prompt: String) throws(Stop) -> String? {
        guard let answer = answers?.first else { return nil }
        answers?.removeFirst()
        text += prompt + answer + "\n"
        return answer
    }

    func readSecret(prompt: String) throws(Stop) -> String? { try readLine(prompt: prompt) }

    func choose(caption: String, message: String, choices: [Choice], defaultChoice: Int) throws(Stop) -> Int {
        text += ChoiceMenu.question(caption: caption, message: message)
        let menu = ChoiceMenu(choices, defaultChoice: defaultChoice)
        while let answer = try readLine(prompt: menu.line) {
            if answer == "?" { text += menu.help } else if let index = menu.index(of: answer) { return index }
        }
        return defaultChoice
    }

    func clear() { text = "" }
}
