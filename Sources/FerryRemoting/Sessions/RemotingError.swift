package import FerryCore
package import FerryEngine

/// PowerShell's error records for what fails between two sessions.
package enum RemotingError {
    private static func transport(_ host: String, _ message: String, id: String, cause: Failure?) -> ErrorRecord {
        let record = ErrorRecord(
            ExceptionObject(
                "System.Management.Automation.Remoting.PSRemotingTransportException", "[\(host)] \(message)",
                inner: cause.map { ExceptionObject($0) }),
            errorID: id, category: .openError, target: .string(host))
        record.recommendedAction = cause?.advice
        record.detailsMessage = record.exception.message
        return record
    }

    /// A session that could not be made.
    package static func notOpened(_ failure: Failure, _ host: String, activity: String) -> ErrorRecord {
        let record = transport(
            host, failure.message,
            id: activity == "Invoke-Command" ? "2100,PSSessionStateBroken" : "2100,PSSessionOpenFailed",
            cause: failure)
        record.activity = activity
        return record
    }

    /// A session that ended while it was used.
    static func lost(_ failure: Failure, _ host: String) -> ErrorRecord {
        let record = transport(host, failure.message, id: "2100,PSSessionStateBroken", cause: failure)
        record.origin = nil
        return record
    }

    /// A record of a pipeline that came, but cannot be read.
    static func unreadable(_ failure: Failure, _ host: String) -> ErrorRecord {
        let record = ErrorRecord(
            ExceptionObject(
                "System.Management.Automation.Remoting.PSRemotingDataStructureException",
                "[\(host)] A record of the remote command was lost. \(failure.message)", inner: ExceptionObject(failure)
            ),
            errorID: "RecordNotReadable", category: .invalidData, target: .string(host))
        record.recommendedAction = failure.advice
        record.detailsMessage = record.exception.message
        return record
    }

    static func failed(_ host: String) -> ErrorRecord {
        transport(host, "The remote pipeline failed.", id: "PipelineFailed", cause: nil)
    }

    /// The answer to a question where nobody is asked.
    static func nobody(_ method: HostCall.Method?) -> ErrorRecord {
        ErrorRecord(
            ExceptionObject(
                "System.Management.Automation.Host.HostException",
                "The remote script cannot ask: \(method?.name ?? "the method") is not available in this session's host."
            ),
            errorID: "HostFunctionNotImplemented", category: .notImplemented)
    }
}
