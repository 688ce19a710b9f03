package import FerryCore

/// Why ferryd does not start.
package enum DaemonFault: String, FaultCode {
    case configurationUnreadable, configurationInvalid, optionInvalid, notRoot

    package static let domain = "Daemon"

    package var category: FaultCategory {
        switch self {
        case .configurationUnreadable: .readError
        case .configurationInvalid: .invalidData
        case .optionInvalid: .invalidArgument
        case .notRoot: .permissionDenied
        }
    }

    package var advice: String {
        switch self {
        case .configurationUnreadable: "Name a JSON file that ferryd may read with --config."
        case .configurationInvalid: "Correct the keys that the message lists; examples/ferryd.json has every key."
        case .optionInvalid: "See ferryd --help."
        case .notRoot: "Run ferryd as root: systemctl start ferryd."
        }
    }
}
