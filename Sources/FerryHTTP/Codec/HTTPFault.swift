package import FerryCore

/// What can go wrong with this host's own end of the API: listening, keeping to HTTP, its key. What keeps a client from reaching a
/// host is the contract's `ConnectionFault`.
package enum HTTPFault: String, FaultCode {
    // Server
    case bodyTooLarge, bodyCutShort, listenFailed, addressInUse, socketInUse
    // Identity
    case identityUnreadable, identityNotStored

    package static let domain = "HTTP"

    package var category: FaultCategory {
        switch self {
        case .bodyTooLarge: .limitsExceeded
        case .bodyCutShort: .connectionError
        case .listenFailed: .openError
        case .addressInUse, .socketInUse: .resourceBusy
        case .identityUnreadable: .invalidData
        case .identityNotStored: .writeError
        }
    }

    package var advice: String {
        switch self {
        case .bodyTooLarge: "Send less in one request."
        case .bodyCutShort: "Send the request again."
        case .listenFailed: "Check listenAddress, controlPort and socket in ferryd.json."
        case .addressInUse:
            "Stop the other program, or choose another port with --control-port (controlPort in ferryd.json)."
        case .socketInUse: "Stop the other ferryd, or choose another path with --socket (socket in ferryd.json)."
        case .identityUnreadable:
            "Restore the file from a backup, or delete it and make trust anew with New-VMHostTrustToken and Add-VMHostTrust."
        case .identityNotStored: "Check that stateFolder in ferryd.json exists, is writable by root and has free space."
        }
    }
}
