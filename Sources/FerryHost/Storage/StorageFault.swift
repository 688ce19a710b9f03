package import FerryCore

/// What can go wrong with virtual disks and the block connections to them.
package enum StorageFault: String, FaultCode {
    case blockConnectionFailed
    case blockTransferFailed
    case blockDeadlineExceeded
    case imageNotCreated
    case imageExists
    case imageInUse
    case notEnoughRoom
    case pathOutsideRoots
    case pathUnusable
    case storageDaemonFailed
    case unsupportedFormat

    package static let domain = "Storage"

    package var category: FaultCategory {
        switch self {
        case .blockConnectionFailed: .connectionError
        case .blockTransferFailed: .readError
        case .blockDeadlineExceeded: .operationTimeout
        case .imageNotCreated: .writeError
        case .imageExists: .resourceExists
        case .imageInUse: .resourceBusy
        case .notEnoughRoom: .quotaExceeded
        case .pathOutsideRoots: .permissionDenied
        case .pathUnusable: .objectNotFound
        case .storageDaemonFailed: .resourceUnavailable
        case .unsupportedFormat: .invalidType
        }
    }

    package var advice: String {
        switch self {
        case .blockConnectionFailed: "Check with Get-VM that the machine still runs, then repeat the command."
        case .blockTransferFailed: "Check the host's storage for errors (journalctl -k), then repeat the command."
        case .blockDeadlineExceeded: "Check that the host's storage answers, then repeat the command."
        case .imageNotCreated: "Check the folder given with -DestinationStoragePath, then repeat the command."
        case .imageExists: "Move or rename the file, or give another folder with -DestinationStoragePath."
        case .imageInUse: "Stop the process that has the image open, then repeat the command."
        case .notEnoughRoom: "Free room on the volume, or give another folder with -DestinationStoragePath."
        case .pathOutsideRoots:
            "Give a folder under one of the host's storage roots with -DestinationStoragePath, or add the root to ferryd.json."
        case .pathUnusable: "Check that the path exists and is a folder, then repeat the command."
        case .storageDaemonFailed:
            "Check that qemu-storage-daemon is installed (package qemu-utils), then repeat the command."
        case .unsupportedFormat: "Convert the disk to qcow2 or raw with qemu-img convert."
        }
    }
}
