package import FerryCore

/// What can go wrong with machines, their QEMU processes and a host's settings.
package enum HostFault: String, FaultCode {
    // Machines
    case machineNotFound
    case invalidState
    case objectInUse
    case notEnoughMemory
    case invalidArgument
    case machineExists
    case versionNotSupported
    case attachmentMissing
    case documentDamaged
    case malformedDocument
    case didNotShutDown
    // QEMU
    case qemuMissing
    case firmwareMissing
    case qemuDidNotStart
    case qemuRefused
    case qemuDeviceNotFound
    case qemuDeviceNotActive
    case qemuCommandUnknown
    case qemuNotResponding
    case qemuGone
    case qemuProtocol
    // Host
    case networkExists
    case networkNotFound
    case invalidSubnet
    case settingNotAvailable
    case operationNotFound
    case operationPastCancelling
    case operationCancelled
    case stateFolderInUse
    case accountMissing
    case hostStopping

    package static let domain = "Host"

    package var category: FaultCategory {
        switch self {
        case .machineNotFound, .invalidArgument, .invalidSubnet: .invalidArgument
        case .invalidState: .invalidOperation
        case .objectInUse, .stateFolderInUse: .resourceBusy
        case .notEnoughMemory: .resourceUnavailable
        case .machineExists, .networkExists: .resourceExists
        case .versionNotSupported: .invalidOperation
        case .attachmentMissing, .networkNotFound, .operationNotFound: .objectNotFound
        case .documentDamaged, .malformedDocument: .invalidData
        case .didNotShutDown, .qemuNotResponding: .operationTimeout
        case .qemuMissing, .firmwareMissing: .notInstalled
        case .qemuDidNotStart: .invalidResult
        case .qemuRefused, .qemuDeviceNotActive: .invalidOperation
        case .qemuDeviceNotFound: .objectNotFound
        case .qemuCommandUnknown: .notEnabled
        case .qemuGone: .resourceUnavailable
        case .qemuProtocol: .protocolError
        case .settingNotAvailable: .notEnabled
        case .operationPastCancelling: .invalidOperation
        case .operationCancelled: .operationStopped
        case .accountMissing: .resourceUnavailable
        case .hostStopping: .resourceUnavailable
        }
    }

    package var advice: String {
        switch self {
        case .machineNotFound: "List the virtual machines of the host with Get-VM."
        case .invalidState: "Look at the machine's state with Get-VM; wait until a running operation has finished."
        case .objectInUse: "Stop the virtual machine with Stop-VM, or choose another path."
        case .notEnoughMemory:
            "Stop other virtual machines with Stop-VM, create this one with less -MemoryStartupBytes, or raise memorySize in ferryd.json."
        case .invalidArgument: "Correct the parameter that the message names."
        case .machineExists: "Remove the other virtual machine with Remove-VM, or choose another host."
        case .versionNotSupported: "Choose one of Get-VMHost's SupportedVmVersions, with -Version."
        case .attachmentMissing: "Put the file back, or create the virtual machine with another -VHDPath."
        case .documentDamaged:
            "Restore the machine's machine.json from a copy, or remove the machine with Remove-VM and create it with -VHDPath."
        case .malformedDocument: "Correct the file at that line, or restore it from a copy."
        case .didNotShutDown: "Use Stop-VM -Force to cut the power after five minutes, or -TurnOff to cut it at once."
        case .qemuMissing: "Install QEMU: apt install qemu-system-x86 qemu-utils."
        case .firmwareMissing: "Install the package ovmf, or create the machine with -Generation 1."
        case .qemuDidNotStart: "Read qemu.log in the machine's folder (Get-VM shows its Path)."
        case .qemuRefused, .qemuDeviceNotFound, .qemuDeviceNotActive:
            "Read QEMU's reason in the message; look at the machine with Get-VM."
        case .qemuCommandUnknown: "Upgrade QEMU to 7.2 or newer: apt install qemu-system-x86."
        case .qemuNotResponding: "Check the storage that holds the machine's disks; Stop-VM -TurnOff ends the machine."
        case .qemuGone:
            "Start the machine again with Start-VM; qemu.log in its folder (Get-VM shows its Path) has QEMU's last words."
        case .qemuProtocol: "Stop the machine with Stop-VM -TurnOff, and check which QEMU ferryd.json names."
        case .networkExists: "Change the listed network with Set-VMMigrationNetwork."
        case .networkNotFound: "List the networks with Get-VMMigrationNetwork."
        case .invalidSubnet: "Give an IPv4 or IPv6 address, or a network such as 192.168.10.0/24, with -Subnet."
        case .settingNotAvailable: "Look at what this host offers with Get-VMHost."
        case .operationNotFound: "List moves with Get-VMMigration; the endings of old operations are forgotten."
        case .operationPastCancelling: "Wait for the operation to end."
        case .operationCancelled: "Start the operation again if it is still wanted."
        case .stateFolderInUse: "Stop the other ferryd, or give this one another stateFolder in ferryd.json."
        case .accountMissing:
            "Create the account (useradd --system ferry-guest), or name another with guestUser in ferryd.json."
        case .hostStopping: "Try again when ferryd runs again (systemctl status ferryd)."
        }
    }

    /// Hyper-V's kinds where public transcripts show one, so that scripts that match on the id keep working.
    package var errorID: String {
        switch self {
        case .machineNotFound, .invalidArgument, .invalidSubnet: "InvalidParameter"
        case .invalidState: "InvalidState"
        case .notEnoughMemory: "OutOfMemory"
        case .networkNotFound, .attachmentMissing: "ObjectNotFound"
        case .networkExists: "ObjectAlreadyExists"
        case .objectInUse, .machineExists, .versionNotSupported, .documentDamaged, .malformedDocument, .didNotShutDown,
            .qemuMissing, .firmwareMissing, .qemuDidNotStart, .qemuRefused, .qemuDeviceNotFound,
            .qemuDeviceNotActive, .qemuCommandUnknown, .qemuNotResponding, .qemuGone, .qemuProtocol,
            .settingNotAvailable, .operationNotFound, .operationPastCancelling, .operationCancelled, .stateFolderInUse,
            .accountMissing, .hostStopping:
            code
        }
    }
}

