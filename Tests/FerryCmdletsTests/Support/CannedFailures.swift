import FerryContract
import FerryCore

/// Failures as a host's answer carries them: code, id, category and words of FerryHost's catalogues, which the commands do not
/// link.
extension Failure {
    static func canned(
        _ code: String, id: String? = nil, _ category: FaultCategory, _ message: String, advice: String,
        target: String?,
        cause: Failure? = nil
    ) -> Failure {
        Failure(
            code: code, errorID: id ?? code, category: category, message: message, advice: advice, target: target,
            causes: cause.map { [$0] } ?? [], location: "FerryHost/Canned.swift:1")
    }

    /// E-01.
    static func machineNotFound(_ what: String, _ value: String) -> Failure {
        canned(
            "Host.machineNotFound", id: "InvalidParameter", .invalidArgument,
            "Hyper-V was unable to find a virtual machine with \(what) \"\(value)\".",
            advice: "List the virtual machines of the host with Get-VM.", target: value)
    }

    /// E-03.
    static func invalidState(_ machine: String, _ reason: String) -> Failure {
        canned(
            "Host.invalidState", id: "InvalidState", .invalidOperation,
            "The operation cannot be performed while the virtual machine is in its current state. \(reason)",
            advice: "Look at the machine's state with Get-VM; wait until a running operation has finished.",
            target: machine)
    }

    /// E-07.
    static func notEnoughMemory(_ machine: MachineReport) -> Failure {
        canned(
            "Host.notEnoughMemory", id: "OutOfMemory", .resourceUnavailable,
            "Not enough memory in the system to start the virtual machine \(machine.name) with ram size \(machine.memoryStartup.mebibytes) megabytes.",
            advice: "Stop other virtual machines with Stop-VM.", target: machine.name)
    }

    static func versionNotSupported(_ version: String, at host: String) -> Failure {
        canned(
            "Host.versionNotSupported", .invalidOperation,
            "The configuration version \(version) is not supported by \(host).",
            advice: "Choose a version that Get-VMHost shows, with -Version.", target: version)
    }

    static func settingNotAvailable(_ message: String, _ target: String) -> Failure {
        canned(
            "Host.settingNotAvailable", .notEnabled, message, advice: "Look at what this host offers with Get-VMHost.",
            target: target)
    }

    // MARK: - Networks and trust

    static func invalidSubnet(_ subnet: String) -> Failure {
        canned(
            "Host.invalidSubnet", id: "InvalidParameter", .invalidArgument,
            "Cannot validate argument on parameter 'Subnet'. \"\(subnet)\" is not an IPv4 or IPv6 address or network.",
            advice: "Give an IPv4 or IPv6 address, or a network such as 192.168.10.0/24, with -Subnet.", target: subnet)
    }

    static func networkExists(_ subnet: String) -> Failure {
        canned(
            "Host.networkExists", id: "ObjectAlreadyExists", .resourceExists,
            "Cannot add the migration network \(subnet): the object already exists.",
            advice: "Change the listed network with Set-VMMigrationNetwork.", target: subnet)
    }

    static func networkNotFound(_ subnet: String) -> Failure {
        canned(
            "Host.networkNotFound", id: "ObjectNotFound", .objectNotFound,
            "Hyper-V was unable to find a migration network with subnet \"\(subnet)\".",
            advice: "List the networks with Get-VMMigrationNetwork.", target: subnet)
    }

    static var tokenMalformed: Failure {
        canned(
            "Trust.tokenMalformed", id: "InvalidParameter", .invalidArgument, "The text is not a trust token.",
            advice: "Copy the whole token, one word, as New-VMHostTrustToken printed it.", target: nil)
    }

    static func hostNotTrusted(_ name: String, at host: String) -> Failure {
        canned(
            "Trust.notTrusted", id: "ObjectNotFound", .objectNotFound,
            "Hyper-V was unable to find a trusted host with name \"\(name)\".",
            advice: "List the trusted hosts with Get-VMHostTrust; trust another with Add-VMHostTrust -Token.",
            target: name)
    }

    // MARK: - Moves

    /// E-12.
    static func moveFailed(_ machine: MachineReport, at host: String, cause: Failure) -> Failure {
        canned(
            "Migration.moveFailed", id: "OperationFailed", .operationStopped,
            "Virtual machine migration operation for '\(machine.name)' failed at migration source '\(host)'. (Virtual machine ID \(machine.id.uppercased()))",
            advice: cause.advice, target: machine.name, cause: cause)
    }

    /// E-10, E-11.
    static func migrationOff(at side: String, _ host: String) -> Failure {
        canned(
            side == "source" ? "Migration.sourceNotEnabled" : "Migration.targetNotEnabled", id: "OperationFailed",
            .notEnabled,
            "The \(side) host is not configured for live migration. Use the Enable-VMMigration cmdlet to modify the Hyper-V settings on the \(side) host to enable migration.",
            advice: "Run Enable-VMMigration on the \(side) host.", target: host)
    }

    static func hostUnknown(_ name: String, at host: String) -> Failure {
        canned(
            "Migration.hostUnknown", .objectNotFound,
            "The destination host '\(name)' is neither in the trust list of '\(host)' nor known by the name service.",
            advice: "Check -DestinationHost; Get-VMHostTrust lists the hosts that are known.", target: name)
    }

    // MARK: - Connections

    /// E-05.
    static func permissionDenied(at host: String) -> Failure { PermissionFault.accessDenied(on: host) }

    static func refused(by host: String) -> Failure {
        canned(
            "Connection.notRunning", .resourceUnavailable,
            "ferryd of '\(host)' is not running on this computer: nothing answers at '/run/ferry/\(host).sock'.",
            advice: "Start it with 'systemctl start ferryd', or name another socket.", target: host)
    }

    static func computerUnknown(_ name: String) -> Failure {
        canned(
            "Shell.hostUnknown", .objectNotFound, "Ferry does not know a computer '\(name)'. It knows NODE1, NODE2.",
            advice: "Add the host to /etc/ferry/hosts.json, or correct -ComputerName.", target: name)
    }
}
