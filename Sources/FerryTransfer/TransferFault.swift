package import FerryCore

/// What can go wrong while a machine moves.
package enum TransferFault: String, FaultCode {
    case didNotConverge
    case peerTooOld
    case protocolViolation
    case connectionLost
    case timedOut
    case checksumMismatch
    case authenticationFailed
    case targetRefused
    case witnessDecided
    case witnessSilent
    case targetRanOutOfSpace
    case cancelled
    case tooLateToCancel
    case storageWaiting
    case deviceStateTooLarge
    case guestLost
    case inDoubt
    case recordNotWritten
    case recordDamaged
    case laneUntrusted

    package static let domain = "Transfer"

    package var category: FaultCategory {
        switch self {
        case .didNotConverge: .operationTimeout
        case .peerTooOld: .protocolError
        case .protocolViolation: .protocolError
        case .connectionLost: .connectionError
        case .timedOut: .operationTimeout
        case .checksumMismatch: .invalidData
        case .authenticationFailed: .authenticationError
        case .targetRefused, .witnessDecided: .operationStopped
        case .witnessSilent: .connectionError
        case .targetRanOutOfSpace: .quotaExceeded
        case .cancelled: .operationStopped
        case .tooLateToCancel: .invalidOperation
        case .storageWaiting: .resourceBusy
        case .deviceStateTooLarge: .limitsExceeded
        case .guestLost: .resourceUnavailable
        case .inDoubt: .deadlockDetected
        case .recordNotWritten: .writeError
        case .recordDamaged: .invalidData
        case .laneUntrusted: .readError
        }
    }

    package var advice: String {
        switch self {
        case .didNotConverge:
            "Reduce the guest's write load or use a faster network of Get-VMMigrationNetwork, then repeat Move-VM."
        case .peerTooOld: "Upgrade the older host; Move-VM works from the previous release to this one."
        case .protocolViolation: "Run the same Ferry release on both hosts, then repeat Move-VM."
        case .connectionLost: "Check the network between the hosts (Get-VMMigrationNetwork), then repeat Move-VM."
        case .timedOut: "Check the network and the load of both hosts, then repeat Move-VM."
        case .checksumMismatch: "Repeat Move-VM; if it fails again, test the network path and the source's storage."
        case .authenticationFailed: "Make the hosts trust each other with Add-VMHostTrust, then repeat Move-VM."
        case .targetRefused: "Read the cause below, correct it on the destination host, then repeat Move-VM."
        case .witnessDecided: "Bring the other host back or mend the network between the hosts, then repeat Move-VM."
        case .witnessSilent:
            "Bring the witness back, or take it out with Set-VMHost -VirtualMachineMigrationWitness '', then repeat Move-VM."
        case .targetRanOutOfSpace:
            "Free space on the destination's storage path or choose another with -DestinationStoragePath."
        case .cancelled: "Repeat Move-VM when the machine should move after all."
        case .tooLateToCancel: "Wait for the move to end (Get-VMMigration), then use Move-VM to bring the machine back."
        case .storageWaiting: "Check the storage the machine's disks are on; the move goes on once it answers."
        case .deviceStateTooLarge: "Start the machine anew with Stop-VM and Start-VM, then repeat Move-VM."
        case .guestLost: "Start the machine again with Start-VM on the host that owns it."
        case .inDoubt: "Bring the other host back; run Get-VMMigration on both hosts to see what each has recorded."
        case .recordNotWritten: "Free space on the host's state folder; the move ends by itself once it can be written."
        case .recordDamaged:
            "Compare Get-VMMigration on both hosts before the machine is started on either with Start-VM."
        case .laneUntrusted: "Check the source host's kernel log and storage, then repeat Move-VM."
        }
    }
}

extension Failure {
    /// Hyper-V's text for a connection that broke while sending.
    package static func connectionLostSending(to peer: String, cause: Failure? = nil) -> Failure {
        Failure(
            TransferFault.connectionLost,
            "Failed to send data for a Virtual Machine migration: An existing connection was forcibly closed by the "
                + "remote host. (0x80072746) Remote host: '\(peer)'.",
            target: peer, cause: cause)
    }

    /// Hyper-V's text for a peer that fell silent.
    package static func timedOutReceiving(_ what: String, from peer: String, cause: Failure? = nil) -> Failure {
        Failure(
            TransferFault.timedOut,
            "Failed to receive data for a Virtual Machine migration: This operation returned because the timeout period "
                + "expired. (0x800705B4) Waiting for \(what) from '\(peer)'.",
            target: peer, cause: cause)
    }
}
