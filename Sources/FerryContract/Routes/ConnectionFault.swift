package import FerryCore

/// What can keep a `HostConnection` from bringing a request to its host, or the answer back. Whatever the host itself answers
/// keeps that host's own code.
///
/// A failure's message begins with whom one wanted to reach; its first cause is what the system said, a sentence of its own, for
/// callers that say the rest in other words.
package enum ConnectionFault: String, FaultCode {
    case notRunning, activelyRefused, timedOut, nameNotResolved, unreachable, closed
    case keyMismatch, keyRefused, tlsFailed
    case notUnderstood

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
        }
    }

    package var advice: String {
        switch self {
        case .notRunning: "Start it with 'systemctl start ferryd', or name another socket."
        case .activelyRefused:
            "Check that ferryd runs on the other host and listens on that address and port (listenAddress and controlPort in ferryd.json)."
        case .timedOut: "Check the network and firewalls between the hosts, then try again."
        case .nameNotResolved: "Use a name that Get-VMHostTrust lists, or one that DNS knows."
        case .unreachable: "Check the address, the routes and the firewalls between the hosts."
        case .closed: "Try again; if it repeats, look at the other host's journal (journalctl -u ferryd)."
        case .keyMismatch:
            "If the other host was set up anew, use Remove-VMHostTrust, then New-VMHostTrustToken there and Add-VMHostTrust here."
        case .keyRefused: "Use New-VMHostTrustToken on the other host and Add-VMHostTrust -Token here."
        case .tlsFailed:
            "Check that the port belongs to ferryd's HTTPS API (controlPort in ferryd.json) on the other host."
        case .notUnderstood:
            "Use the same release of ferry and ferryd on both sides, and check what listens at that address."
        }
    }
}

extension ConnectionFault {
    /// The fault `code` names.
    package init?(code: String) {
        guard let found = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = found
    }

    /// Windows' sentences for what a socket reports, which administrators search for (E-16, E-17, E-18).
    package static let refusedText =
        "No connection could be made because the target machine actively refused it. (0x8007274D)"
    package static let timedOutText =
        "A connection attempt failed because the connected party did not properly respond after a period of "
        + "time, or established connection failed because connected host has failed to respond. (0x8007274C)"
    package static let closedText = "An existing connection was forcibly closed by the remote host. (0x80072746)"
}
