package import FerryCore

/// Why evaluation leaves its normal course. Everything in the engine that can fail throws this, and nothing else.
// SAFETY: thrown and caught on the thread of its runspace, to which everything it carries belongs.
package enum Stop: Error, @unchecked Sendable {
    /// A terminating error: `catch` sees the record.
    case error(ErrorRecord)
    /// `break`, looking for a loop, in another script block than the loop's.
    case breaking(label: String?)
    case continuing(label: String?)
    /// `return` out of a statement used as a value; what it had collected is output.
    case returning(CollectingSink)
    /// A later command of the pipeline failed; the pipeline holds why. Commands before it only see that they are stopped.
    case failed(PipelineRun)
    /// `exit`.
    case exiting(code: Int32)
    /// A later command of the pipeline wants no more input (`Select-Object -First`).
    case upstream(PipelineRun)
    /// Ctrl-C.
    case interrupted
}

extension Stop {
    /// A terminating error of the engine itself: `RuntimeException` with an id and a category.
    package static func runtime(
        _ errorID: String, _ category: ErrorCategory = .invalidOperation, _ message: String, target: Value = .null,
        exception: String = "System.Management.Automation.RuntimeException", inner: ExceptionObject? = nil
    ) -> Stop {
        .error(
            ErrorRecord(
                ExceptionObject(exception, message, inner: inner), errorID: errorID, category: category, target: target)
        )
    }

    /// Why a pipeline failed, where only that is known.
    package var cause: Stop {
        if case .failed(let run) = self, let failure = run.failure { failure.cause } else { self }
    }

    package var record: ErrorRecord? {
        if case .error(let record) = self { record } else { nil }
    }
}

/// `System.Management.Automation.ErrorCategory`; `CategoryInfo.Category` shows the raw value.
package enum ErrorCategory: String, Sendable, CaseIterable, ScriptEnum {
    case notSpecified = "NotSpecified"
    case openError = "OpenError"
    case closeError = "CloseError"
    case deviceError = "DeviceError"
    case deadlockDetected = "DeadlockDetected"
    case invalidArgument = "InvalidArgument"
    case invalidData = "InvalidData"
    case invalidOperation = "InvalidOperation"
    case invalidResult = "InvalidResult"
    case invalidType = "InvalidType"
    case metadataError = "MetadataError"
    case notImplemented = "NotImplemented"
    case notInstalled = "NotInstalled"
    case objectNotFound = "ObjectNotFound"
    case operationStopped = "OperationStopped"
    case operationTimeout = "OperationTimeout"
    case syntaxError = "SyntaxError"
    case parserError = "ParserError"
    case permissionDenied = "PermissionDenied"
    case resourceBusy = "ResourceBusy"
    case resourceExists = "ResourceExists"
    case resourceUnavailable = "ResourceUnavailable"
    case readError = "ReadError"
    case writeError = "WriteError"
    case fromStdErr = "FromStdErr"
    case securityError = "SecurityError"
    case protocolError = "ProtocolError"
    case connectionError = "ConnectionError"
    case authenticationError = "AuthenticationError"
    case limitsExceeded = "LimitsExceeded"
    case quotaExceeded = "QuotaExceeded"
    case notEnabled = "NotEnabled"

    package static let enumType = makeEnumType("System.Management.Automation.ErrorCategory")

    package init(_ category: FaultCategory) { self = ErrorCategory(rawValue: category.rawValue) ?? .notSpecified }
}
