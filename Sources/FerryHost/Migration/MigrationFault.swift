import FerryContract
package import FerryCore

/// What can stop a move, in Hyper-V's words where those are known.
package enum MigrationFault: String, FaultCode {
    case moveFailed
    case sourceNotEnabled
    case targetNotEnabled
    case authenticationUnavailable
    case performanceUnavailable
    case hostUnknown
    case hostUntrusted
    case hostUnreachable
    case sameHost
    case trackerUnavailable
    case limitReached
    case storageNotShared
    case machineExists
    case machineNameExists
    case notEnoughMemory
    case versionUnsupported
    case acceleratorUnsupported
    case protocolMismatch
    case encryptionMismatch
    case noCommonNetwork
    case listenerFailed
    case migrationUnknown
    case malformedDescription
    case journalNotWritten
    case hypervisorFailed
    case cleanUpIncomplete
    case inDoubt
    case choiceExcluded

    package static let domain = "Migration"

    package var category: FaultCategory {
        switch self {
        case .moveFailed: .operationStopped
        case .sourceNotEnabled, .targetNotEnabled, .performanceUnavailable, .trackerUnavailable: .notEnabled
        case .authenticationUnavailable, .hostUntrusted: .authenticationError
        case .hostUnknown, .migrationUnknown: .objectNotFound
        case .hostUnreachable, .noCommonNetwork: .connectionError
        case .sameHost, .malformedDescription: .invalidArgument
        case .limitReached: .limitsExceeded
        case .storageNotShared, .versionUnsupported, .acceleratorUnsupported, .encryptionMismatch:
            .invalidOperation
        case .machineExists, .machineNameExists: .resourceExists
        case .notEnoughMemory, .listenerFailed, .hypervisorFailed, .cleanUpIncomplete: .resourceUnavailable
        case .protocolMismatch: .protocolError
        case .journalNotWritten: .writeError
        case .inDoubt: .deadlockDetected
        case .choiceExcluded: .invalidOperation
        }
    }

    package var advice: String {
        switch self {
        case .moveFailed: "Read the cause below, correct it, then repeat Move-VM."
        case .sourceNotEnabled: "Run Enable-VMMigration on the source host."
        case .targetNotEnabled: "Run Enable-VMMigration on the destination host."
        case .authenticationUnavailable:
            "Run Set-VMHost -VirtualMachineMigrationAuthenticationType Certificate on both hosts."
        case .performanceUnavailable:
            "Run Set-VMHost -VirtualMachineMigrationPerformanceOption TCPIP on the source host."
        case .hostUnknown: "Check -DestinationHost; Get-VMHostTrust lists the hosts that are known."
        case .hostUntrusted: "Run New-VMHostTrustToken on the destination host and Add-VMHostTrust -Token here."
        case .hostUnreachable:
            "Check that ferryd runs on the destination host (systemctl status ferryd) and that its ports are open (controlPort and dataPort in ferryd.json)."
        case .sameHost: "Give another host with -DestinationHost."
        case .trackerUnavailable:
            "Start the source host with Linux 6.7 or newer, then repeat Move-VM; Get-VMHost shows what a host's kernel can do."
        case .limitReached:
            "Wait for a running move (Get-VMMigration), or raise Set-VMHost -MaximumVirtualMachineMigrations."
        case .storageNotShared:
            "Make the storage available at the same path on both hosts, or repeat Move-VM with -IncludeStorage."
        case .machineExists: "Remove the machine on the destination host with Remove-VM."
        case .machineNameExists: "Remove the machine of that name on the destination host with Remove-VM."
        case .notEnoughMemory:
            "Stop or move machines on the destination host, or raise its memorySize in ferryd.json."
        case .versionUnsupported: "Install a newer QEMU on the destination host; Get-VMHost shows what it supports."
        case .acceleratorUnsupported:
            "Give accelerator in ferryd.json the same value on both hosts (Get-VMHost shows what each uses), then start the machine anew with Stop-VM and Start-VM."
        case .protocolMismatch: "Run the same Ferry release on both hosts."
        case .encryptionMismatch: "Give Set-VMHost -VirtualMachineMigrationEncryption the same value on both hosts."
        case .noCommonNetwork:
            "Compare Get-VMMigrationNetwork on both hosts; add a network with Add-VMMigrationNetwork."
        case .listenerFailed: "Check which program uses port 6600, then run Enable-VMMigration again."
        case .migrationUnknown: "Run Get-VMMigration on both hosts."
        case .malformedDescription: "Run the same Ferry release on both hosts, then repeat Move-VM."
        case .journalNotWritten: "Free room on the volume that holds ferryd's state folder."
        case .hypervisorFailed: "Read qemu.log in the machine's folder, then repeat Move-VM."
        case .cleanUpIncomplete: "Restart ferryd, which tries again; Get-VMMigration shows what is left."
        case .inDoubt: "Bring the other host back, or see with Resolve-VMMigration what both hosts have recorded."
        case .choiceExcluded: "Run Resolve-VMMigration without a choice to see both hosts' records."
        }
    }

    /// The kind Hyper-V's Move-VM reports for everything that ends a move.
    package var errorID: String {
        switch self {
        case .moveFailed, .sourceNotEnabled, .targetNotEnabled, .limitReached: "OperationFailed"
        case .authenticationUnavailable, .performanceUnavailable, .hostUnknown, .hostUntrusted, .hostUnreachable,
            .sameHost,
            .trackerUnavailable, .storageNotShared, .machineExists, .machineNameExists, .notEnoughMemory,
            .versionUnsupported,
            .acceleratorUnsupported, .protocolMismatch, .encryptionMismatch, .noCommonNetwork,
            .listenerFailed, .migrationUnknown, .malformedDescription, .journalNotWritten, .hypervisorFailed,
            .cleanUpIncomplete, .inDoubt, .choiceExcluded:
            code
        }
    }
}

