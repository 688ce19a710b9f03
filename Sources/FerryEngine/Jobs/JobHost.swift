/// The host of a runspace that works for a job: everything goes to the records, nobody can be asked.
package final class JobHost: Host {
    private let put: @Sendable (JobRecord) -> Void

    package init(_ put: @escaping @Sendable (JobRecord) -> Void) { self.put = put }

    package var name: String { "Default Host" }
    package var isInteractive: Bool { false }
    package var width: Int { 120 }
    package var allowsColor: Bool { false }
    package var usesStandardStreams: Bool { false }

    package func write(_ text: String) { write(text, foreground: nil, background: nil) }

    package func write(_ text: String, foreground: ConsoleColor?, background: ConsoleColor?) {
        let endsLine = text.hasSuffix("\n")
        let record = InformationRecord(
            .string(endsLine ? String(text.dropLast()) : text), tags: ["PSHOST"], source: "Write-Host")
        record.foreground = foreground
        record.background = background
        record.endsWithNewline = endsLine
        put(.information(Parcel(.object(record))))
    }

    package func writeError(_ text: String, record: ErrorRecord) { put(.error(Parcel(.object(record)))) }

    /// A program's line on its standard error.
    package func writeErrorLine(_ text: String) {
        let record = ErrorRecord(
            ExceptionObject("System.Management.Automation.RemoteException", text), errorID: "NativeCommandError",
            category: .notSpecified, target: .string(text))
        put(.error(Parcel(.object(record))))
    }

    package func writeWarning(_ text: String) { put(.warning(text)) }
    package func writeVerbose(_ text: String) { put(.verbose(text)) }
    package func writeDebug(_ text: String) { put(.debug(text)) }
    package func writeProgress(_ record: ProgressRecord) { put(.progress(record)) }

    package func readLine(prompt: String) throws(Stop) -> String? { throw Self.nobody }
    package func readSecret(prompt: String) throws(Stop) -> String? { throw Self.nobody }
    package func choose(caption: String, message: String, choices: [Choice], defaultChoice: Int) throws(Stop) -> Int {
        throw Self.nobody
    }
    package func checkAnswers() throws(Stop) { throw Self.nobody }
    package func enterNestedPrompt() throws(Stop) { throw Self.nobody }
    package func clear() {}

    private static var nobody: Stop {
        .runtime(
            "InvalidOperation", .invalidOperation,
            "The job cannot ask: read and prompt functionality is not available in a job. Give every parameter, and "
                + "-Confirm:$false or -Force where the command asks.",
            exception: "System.Management.Automation.PSInvalidOperationException")
    }

    /// Every message stream of a runspace, into the records.
    package static func streams(_ put: @escaping @Sendable (JobRecord) -> Void) -> Streams {
        func message(_ make: @escaping (String) -> JobRecord) -> Sink {
            ClosureSink { value throws(Stop) in put(make(value.asObject?.text ?? value.display)) }
        }
        return Streams(
            error: ClosureSink { value throws(Stop) in put(.error(Parcel(value))) },
            warning: message { .warning($0) }, verbose: message { .verbose($0) }, debug: message { .debug($0) },
            information: ClosureSink { value throws(Stop) in put(.information(Parcel(value))) })
    }
}
