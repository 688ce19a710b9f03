package import FerryCore
package import FerryEngine

/// Reads what another shell writes to one of its standard streams, as it comes: lines of text, and documents that a line
/// announces.
package struct CLIXMLStreamReader: ObjectReader {
    /// Bytes of one object, or of one line.
    private static let limit = 256 << 20

    private var rest: [UInt8] = []
    /// Inside a document; its elements so far are in `values`.
    private var isDocument = false
    /// The next line stands right behind a document, whose own line it ends.
    private var followsDocument = false
    private var cutter = XMLCutter()
    private var values = CLIXMLReader()

    package init() {}

    package mutating func records(adding bytes: ArraySlice<UInt8>) throws(Failure) -> [ExchangedRecord] {
        var records: [ExchangedRecord] = []
        var bytes = bytes
        while let byte = bytes.popFirst() {
            guard rest.count < Self.limit else {
                throw Failure(RemotingFault.tooLarge, "An object of the other shell is more than \(Self.limit) bytes.")
            }
            rest.append(byte)
            if isDocument {
                guard let found = cutter.add(byte) else { continue }
                defer { rest.removeAll(keepingCapacity: true) }
                switch found {
                case .root: continue
                case .element:
                    if let record = try record(of: try XMLReader.read(rest)) { records.append(.record(record)) }
                case .end: (isDocument, followsDocument) = (false, true)
                }
            } else if byte == UInt8(ascii: "\n") {
                if let line = line() { records.append(line) }
            }
        }
        return records
    }

    package mutating func end() throws(Failure) -> [ExchangedRecord] {
        guard !isDocument else {
            // Space behind the last element is none.
            let isInside = !rest.allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
            throw Failure(
                RemotingFault.malformedDocument,
                isInside
                    ? "The other shell ended within an object that it wrote."
                    : "The other shell ended before what it wrote was complete: objects may be missing.")
        }
        guard !rest.isEmpty else { return [] }
        return line().map { [$0] } ?? []
    }

    /// What was gathered is a line: one of text, or the one that announces a document.
    private mutating func line() -> ExchangedRecord? {
        var bytes = rest[...]
        rest.removeAll(keepingCapacity: true)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        let text = String(decoding: bytes, as: UTF8.self)
        if text == CLIXMLExchange.marker {
            isDocument = true
            cutter = XMLCutter()
            values = CLIXMLReader()
            return nil
        }
        defer { followsDocument = false }
        return text.isEmpty && followsDocument ? nil : .line(text)
    }

    private mutating func record(of node: XMLNode) throws(Failure) -> JobRecord? {
        let stream = node.attribute("S")?.lowercased() ?? "output"
        if stream == "progress" { return Self.progress(node) }
        let value = try values.next(node)
        switch stream {
        case "error":
            // Text was written to the device itself; its line ends are its own.
            guard case .string(let text) = value else {
                return .error(Parcel(.object(try MessageBody.errorRecord(value))))
            }
            let line = text.hasSuffix("\n") ? String(text.dropLast()) : text
            return .error(
                Parcel(
                    .object(
                        ErrorRecord(
                            ExceptionObject("System.Management.Automation.RemoteException", line),
                            errorID: "NativeCommandError", category: .notSpecified, target: .string(line)))))
        case "warning": return .warning(value.display)
        case "verbose": return .verbose(value.display)
        case "debug": return .debug(value.display)
        case "information": return .information(Parcel(.object(MessageBody.informationRecord(value))))
        default: return .output(Parcel(value))
        }
    }

    private static func progress(_ node: XMLNode) -> JobRecord? {
        guard let record = node.child("MS")?.child("PR") else { return nil }
        func text(_ tag: String) -> String { record.child(tag).map { CLIXMLText.decode($0.text) } ?? "" }
        func number(_ tag: String) -> Int { Int(text(tag)) ?? -1 }
        return .progress(
            ProgressRecord(
                activityID: Int(text("AI")) ?? 0, parentActivityID: number("PI"), activity: text("AV"),
                status: text("SD"), currentOperation: text("S"), percentComplete: number("PC"),
                secondsRemaining: number("SR"), isCompleted: text("T") == "Completed"))
    }
}
