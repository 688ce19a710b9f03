package import FerryCore

/// What can go wrong with tokens and with the list of trusted hosts.
package enum TrustFault: String, FaultCode {
    case tokenMalformed, tokenUnknown, tokenExpired, tokenUsed, tokenIsOwn, tooManyTokens, invalidValidity
    case nameTaken, notTrusted, keyMismatch, keyMissing, presenterInvalid, addressUnknown

    package static let domain = "Trust"

    package var category: FaultCategory {
        switch self {
        case .tokenMalformed, .invalidValidity, .presenterInvalid: .invalidArgument
        case .tokenUnknown, .tokenExpired, .tokenUsed: .authenticationError
        case .tokenIsOwn: .invalidOperation
        case .tooManyTokens: .quotaExceeded
        case .nameTaken: .resourceExists
        case .notTrusted: .objectNotFound
        case .keyMismatch, .keyMissing: .securityError
        case .addressUnknown: .resourceUnavailable
        }
    }

    package var advice: String {
        switch self {
        case .tokenMalformed: "Copy the whole token, one word, as New-VMHostTrustToken printed it."
        case .tokenUnknown, .tokenExpired, .tokenUsed: "Make a new token with New-VMHostTrustToken on the other host."
        case .tokenIsOwn: "Use the token on the other host, with Add-VMHostTrust -Token."
        case .tooManyTokens: "Use the tokens that were made, or wait until they expire."
        case .invalidValidity: "Give New-VMHostTrustToken a time between one minute and seven days."
        case .nameTaken: "Remove the old host first with Remove-VMHostTrust, or give one of the two another name."
        case .notTrusted: "List the trusted hosts with Get-VMHostTrust; trust another with Add-VMHostTrust -Token."
        case .keyMismatch, .keyMissing:
            "Make a new token with New-VMHostTrustToken and use it from the host it is meant for."
        case .presenterInvalid:
            "Check name, listenAddress, controlPort and dataPort in the configuration of the presenting host."
        case .addressUnknown:
            "Give New-VMHostTrustToken the address under which the other host reaches this one, with -Address."
        }
    }

    /// Hyper-V's kinds, where they fit.
    package var errorID: String {
        switch self {
        case .tokenMalformed, .invalidValidity: "InvalidParameter"
        case .notTrusted: "ObjectNotFound"
        case .nameTaken: "ObjectAlreadyExists"
        case .tokenUnknown, .tokenExpired, .tokenUsed, .tokenIsOwn, .tooManyTokens, .keyMismatch, .keyMissing,
            .presenterInvalid, .addressUnknown:
            code
        }
    }
}