/// Texts that administrators search for: one place, so that both hosts say the same.
extension Failure {
    /// E-10.
    static func migrationNotEnabled(atSource host: String) -> Failure {
        Failure(
            MigrationFault.sourceNotEnabled,
            "The source host is not configured for live migration. Use the Enable-VMMigration cmdlet to modify the Hyper-V settings on the source host to enable migration.",
            target: host)
    }

    /// E-11.
    static func migrationNotEnabled(atTarget host: String) -> Failure {
        Failure(
            MigrationFault.targetNotEnabled,
            "The destination host is not configured for live migration. Use the Enable-VMMigration cmdlet to modify the Hyper-V settings on the destination host to enable migration.",
            target: host)
    }

    /// E-12: the header line of every failed move; what went wrong is its cause.
    static func moveFailed(_ machine: String, id: String, at host: String, isSource: Bool, cause: Failure) -> Failure {
        Failure(
            MigrationFault.moveFailed,
            "Virtual machine migration operation for '\(machine)' failed at migration \(isSource ? "source" : "destination") '\(host)'. (Virtual machine ID \(id.uppercased()))",
            target: machine, cause: cause, advice: cause.advice)
    }

    /// E-22.
    static func migrationLimitReached(_ machine: String, limit: Int) -> Failure {
        Failure(
            MigrationFault.limitReached,
            "Failed to perform migration on virtual machine '\(machine)' because virtual machine migration limit '\(limit)' was reached, please wait for completion of an ongoing migration operation.",
            target: machine)
    }

    static func trackerUnavailable(_ machine: String, _ reason: String, advice: String? = nil) -> Failure {
        Failure(
            MigrationFault.trackerUnavailable,
            "The virtual machine '\(machine)' cannot be moved while it runs: \(reason)", target: machine, advice: advice
        )
    }

    static func unknownDestination(_ name: String, at host: String) -> Failure {
        Failure(
            MigrationFault.hostUnknown,
            "The destination host '\(name)' is neither in the trust list of '\(host)' nor known by the name service.",
            target: name)
    }

    /// E-32.
    static func notEnoughMemory(for machine: String, at host: String, cause: Failure) -> Failure {
        Failure(
            MigrationFault.notEnoughMemory,
            "'\(machine)' could not initialize memory: Ran out of memory (0x8007000E) on '\(host)'.",
            target: machine, cause: cause)
    }

    /// E-13's shape: what could not be set up, then why.
    static func connectionNotEstablished(
        with host: String, _ fault: MigrationFault, reason: String, cause: Failure? = nil, advice: String? = nil
    )
        -> Failure
    {
        Failure(
            fault,
            "The Virtual Machine Management Service failed to establish a connection for a Virtual Machine migration with host '\(host)': \(reason)",
            target: host, cause: cause, advice: advice)
    }

    /// Why the other host did not answer, in a move's words: E-16 and E-17, or trust that is missing on one side. nil for what it
    /// did answer, which stands.
    ///
    /// - Parameter own: the host that asked.
    static func notAnswered(_ failure: Failure, by host: String, to own: String) -> Failure? {
        guard let fault = ConnectionFault(code: failure.code) else {
            guard failure.is(PermissionFault.accessDenied) else { return nil }
            // It answers strangers so. Who lacks a permission is this host, not the administrator who reads it.
            return .connectionNotEstablished(
                with: host, .hostUntrusted, reason: "'\(host)' does not trust '\(own)'.",
                advice: "Run New-VMHostTrustToken on '\(host)' and Add-VMHostTrust -Token on '\(own)'.")
        }
        // The header is said here; below it stands the reason alone.
        let cause = failure.causes.first ?? failure
        switch fault {
        case .notRunning, .activelyRefused, .timedOut, .nameNotResolved, .unreachable, .closed:
            return .connectionNotEstablished(with: host, .hostUnreachable, reason: cause.message, cause: cause)
        case .keyMismatch, .keyRefused:
            return .connectionNotEstablished(
                with: host, .hostUntrusted, reason: cause.message, cause: cause, advice: fault.advice)
        case .tlsFailed, .notUnderstood:
            return .connectionNotEstablished(
                with: host, .hostUnreachable, reason: cause.message, cause: cause, advice: fault.advice)
        }
    }
}
