package import FerryCore

/// What can go wrong between two programs that are both in order: reaching each other, knowing each other, keeping to HTTP.
package enum ConnectionFault: String, FaultCode {
    // Client
    case notRunning, activelyRefused, timedOut, nameNotResolved, unreachable, closed, keyMismatch, keyRefused,
        notUnderstood
    case tlsFailed
    // Server
    case bodyTooLarge, listenFailed, addressInUse, socketInUse
    // Identity
    case identityUnreadable, identityNotStored

    package static let domain = "Connection"

    package var category: FaultCategory {
        switch self {
        case .notRunning, .activelyRefused, .unreachable: .resourceUnavailable
        case .timedOut: .operationTimeout
        case .nameNotResolved: .objectNotFound
        case .closed: .connectionError
        case .keyMismatch, .keyRefused: .authenticationError
        case .tlsFailed: .securityError
        case .notUnderstood: .protocolError
        case .bodyTooLarge: .limitsExceeded
        case .listenFailed: .openError
        case .addressInUse, .socketInUse: .resourceBusy
        case .identityUnreadable: .invalidData
        case .identityNotStored: .writeError
        }
    }

    package var advice: String {
        switch self {
        case .notRunning: "Start it with 'systemctl start ferryd', or name another socket."
        case .activelyRefused:
            "Check that ferryd runs on the other host and listens on that address and port (listenAddress, controlPort)."
        case .timedOut: "Check the network and firewalls between the hosts, then try again."
        case .nameNotResolved: "Use a name that Get-VMHostTrust lists, or one that DNS knows."
        case .unreachable: "Check the address, the routes and the firewalls between the hosts."
        case .closed: "Try again; if it repeats, look at the other host's journal (journalctl -u ferryd)."
        case .keyMismatch:
            "If the other host was set up anew, use Remove-VMHostTrust, then New-VMHostTrustToken there and Add-VMHostTrust here."
        case .keyRefused: "Use New-VMHostTrustToken on the other host and Add-VMHostTrust -Token here."
        case .tlsFailed: "Check that the port belongs to ferryd's HTTPS API (controlPort) on the other host."
        case .notUnderstood:
            "Use the same release of ferry and ferryd on both sides, and check what listens at that address."
        case .bodyTooLarge: "Send less in one request."
        case .listenFailed: "Check listenAddress, controlPort and socket in ferryd's configuration."
        case .addressInUse: "Stop the other program, or choose another port with --control-port (key controlPort)."
        case .socketInUse: "Stop the other ferryd, or choose another path with --socket (key socket)."
        case .identityUnreadable:
            "Restore the file from a backup, or delete it and make trust anew with New-VMHostTrustToken and Add-VMHostTrust."
        case .identityNotStored: "Check that stateFolder exists, is writable by root and has free space."
        }
    }
}
