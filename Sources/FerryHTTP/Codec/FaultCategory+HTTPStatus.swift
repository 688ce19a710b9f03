package import FerryCore

extension FaultCategory {
    /// The HTTP status of a problem document: the one table from category to status.
    ///
    /// The status is for proxies and logs; a Ferry client reads the document, which keeps the failure's own code.
    package var httpStatus: Int {
        switch self {
        case .invalidArgument, .invalidType, .syntaxError, .parserError, .metadataError: 400
        case .authenticationError: 401
        case .permissionDenied, .securityError: 403
        case .objectNotFound: 404
        case .resourceExists, .resourceBusy, .invalidOperation, .operationStopped, .deadlockDetected: 409
        case .limitsExceeded: 413
        case .invalidData: 422
        case .openError, .closeError, .readError, .writeError, .deviceError, .invalidResult, .fromStdErr: 500
        case .notImplemented: 501
        case .connectionError, .protocolError: 502
        case .resourceUnavailable, .notEnabled, .notInstalled: 503
        case .operationTimeout: 504
        case .quotaExceeded: 507
        }
    }
}
