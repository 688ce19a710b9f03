package import FerryCore
package import FerryLanguage

/// `System.Management.Automation.ErrorRecord`: one error as `$Error`, `catch` and the error views see it.
package final class ErrorRecord: Object {
    package let exception: ExceptionObject
    /// The id without the command: `PathNotFound`.
    package var errorID: String
    /// The command's type name that completes the id; `nil` for errors of the language itself.
    package var commandTypeName: String?
    package var category: ErrorCategory
    package var activity: String = ""
    /// `nil`: the exception's type name.
    package var reason: String?
    package var targetName: String?
    package var targetType: String?
    package var target: Value
    /// `ErrorDetails`: replaces the exception's message in views.
    package var detailsMessage: String?
    package var recommendedAction: String?
    package var invocation: Invocation?
    package var scriptStackTrace: String = ""
    /// The host the error comes from, when it is another one.
    package var origin: String?
    /// Where the error view points; `invocation`'s position unless the error is inside an expression.
    package var position: SourceRange?
    /// Whether the record is already in `$Error` (a rethrow must not add it twice).
    package var isRecorded = false
    /// Raised by `throw`: the view's label is "Exception".
    package var isThrown = false
    /// A parse error's message without its place, which its exception's message begins with.
    var diagnosis: String?
    package var isParseError: Bool { diagnosis != nil }
    /// The function that ended itself with this error: statements in it do not go on.
    weak var ended: CommandIO?
    /// Raised by a preference of Stop: no outer preference turns it back into a message.
    var forcesStop = false

    package init(
        _ exception: ExceptionObject, errorID: String, category: ErrorCategory = .notSpecified, target: Value = .null
    ) {
        self.exception = exception
        self.errorID = errorID
        self.category = category
        self.target = target
        super.init()
        if exception.record == nil { exception.record = self }
    }

    deinit { ReleaseQueue.release(&target, leaving: .null) }

    /// `PathNotFound,Microsoft.PowerShell.Commands.GetContentCommand`; the id alone when no command, or an empty one, completes it.
    package var fullyQualifiedErrorID: String {
        guard let commandTypeName, !commandTypeName.isEmpty else { return errorID }
        return "\(errorID),\(commandTypeName)"
    }

    package var message: String { detailsMessage ?? exception.message }
    /// What views that point at the place themselves show.
    package var shownMessage: String { detailsMessage ?? diagnosis ?? exception.message }

    /// The record that a `catch` shows under another exception; a bare `throw` raises this one again.
    private(set) var original: ErrorRecord?

    /// The same error as a `catch` sees it that was found by the exception's cause.
    func replacing(_ exception: ExceptionObject) -> ErrorRecord {
        let copy = ErrorRecord(exception, errorID: errorID, category: category, target: target)
        copy.original = self
        copy.commandTypeName = commandTypeName
        copy.activity = activity
        copy.reason = reason
        copy.targetName = targetName
        copy.targetType = targetType
        copy.detailsMessage = detailsMessage
        copy.recommendedAction = recommendedAction
        copy.invocation = invocation
        copy.scriptStackTrace = scriptStackTrace
        copy.origin = origin
        copy.position = position
        copy.isRecorded = isRecorded
        copy.isThrown = isThrown
        copy.diagnosis = diagnosis
        return copy
    }

    package override var typeName: RuntimeType { .errorRecord }
    package override var text: String { message }

    package override var propertyNames: [String] {
        [
            "Exception", "TargetObject", "CategoryInfo", "FullyQualifiedErrorId", "ErrorDetails", "InvocationInfo",
            "ScriptStackTrace", "PipelineIterationInfo",
        ] + (origin == nil ? [] : ["OriginInfo"])
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "exception": return .object(exception)
        case "targetobject": return target
        case "fullyqualifiederrorid": return .string(fullyQualifiedErrorID)
        case "categoryinfo": return .object(CategoryInfo(self))
        case "errordetails":
            guard detailsMessage != nil || recommendedAction != nil else { return .null }
            return .object(ErrorDetails(self))
        case "invocationinfo":
            guard let invocation else { return .null }
            return .object(InvocationObject(invocation, position: position))
        case "scriptstacktrace": return .string(scriptStackTrace)
        case "pipelineiterationinfo": return .array([])
        case "origininfo":
            guard let origin else { return nil }
            return .object(
                CustomObject(
                    [("PSComputerName", .string(origin))],
                    typeNames: ["System.Management.Automation.Remoting.OriginInfo"]))
        default: return nil
        }
    }

    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        guard name.folded == "errordetails" else { return false }
        detailsMessage = value.isNull ? nil : value.display
        return true
    }
}

