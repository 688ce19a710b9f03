package import FerryEngine

/// CLIXML between a shell and one it started, as pwsh writes it with `-OutputFormat XML`: a line that says so, then one document
/// for each of the two standard streams, whose elements say in `S` which stream of the shell they belong to.
///
/// Source: the public protocol document MS-PSRP, section 2.2.5, and what pwsh writes.
package struct CLIXMLExchange: ObjectExchange {
    /// The line before a document.
    static let marker = "#< CLIXML"

    package init() {}

    package func document(_ values: [Value], _ runspace: Runspace) -> String {
        CLIXMLWriter.document(values, depth: nil, runspace)
    }

    package func makeWriter() -> any ObjectWriter { CLIXMLStreamWriter() }
    package func makeReader() -> any ObjectReader { CLIXMLStreamReader() }
}

/// Writes one of the two documents.
package struct CLIXMLStreamWriter: ObjectWriter {
    private var writer = CLIXMLWriter(nil)
    private var hasBegun = false

    package init() {}

    private mutating func begun() -> String {
        guard !hasBegun else { return "" }
        hasBegun = true
        return CLIXMLExchange.marker + "\n" + CLIXMLWriter.documentStart
    }

    package mutating func text(of value: Value, _ runspace: Runspace) -> String {
        writer.runspace = runspace
        return begun() + writer.next(value, stream: "Output")
    }

    /// - Parameter runspace: evaluates script properties; without one they are left out.
    package mutating func text(of record: JobRecord, _ runspace: Runspace? = nil) -> String {
        writer.runspace = runspace
        let start = begun()
        func text(_ text: String, _ stream: String) -> String { start + writer.next(.string(text), stream: stream) }
        switch record {
        case .output(let parcel): return start + writer.next(parcel.open(), stream: "Output")
        case .error(let parcel):
            guard let record = parcel.open().asObject as? ErrorRecord else { return start }
            let body = SnapshotObject(
                typeNames: ["System.Management.Automation.ErrorRecord", "System.Object"], text: record.message,
                properties: PropertyBag(MessageBody.properties(of: record)))
            return start + writer.next(.object(body), stream: "Error")
        case .warning(let message): return text(message, "warning")
        case .verbose(let message): return text(message, "verbose")
        case .debug(let message): return text(message, "debug")
        case .information(let parcel):
            guard let record = parcel.open().asObject as? InformationRecord else { return start }
            let body = SnapshotObject(
                typeNames: ["System.Management.Automation.InformationRecord", "System.Object"], text: record.text,
                properties: PropertyBag(MessageBody.properties(of: record)))
            return start + writer.next(.object(body), stream: "information")
        case .progress(let record): return start + writer.next(record)
        }
    }

    package mutating func end() -> String { hasBegun ? "</Objs>" : "" }
}
