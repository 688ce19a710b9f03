import FerryCore
import FerryEngine

/// The bodies of messages: what both sides write and read. Source: MS-PSRP section 2.2.2 and 2.2.3.
enum MessageBody {
    static let protocolVersion = VersionNumber(2, 3)

    static var capability: String {
        CLIXMLWriter.message([
            ("protocolversion", .version(protocolVersion)), ("PSVersion", .version(VersionNumber(2, 0))),
            ("SerializationVersion", .version(VersionNumber(1, 1, 0, 1))),
        ])
    }

    /// - Parameter side: whose capability it is, for the reason.
    /// - Throws: `versionMismatch` for another major version, or none.
    static func checkCapability(_ body: [UInt8], of side: String) throws(Failure) {
        let value = try CLIXMLReader.value(body)
        guard case .version(let version)? = property("protocolversion", of: value),
            version.major == protocolVersion.major
        else {
            throw Failure(
                RemotingFault.versionMismatch,
                "The \(side) does not speak version \(protocolVersion.text) of the remoting protocol.")
        }
    }

    /// A member of an enumeration of the protocol.
    static func symbol(_ type: String, _ name: String, _ number: Int64) -> Value {
        .symbol(EnumType("System.Management.Automation." + type, [(name, number)]).value(number))
    }

    // MARK: Errors

    static func properties(of record: ErrorRecord) -> [(String, Value)] {
        let info = CategoryInfo(record)
        let number = ErrorCategory.allCases.firstIndex(of: record.category) ?? 0
        var properties: [(String, Value)] = [
            ("Exception", .object(exception(record.exception))),
            ("TargetObject", target(of: record)), ("FullyQualifiedErrorId", .string(record.fullyQualifiedErrorID)),
            ("InvocationInfo", .null), ("ErrorCategory_Category", .count(number)),
            ("ErrorCategory_Activity", .string(record.activity)), ("ErrorCategory_Reason", .string(info.reason)),
            ("ErrorCategory_TargetName", .string(info.targetName)),
            ("ErrorCategory_TargetType", .string(info.targetType)), ("ErrorCategory_Message", .string(info.text)),
            ("SerializeExtendedInfo", .bool(false)),
        ]
        if record.detailsMessage != nil || record.recommendedAction != nil {
            properties.append(("ErrorDetails_Message", .string(record.message)))
            properties.append(("ErrorDetails_RecommendedAction", .string(record.recommendedAction ?? "")))
        }
        if !record.scriptStackTrace.isEmpty {
            properties.append(("ErrorDetails_ScriptStackTrace", .string(record.scriptStackTrace)))
        }
        return properties
    }

    /// Objects by their text: what an error is about may be anything, and as big.
    private static func target(of record: ErrorRecord) -> Value {
        switch record.target {
        case .object, .array, .list, .table: .string(record.target.display)
        default: record.target
        }
    }

    private static func exception(_ exception: ExceptionObject) -> SnapshotObject {
        var bag = PropertyBag()
        bag["Message"] = .note(.string(exception.message))
        bag["InnerException"] = .note(exception.inner.map { .object(self.exception($0)) } ?? .null)
        bag["HResult"] = .note(.int(-2_146_233_087))
        return SnapshotObject(typeNames: exception.typeNames, text: exception.text, properties: bag)
    }

    /// The record as the other side had it; its exception is a `RemoteException` here.
    static func errorRecord(_ value: Value) throws(Failure) -> ErrorRecord {
        func text(_ name: String) -> String { property(name, of: value)?.display ?? "" }
        guard case .string(let id)? = property("FullyQualifiedErrorId", of: value) else {
            throw Failure(RemotingFault.malformedMessage, "Error in decoding ErrorRecord.")
        }
        let exception = property("Exception", of: value) ?? .null
        let message = property("Message", of: exception)?.display ?? exception.display
        let number = whole("ErrorCategory_Category", of: value) ?? 0
        let categories = Array(ErrorCategory.allCases)
        let record = ErrorRecord(
            ExceptionObject("System.Management.Automation.RemoteException", message), errorID: id,
            category: categories.indices.contains(number) ? categories[number] : .notSpecified,
            target: property("TargetObject", of: value) ?? .null)
        record.activity = text("ErrorCategory_Activity")
        record.reason = text("ErrorCategory_Reason")
        record.targetName = text("ErrorCategory_TargetName")
        record.targetType = text("ErrorCategory_TargetType")
        if case .string(let details)? = property("ErrorDetails_Message", of: value) { record.detailsMessage = details }
        if case .string(let advice)? = property("ErrorDetails_RecommendedAction", of: value), !advice.isEmpty {
            record.recommendedAction = advice
        }
        record.scriptStackTrace = text("ErrorDetails_ScriptStackTrace")
        return record
    }

