import FerryCore
import FerryEngine
import FerryRemoting
import Glibc

/// Runs commands with their output as objects: `-OutputFormat XML`.
///
/// Used on the runspace's thread.
final class ObjectProgram {
    private let runspace: Runspace
    private let errors: ErrorDocument
    private var output = CLIXMLStreamWriter()

    init(_ runspace: Runspace, _ errors: ErrorDocument) {
        self.runspace = runspace
        self.errors = errors
    }

    /// Ends the documents.
    func end() {
        let text = output.end()
        if !text.isEmpty { TerminalHost.send(text + "\n", to: STDOUT_FILENO) }
        errors.end()
    }

    /// - Returns: what `-Command` ends with.
    func runCommand(_ text: String, arguments: [Argument], source: InputSource?) -> Int32 {
        run(arguments, source) { () throws(Stop) in try runspace.makeScriptBlock(text) }
            ?? runspace.requestedExit ?? (runspace.lastSucceeded ? 0 : 1)
    }

    /// - Returns: what `-File` ends with.
    func runFile(_ path: String, arguments: [String], source: InputSource?) -> Int32 {
        let full = runspace.location.resolve(path)
        guard FileText.isFile(full) else {
            runspace.host.writeErrorLine(ShellArguments.missingScript(path))
            return 64
        }
        var hasRun = false
        let code = run(Runspace.arguments(arguments), source) { () throws(Stop) in
            let block = try runspace.makeScriptBlock(file: full, knowsPath: true)
            hasRun = true
            return block
        }
        return code ?? runspace.requestedExit ?? (hasRun && !hasFailed ? 0 : 1)
    }

    /// One line of a redirected prompt; a code when it said `exit`.
    func runLine(_ text: String) -> Int32? {
        run([], nil) { () throws(Stop) in try runspace.makeScriptBlock(text) }
    }

    /// The last run ended with an error.
    private var hasFailed = false

    private func run(_ arguments: [Argument], _ source: InputSource?, _ block: () throws(Stop) -> ScriptBlock)
        -> Int32?
    {
        hasFailed = false
        runspace.lastSucceeded = true
        do throws(Stop) {
            let sink = ClosureSink { [self] value throws(Stop) in
                try runspace.interrupt.check()
                TerminalHost.send(output.text(of: value, runspace), to: STDOUT_FILENO)
            }
            try runspace.run(
                [.script(try block(), arguments)], input: [], source: source,
                streams: JobHost.streams { [errors] in errors.put($0) }, output: sink)
            return nil
        } catch {
            switch error.cause {
            case .error(let record):
                runspace.record(record)
                errors.put(.error(Parcel(.object(record))))
                hasFailed = true
            case .exiting(let code): return code
            case .interrupted: return 128 + SIGINT
            default: break
            }
            runspace.lastSucceeded = !hasFailed
            return nil
        }
    }
}
