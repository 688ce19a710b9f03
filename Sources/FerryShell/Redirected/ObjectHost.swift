import FerryEngine

/// The host of a shell that another started for its objects: whatever is shown travels as records, and nobody is asked.
///
/// Used on the runspace's thread.
final class ObjectHost: Host {
    private let records: JobHost
    private let input: StandardInput

    init(_ errors: ErrorDocument, _ input: StandardInput) {
        records = JobHost { errors.put($0) }
        self.input = input
    }

    let name = "ConsoleHost"
    var isInteractive: Bool { false }
    var width: Int { 120 }
    var allowsColor: Bool { false }
    var usesStandardStreams: Bool { false }

    func write(_ text: String) { records.write(text) }
    func write(_ text: String, foreground: ConsoleColor?, background: ConsoleColor?) {
        records.write(text, foreground: foreground, background: background)
    }
    func writeError(_ text: String, record: ErrorRecord) { records.writeError(text, record: record) }
    func writeErrorLine(_ text: String) { records.writeErrorLine(text) }
    func writeWarning(_ text: String) { records.writeWarning(text) }
    func writeVerbose(_ text: String) { records.writeVerbose(text) }
    func writeDebug(_ text: String) { records.writeDebug(text) }
    func writeProgress(_ record: ProgressRecord) { records.writeProgress(record) }

    func readLine(prompt: String) throws(Stop) -> String? { throw .nonInteractive }
    func readInput() throws(Stop) -> String? { try input.answer() }
    func readSecret(prompt: String) throws(Stop) -> String? { throw .nonInteractive }
    func choose(caption: String, message: String, choices: [Choice], defaultChoice: Int) throws(Stop) -> Int {
        throw .nonInteractive
    }
    func clear() {}
}