extension ErrorRecord {
    /// The record of a failure raised by a command: the one place where Ferry's errors become PowerShell's.
    ///
    /// The exception chain is the failure's causes; advice becomes `RecommendedAction`.
    package convenience init(_ failure: Failure, target: Value = .null) {
        self.init(
            ExceptionObject(failure), errorID: failure.errorID, category: ErrorCategory(failure.category),
            target: target.isNull ? .optional(failure.target) : target)
        reason = failure.domain
        detailsMessage = nil
        recommendedAction = failure.advice
        targetName = target.isNull ? failure.target : nil
    }
}

extension ExceptionObject {
    /// `Ferry.HostException` for domain `Host`: the message with the reasons under it; code and advice as properties, the first cause as inner exception.
    package convenience init(_ failure: Failure) {
        self.init(
            "Ferry.\(failure.domain)Exception", failure.explanation,
            inner: failure.causes.first.map { ExceptionObject($0) }
        )
        details = [
            ("Code", .string(failure.code)), ("Advice", .string(failure.advice)),
            ("Location", .string(failure.location)),
            ("CleanUpFailures", .array(failure.causes.dropFirst().map { .string($0.description) })),
        ]
    }
}

/// `$_.CategoryInfo`.
package final class CategoryInfo: Object {
    private let record: ErrorRecord

    package init(_ record: ErrorRecord) { self.record = record }

    package override var typeName: RuntimeType { CategoryInfo.type }
    private static let type = RuntimeType("System.Management.Automation.ErrorCategoryInfo")

    package override var propertyNames: [String] { ["Category", "Activity", "Reason", "TargetName", "TargetType"] }

    package var reason: String { record.reason ?? record.exception.exceptionType.name }
    package var targetName: String {
        if let name = record.targetName { return name }
        return record.target.isNull ? "" : record.target.display
    }
    package var targetType: String {
        if let type = record.targetType { return type }
        return record.target.isNull ? "" : record.target.typeName.name
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "category": record.category.value
        case "activity": .string(record.activity)
        case "reason": .string(reason)
        case "targetname": .string(targetName)
        case "targettype": .string(targetType)
        default: nil
        }
    }

    /// More than 40 characters lose their middle, as PowerShell shows them.
    private static func shortened(_ text: String) -> String {
        text.count <= 40 ? text : "\(text.prefix(15))...\(text.suffix(15))"
    }

    /// `ObjectNotFound: (web01:String) [Get-VM], VirtualizationException`
    package override var text: String {
        var text = "\(record.category.rawValue): "
        text += "(\(Self.shortened(targetName)):\(Self.shortened(targetType))) "
        return text + "[\(record.activity)], \(reason)"
    }
}

/// `System.Management.Automation.ErrorDetails`: what an error says instead of its exception.
private final class ErrorDetails: Object {
    private let record: ErrorRecord

    init(_ record: ErrorRecord) { self.record = record }

    private static let type = RuntimeType("System.Management.Automation.ErrorDetails")
    override var typeName: RuntimeType { Self.type }
    override var text: String { record.message }
    override var propertyNames: [String] { ["Message", "RecommendedAction"] }
    override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "message": .string(record.message)
        case "recommendedaction": .string(record.recommendedAction ?? "")
        default: nil
        }
    }
}
