package import FerryCore

/// What a caller is to this host, after the transport's evidence was compared with the group and the trust list.
package enum Standing: Sendable, Hashable {
    /// root, or a member of the group `ferry`, over the local socket.
    case administrator
    /// A local process of somebody else.
    case localUser(userID: UInt32)
    /// A host in the trust list, known by the key of its certificate.
    case trustedHost(name: String)
    /// Anyone else who reached the TLS port.
    case stranger

    /// The decision table. A trusted host may do the migration calls and nothing else; a stranger may only present a token.
    package func allows(_ permission: Permission) -> Bool {
        switch (self, permission) {
        case (.administrator, .read), (.administrator, .administer): true
        // These are between hosts: what they mean depends on the certificate, and an administrator has none.
        case (.administrator, .migrate), (.administrator, .presentToken): false
        case (.trustedHost, .migrate), (.trustedHost, .presentToken), (.stranger, .presentToken): true
        case (.trustedHost, .read), (.trustedHost, .administer): false
        case (.stranger, .read), (.stranger, .administer), (.stranger, .migrate): false
        case (.localUser, _): false
        }
    }

    /// - Throws: `PermissionFault.accessDenied` with Hyper-V's text, which automation matches.
    package func demand(_ permission: Permission, on hostName: String) throws(Failure) {
        if !allows(permission) { throw PermissionFault.accessDenied(on: hostName) }
    }
}

extension OperationReport {
    /// What watching or cancelling this operation takes. An administrator may do both to any; a trusted host only to the
    /// migration calls themselves, never to what the administrator of this host started.
    package var watchingPermission: Permission { operation.permission == .migrate ? .migrate : .read }
}

package enum PermissionFault: String, FaultCode {
    case accessDenied

    package static let domain = "Permission"
    package var category: FaultCategory { .permissionDenied }
    package var advice: String {
        "Run ferry as root or as a member of the group 'ferry'; for another host, use New-VMHostTrustToken there and "
            + "Add-VMHostTrust here."
    }
    package var errorID: String { "AccessDenied" }

    /// Hyper-V's text for a caller who is not an administrator of `hostName` (E-05).
    package static func accessDenied(
        on hostName: String, cause: Failure? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Failure {
        Failure(
            PermissionFault.accessDenied,
            "You do not have the required permission to complete this task. "
                + "Contact the administrator of the authorization policy for the computer '\(hostName)'.",
            target: hostName, cause: cause, file: file, line: line)
    }
}
