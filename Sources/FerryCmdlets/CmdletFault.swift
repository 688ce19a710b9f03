package import FerryCore

/// What the commands themselves can find wrong.
package enum CmdletFault: String, FaultCode, CaseIterable {
    case noResult, ambiguousDisk

    package static let domain = "Cmdlet"

    package var category: FaultCategory {
        switch self {
        case .noResult: .protocolError
        case .ambiguousDisk: .invalidArgument
        }
    }

    package var advice: String {
        switch self {
        case .noResult: "Look at the host with Get-VM and Get-VMMigration; update ferry and ferryd to the same version."
        case .ambiguousDisk: "Give -VHDPath, or -NewVHDPath with -NewVHDSizeBytes, or -NoVHD."
        }
    }
}
