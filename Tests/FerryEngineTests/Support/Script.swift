import FerryEngine
import Foundation
import Testing

/// What a piece of script did.
struct Outcome: Sendable {
    /// Each object of the output, as text; null is `<null>`.
    var output: [String] = []
    /// Full type names of the same objects.
    var types: [String] = []
    /// `id: message` of each error that reached the host, or ended the script.
    var errors: [String] = []
    /// Error records as the host was to show them.
    var views: [String] = []
    var text = ""
    var warnings: [String] = []
    var verbose: [String] = []
    var questions: [String] = []
    var activities: [String] = []
    var exitCode: Int32?
}

/// Runs `body` on a thread with a big stack while the test waits without holding one of the pool's threads: commands that wait
/// for asynchronous work need them.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: Runspace.onOwnThread(body)) }
    }
}

/// Runs scripts in a fresh runspace on a thread of its own.
enum Script {
    /// - Parameters:
    ///   - prepare: changes the runspace before the script runs.
    static func run(
        _ script: String, interactive: Bool = false, choices: [Int] = [], lines: [String] = [],
        prepare: @escaping @Sendable (Runspace) -> Void = { _ in }
    ) async -> Outcome {
        await onThread {
            let host = RecordingHost(isInteractive: interactive)
            host.choices = choices
            host.lines = lines
            let runspace = Runspace(host: host)
            defer { runspace.close() }
            runspace.register(ProbeCommands.module)
            prepare(runspace)
            var outcome = Outcome()
            do throws(Stop) {
                for value in try runspace.evaluate(script) {
                    outcome.output.append(value.isNull ? "<null>" : value.display)
                    outcome.types.append(value.typeName.fullName)
                }
            } catch {
                switch error {
                case .error(let record): outcome.errors.append("\(record.fullyQualifiedErrorID): \(record.message)")
                case .exiting(let code): outcome.exitCode = code
                case .interrupted: outcome.errors.append("interrupted")
                default: outcome.errors.append("\(error)")
                }
            }
            outcome.errors = host.records.map { "\($0.fullyQualifiedErrorID): \($0.message)" } + outcome.errors
            outcome.views = host.errors
            outcome.text = host.text
            outcome.warnings = host.warnings
            outcome.verbose = host.verbose
            outcome.questions = host.questions
            outcome.activities = host.progress.map(\.activity)
            return outcome
        }
    }
}

/// One line of a table: a script, and its output's objects joined by `|`. An expectation that begins with `!` is the id of the
/// only error.
struct Row: Sendable, CustomTestStringConvertible {
    let script: String
    let expected: String

    init(_ script: String, _ expected: String) {
        self.script = script
        self.expected = expected
    }

    var testDescription: String { script }

    func check(sourceLocation: SourceLocation = #_sourceLocation) async {
        let outcome = await Script.run(script)
        if expected.hasPrefix("!") {
            let id = outcome.errors.last.map { String($0.prefix { $0 != ":" }) } ?? "no error"
            #expect("!" + id == expected, "\(script): \(outcome.errors)", sourceLocation: sourceLocation)
        } else {
            let actual = outcome.errors.isEmpty ? outcome.output.joined(separator: "|") : "ERROR \(outcome.errors)"
            #expect(actual == expected, "\(script)", sourceLocation: sourceLocation)
        }
    }
}
