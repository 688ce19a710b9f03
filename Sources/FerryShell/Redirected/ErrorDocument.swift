import FerryEngine
import FerryRemoting
import Glibc
import Synchronization

/// Everything but output that a shell with `-OutputFormat XML` has to say: one document on standard error.
final class ErrorDocument: Sendable {
    private let writer = Mutex(CLIXMLStreamWriter())

    func put(_ record: JobRecord) {
        writer.withLock { TerminalHost.send($0.text(of: record), to: STDERR_FILENO) }
    }

    func end() {
        writer.withLock { writer in
            let text = writer.end()
            if !text.isEmpty { TerminalHost.send(text + "\n", to: STDERR_FILENO) }
        }
    }
}
