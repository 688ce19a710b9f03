package import FerryCore

/// What can go wrong below the protocol.
package enum ChannelFault: String, FaultCode {
    case cryptographyFailed

    package static let domain = "Channel"

    package var category: FaultCategory {
        switch self {
        case .cryptographyFailed: .securityError
        }
    }

    package var advice: String {
        switch self {
        case .cryptographyFailed:
            "Check the OpenSSL configuration of this host (openssl list -providers), then repeat Move-VM."
        }
    }
}
