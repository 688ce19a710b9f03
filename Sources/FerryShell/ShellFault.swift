package import FerryCore

/// What can go wrong in the shell itself.
package enum ShellFault: String, FaultCode, CaseIterable {
    case terminalUnusable, hostListUnreadable, hostUnknown, scriptUnreadable

    package static let domain = "Shell"

    package var category: FaultCategory {
        switch self {
        case .terminalUnusable: .deviceError
        case .hostListUnreadable: .invalidData
        case .hostUnknown: .objectNotFound
        case .scriptUnreadable: .openError
        }
    }

    package var advice: String {
        switch self {
        case .terminalUnusable: "Use ferry -c or a script, or set TERM to a terminal this computer knows."
        case .hostListUnreadable: "Correct the file, or name another with FERRY_HOSTS."
        case .hostUnknown:
            "Add the host to /etc/ferry/hosts.json or the file that FERRY_HOSTS names, or correct -ComputerName."
        case .scriptUnreadable: "Check the path and its permissions."
        }
    }
}
