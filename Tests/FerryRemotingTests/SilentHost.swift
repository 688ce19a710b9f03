import FerryEngine

/// A host that nothing comes out of.
final class SilentHost: Host {
    var name: String { "Silent" }
    var isInteractive: Bool { false }
    var width: Int { 120 }
    var allowsColor: Bool { false }
    var usesStandardStreams: Bool { false }
    func write(_ text: String) {}
    func write(_ text: String, foreground: ConsoleColor?, background: ConsoleColor?) {}
    func writeError(_ text: String, record: ErrorRecord) {}
    func writeErrorLine(_ text: String) {}
    func writeWarning(_ text: String) {}
    func writeVerbose(_ text: String) {}
    func writeDebug(_ text: String) {}
    func writeProgress(_ record: ProgressRecord) {}
    func readLine(prompt: String) throws(Stop) -> String? { nil }
    func readSecret(prompt: String) throws(Stop) -> String? { nil }
    func choose(caption: String, message: String, choices: [Choice], defaultChoice: Int) throws(Stop) -> Int {
        defaultChoice
    }
    func clear() {}
}