    // MARK: Other records

    static func informational(_ message: String) -> String {
        CLIXMLWriter.message([
            ("InformationalRecord_Message", .string(message)),
            ("InformationalRecord_SerializeInvocationInfo", .bool(false)),
            ("InformationalRecord_PipelineIterationInfo", .array([])),
        ])
    }

    static func progress(_ record: ProgressRecord) -> String {
        CLIXMLWriter.message(progressProperties(record))
    }

    static func progressProperties(_ record: ProgressRecord) -> [(String, Value)] {
        [
            ("Activity", .string(record.activity.isEmpty ? " " : record.activity)),
            ("ActivityId", .count(record.activityID)),
            ("StatusDescription", .string(record.status.isEmpty ? " " : record.status)),
            ("CurrentOperation", .string(record.currentOperation)),
            ("ParentActivityId", .count(record.parentActivityID)), ("PercentComplete", .count(record.percentComplete)),
            (
                "Type",
                symbol(
                    "ProgressRecordType", record.isCompleted ? "Completed" : "Processing", record.isCompleted ? 1 : 0)
            ),
            ("SecondsRemaining", .count(record.secondsRemaining)),
        ]
    }

    static func progressRecord(_ value: Value) -> ProgressRecord {
        func text(_ name: String) -> String { property(name, of: value)?.display ?? "" }
        var isCompleted = false
        if case .symbol(let type)? = property("Type", of: value) { isCompleted = type.number == 1 }
        return ProgressRecord(
            activityID: whole("ActivityId", of: value) ?? 0,
            parentActivityID: whole("ParentActivityId", of: value) ?? -1,
            activity: text("Activity").trimmed, status: text("StatusDescription").trimmed,
            currentOperation: text("CurrentOperation"), percentComplete: whole("PercentComplete", of: value) ?? -1,
            secondsRemaining: whole("SecondsRemaining", of: value) ?? -1, isCompleted: isCompleted)
    }

    /// Host text travels as PowerShell's `HostInformationMessage`.
    static func information(_ record: InformationRecord) -> String {
        CLIXMLWriter.message(properties(of: record))
    }

    static func properties(of record: InformationRecord) -> [(String, Value)] {
        var message = record.message
        if record.tags.contains("PSHOST") {
            var properties: [(String, Value)] = [
                ("Message", .string(record.message.display)), ("NoNewLine", .bool(!record.endsWithNewline)),
            ]
            if let color = record.foreground { properties.append(("ForegroundColor", color.value)) }
            if let color = record.background { properties.append(("BackgroundColor", color.value)) }
            message = .object(
                SnapshotObject(
                    typeNames: ["System.Management.Automation.HostInformationMessage", "System.Object"],
                    text: record.message.display, properties: PropertyBag(properties)))
        }
        return [
            ("MessageData", message), ("Source", .string(record.source)), ("TimeGenerated", .date(record.time)),
            ("Tags", .list(ListObject(record.tags.map { .string($0) }))), ("User", .string(Environment.userName)),
            ("Computer", .string(Environment.hostName)), ("ProcessId", .number(.uint(0))),
            ("NativeThreadId", .number(.uint(0))), ("ManagedThreadId", .number(.uint(0))),
        ]
    }

    static func informationRecord(_ value: Value) -> InformationRecord {
        let message = property("MessageData", of: value) ?? .null
        let tags = (property("Tags", of: value)?.elements ?? []).map(\.display)
        let source = property("Source", of: value)?.display ?? ""
        guard tags.contains("PSHOST") else { return InformationRecord(message, tags: tags, source: source) }
        let record = InformationRecord(
            property("Message", of: message).map { .string($0.display) } ?? message, tags: tags, source: source)
        record.endsWithNewline = property("NoNewLine", of: message)?.isTrue != true
        record.foreground = property("ForegroundColor", of: message).flatMap { ConsoleColor(rawValue: $0.display) }
        record.background = property("BackgroundColor", of: message).flatMap { ConsoleColor(rawValue: $0.display) }
        return record
    }

    // MARK: Reading

    /// A property of a deserialized object; `nil` when it is absent or null.
    static func property(_ name: String, of value: Value) -> Value? {
        guard case .object(let object) = value else { return nil }
        let found = object.added?.note(name) ?? (try? object.property(name))
        return found.flatMap { $0.isNull ? nil : $0 }
    }

    static func whole(_ name: String, of value: Value) -> Int? {
        switch property(name, of: value) {
        case .number(let number)?: number.asInt64.map { Int($0) }
        case .symbol(let symbol)?: Int(symbol.number)
        default: nil
        }
    }
}
