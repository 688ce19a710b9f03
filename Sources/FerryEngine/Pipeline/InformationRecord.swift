/// One record of the information stream: `Write-Information`, `Write-Host`.
package final class InformationRecord: Object {
    package private(set) var message: Value
    package let tags: [String]
    package let source: String
    package var time = DateTime.now
    package var foreground: ConsoleColor?
    package var background: ConsoleColor?
    package var endsWithNewline = true

    package init(_ message: Value, tags: [String], source: String) {
        self.message = message
        self.tags = tags
        self.source = source
    }

    deinit { ReleaseQueue.release(&message, leaving: .null) }

    private static let type = RuntimeType("System.Management.Automation.InformationRecord")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { message.display }
    package override var propertyNames: [String] {
        ["MessageData", "Source", "TimeGenerated", "Tags", "User", "Computer", "ProcessId"]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "messagedata": tags.contains("PSHOST") ? .object(HostMessage(self)) : message
        case "source": .string(source)
        case "timegenerated": .date(time)
        case "tags": .list(ListObject(tags.map { .string($0) }))
        case "user", "computer": .string("")
        case "processid": .int(0)
        default: nil
        }
    }
}

/// `HostInformationMessage`: what Write-Host wrote, and how.
private final class HostMessage: Object {
    private let record: InformationRecord

    init(_ record: InformationRecord) { self.record = record }

    private static let type = RuntimeType("System.Management.Automation.HostInformationMessage")
    override var typeName: RuntimeType { Self.type }
    override var text: String { record.text }
    override var propertyNames: [String] { ["Message", "NoNewLine", "ForegroundColor", "BackgroundColor"] }
    override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "message": .string(record.text)
        case "nonewline": .bool(!record.endsWithNewline)
        case "foregroundcolor": record.foreground?.value ?? .null
        case "backgroundcolor": record.background?.value ?? .null
        default: nil
        }
    }
}

/// `WarningRecord`, `VerboseRecord`, `DebugRecord`: a message that was redirected into the output stream.
package final class MessageRecord: Object {
    package enum Stream: String, Sendable { case warning, verbose, debug }
    package let stream: Stream
    package let message: String

    package init(_ stream: Stream, _ message: String) {
        self.stream = stream
        self.message = message
    }

    private static func type(_ name: String) -> RuntimeType {
        RuntimeType(
            "System.Management.Automation.\(name)Record",
            bases: ["System.Management.Automation.InformationalRecord", "System.Object"])
    }
    private static let types: [Stream: RuntimeType] = [
        .warning: type("Warning"), .verbose: type("Verbose"), .debug: type("Debug"),
    ]
    package override var typeName: RuntimeType { Self.types[stream] ?? .object }
    package override var text: String { message }
    package override var propertyNames: [String] { ["Message", "InvocationInfo"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "message": .string(message)
        case "invocationinfo": .null
        default: nil
        }
    }
}
