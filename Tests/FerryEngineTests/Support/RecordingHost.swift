import FerryEngine

/// A host that remembers what it was told and answers prompts from a list.
final class RecordingHost: Host {
    var text = ""
    var errors: [String] = []
    var records: [ErrorRecord] = []
    var warnings: [String] = []
    var verbose: [String] = []
    var debug: [String] = []
    var progress: [ProgressRecord] = []
    /// Questions asked: caption and message.
    var questions: [String] = []
    /// Answers to `choose`, in order; the default when they run out.
    var choices: [Int] = []
    /// Lines for `readLine`; the end of input after them.
    var lines: [String] = []
    let isInteractive: Bool
    /// Errors, warnings and the rest become part of `text`, as on a terminal.
    private let mergesErrors: Bool

    init(isInteractive: Bool = false, mergesErrors: Bool = false) {
        self.isInteractive = isInteractive
        self.mergesErrors = mergesErrors
    }

    var name: String { "RecordingHost" }
    var width: Int { 80 }
    var allowsColor: Bool { false }
    var usesStandardStreams: Bool { false }

    func write(_ text: String) { self.text += text }
    func write(_ text: String, foreground: ConsoleColor?, background: ConsoleColor?) { self.text += text }
    func writeError(_ text: String, record: ErrorRecord) {
        errors.append(text)
        records.append(record)
        if mergesErrors { self.text += text + "\n" }
    }
    func writeErrorLine(_ text: String) { errors.append(text) }
    func writeWarning(_ text: String) {
        warnings.append(text)
        if mergesErrors { self.text += "WARNING: \(text)\n" }
    }
    func writeVerbose(_ text: String) {
        verbose.append(text)
        if mergesErrors { self.text += "VERBOSE: \(text)\n" }
    }
    func writeDebug(_ text: String) { debug.append(text) }
    func writeProgress(_ record: ProgressRecord) { progress.append(record) }
    func readLine(prompt: String) throws(Stop) -> String? {
        text += prompt
        return lines.isEmpty ? nil : lines.removeFirst()
    }
    func readSecret(prompt: String) throws(Stop) -> String? { try readLine(prompt: prompt) }
    func choose(caption: String, message: String, choices labels: [Choice], defaultChoice: Int) throws(Stop) -> Int {
        questions.append(caption + "|" + message)
        return choices.isEmpty ? defaultChoice : choices.removeFirst()
    }
    func clear() { text = "" }
}
