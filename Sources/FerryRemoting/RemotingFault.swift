package import FerryCore

/// What can go wrong between two sessions.
package enum RemotingFault: String, FaultCode, CaseIterable {
    case malformedDocument, malformedMessage, tooLarge, unexpectedMessage, versionMismatch, channelClosed, timedOut
    case transportFailed
    case secretUnreadable

    package static let domain = "Remoting"

    package var category: FaultCategory {
        switch self {
        case .malformedDocument, .malformedMessage: .invalidData
        case .tooLarge: .limitsExceeded
        case .unexpectedMessage, .versionMismatch: .protocolError
        case .channelClosed, .transportFailed: .connectionError
        case .timedOut: .operationTimeout
        case .secretUnreadable: .notImplemented
        }
    }

    package var advice: String {
        switch self {
        case .malformedDocument, .malformedMessage, .unexpectedMessage:
            "See that the other side is ferry or PowerShell 7 and that nothing else writes to its standard output."
        case .tooLarge: "Send or ask for less at a time."
        case .versionMismatch: "Update ferry or PowerShell on the older side."
        case .channelClosed, .transportFailed:
            "Try ssh to the host by hand, and see that its sshd_config has the line \"Subsystem powershell /usr/bin/ferry -sshs\"."
        case .secretUnreadable: "Make the secret anew on this host: Get-Credential, ConvertTo-SecureString."
        case .timedOut: "See that the host answers, or give -ConnectingTimeout more milliseconds."
        }
    }
}