extension HostFault {
    /// E-01.
    package static func machineNotFound(
        named name: String, file: StaticString = #fileID, line: UInt = #line
    ) -> Failure {
        Failure(
            HostFault.machineNotFound, "Hyper-V was unable to find a virtual machine with name \"\(name)\".",
            target: name,
            file: file, line: line)
    }

    /// E-01 for an id.
    package static func machineNotFound(id: String, file: StaticString = #fileID, line: UInt = #line) -> Failure {
        Failure(
            HostFault.machineNotFound, "Hyper-V was unable to find a virtual machine with id \"\(id)\".", target: id,
            file: file, line: line)
    }

    /// E-03, with the reason as second sentence.
    package static func invalidState(
        of machine: String, _ reason: String, file: StaticString = #fileID, line: UInt = #line
    ) -> Failure {
        Failure(
            HostFault.invalidState,
            "The operation cannot be performed while the virtual machine is in its current state. \(reason)",
            target: machine, file: file, line: line)
    }

    /// E-07.
    package static func notEnoughMemory(
        for machine: String, size: ByteCount, _ reason: String, file: StaticString = #fileID, line: UInt = #line
    ) -> Failure {
        Failure(
            HostFault.notEnoughMemory,
            "Not enough memory in the system to start the virtual machine \(machine) with ram size \(size.mebibytes) "
                + "megabytes. \(reason)",
            target: machine, file: file, line: line)
    }

    /// E-04's second half; the binder puts the parameter's name before it.
    package static func invalidArgument(
        _ parameter: String, _ reason: String, file: StaticString = #fileID, line: UInt = #line
    ) -> Failure {
        Failure(
            HostFault.invalidArgument, "Cannot validate argument on parameter '\(parameter)'. \(reason)",
            target: parameter,
            file: file, line: line)
    }
}
