package import FerryCore

/// What the commands themselves can find wrong.
package enum CmdletFault: String, FaultCode, CaseIterable {
    case noResult, parameterUnavailable, invalidArgument, migrationNotFound, ambiguousChoice

    package static let domain = "Cmdlet"

    package var category: FaultCategory {
        switch self {
        case .noResult: .protocolError
        case .parameterUnavailable: .notEnabled
        case .invalidArgument, .ambiguousChoice: .invalidArgument
        case .migrationNotFound: .objectNotFound
        }
    }

    package var advice: String {
        switch self {
        case .noResult: "Look at the host with Get-VM and Get-VMMigration; update ferry and ferryd to the same version."
        case .parameterUnavailable: "Leave the parameter out that the message names."
        case .invalidArgument: "Correct the parameter that the message names."
        case .migrationNotFound: "List the moves of the host with Get-VMMigration."
        case .ambiguousChoice: "Give -KeepHere, or -GiveAway, or neither to see the records."
        }
    }

    /// Hyper-V's kind, where it has one.
    package var errorID: String {
        switch self {
        case .invalidArgument: "InvalidParameter"
        case .noResult, .parameterUnavailable, .migrationNotFound, .ambiguousChoice: code
        }
    }
}
