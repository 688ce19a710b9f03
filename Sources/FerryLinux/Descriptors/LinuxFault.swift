package import FerryCore

/// What the operating system can refuse.
package enum LinuxFault: String, FaultCode {
    case notFound, accessDenied, alreadyExists, notAFolder, invalidPath
    case noSpace, noMemory, tooManyDescriptors
    case busy, timedOut, cancelled
    case connectionRefused, connectionLost, hostUnreachable, nameNotResolved, addressInUse
    case processGone, programMissing, commandFailed
    case kernelTooOld, trackerUnavailable, needsRoot
    case tooLarge, malformed
    case systemCallFailed

    package static let domain = "Linux"

    package var category: FaultCategory {
        switch self {
        case .notFound, .processGone, .nameNotResolved: .objectNotFound
        case .accessDenied, .needsRoot: .permissionDenied
        case .alreadyExists: .resourceExists
        case .notAFolder, .invalidPath: .invalidArgument
        case .noSpace: .quotaExceeded
        case .noMemory, .tooManyDescriptors, .tooLarge: .limitsExceeded
        case .busy, .addressInUse: .resourceBusy
        case .timedOut: .operationTimeout
        case .cancelled: .operationStopped
        case .connectionRefused, .connectionLost, .hostUnreachable: .connectionError
        case .programMissing: .notInstalled
        case .commandFailed: .invalidResult
        case .kernelTooOld, .trackerUnavailable: .notEnabled
        case .malformed: .invalidData
        case .systemCallFailed: .deviceError
        }
    }

    package var advice: String {
        switch self {
        case .notFound: "Check the path."
        case .accessDenied: "Check the owner and the mode of the path, and the user ferryd runs as."
        case .alreadyExists: "Choose another name, or remove what is there."
        case .notAFolder: "Name a folder."
        case .invalidPath: "Give an absolute path of at most 4095 bytes without control characters."
        case .noSpace: "Free space on this file system, or choose another path."
        case .noMemory: "Free memory on this host, or stop a virtual machine with Stop-VM."
        case .tooManyDescriptors: "Raise the limit of open files (LimitNOFILE in ferryd's unit)."
        case .busy: "Wait until the other user has finished, then try again."
        case .timedOut: "Try again; if it repeats, look at the load of this host and of the other side."
        case .cancelled: "Start the operation again if it is still wanted."
        case .connectionRefused: "Check that ferryd runs there and listens on this address and port."
        case .connectionLost: "Check the network between the hosts, then try again."
        case .hostUnreachable: "Check the address, the routes and the firewall between the hosts."
        case .nameNotResolved: "Check the name, or give an address."
        case .addressInUse: "Stop the program that listens there, or choose another port in the configuration."
        case .processGone: "Look at the machine's log for the reason it ended."
        case .programMissing: "Install the package that brings this program."
        case .commandFailed: "Read the program's own message above."
        case .kernelTooOld:
            "Start a Linux kernel 6.7 or newer (Debian 13's, or linux-image-amd64 of bookworm-backports)."
        case .trackerUnavailable:
            "Start the machine again with Start-VM so that it can be moved, and look at Get-VMHost."
        case .needsRoot: "Run ferryd as root."
        case .tooLarge: "Check what wrote this much; the limit protects the host."
        case .malformed: "Look at the file; restore it from a copy if it is damaged."
        case .systemCallFailed: "Look at ferryd's log and the kernel's (dmesg)."
        }
    }
}
