package import FerryCore

/// Machines by name (wildcards allowed) or id; both empty means all. A literal name that does not exist is E-01, one failure a name.
package struct GetMachinesRequest: HostRequest {
    package static let operation = OperationID.getMachines
    package typealias Response = GetMachinesResponse
    package var names: [String]
    package var ids: [String]

    package init(names: [String] = [], ids: [String] = []) {
        self.names = names
        self.ids = ids
    }
}

package struct GetMachinesResponse: Codable, Sendable {
    package var machines: [MachineReport]
    /// One for each literal name or id that matched nothing.
    package var failures: [FailureDocument]

    package init(machines: [MachineReport], failures: [FailureDocument]) {
        self.machines = machines
        self.failures = failures
    }
}

/// Creates a machine, off.
package struct NewMachineRequest: HostRequest {
    package static let operation = OperationID.newMachine
    package var subject: String? { name }
    package typealias Response = MachineReport

    package enum Disk: Codable, Sendable, Hashable {
        case none
        /// An image that exists; absolute path, used in place.
        case existing(path: String)
        /// A new image; a bare file name goes to the host's disk folder. The extension picks the format; without one, qcow2.
        case new(path: String, size: ByteCount)
    }

    package var name: String
    package var memoryStartup: ByteCount
    package var processorCount: Int
    /// 1 or 2.
    package var generation: Int
    /// Configuration version, nil = the host's default.
    package var version: String?
    /// Folder for the machine's own folder; nil = the host's VirtualMachinePath.
    package var path: String?
    package var disk: Disk
    /// Direct kernel boot (Linux), as QEMU's -kernel, -initrd and -append: Ferry's own extension. Files are copied into the machine's folder.
    package var kernel: KernelBoot?
    /// `none` when the guest shall have no network card.
    package var network: Network
    /// Host page cache of the disks: writeback (default) or none (direct I/O).
    package var diskCache: DiskCache
    package var notes: String

    package enum Network: String, Codable, Sendable { case none, user }
    package enum DiskCache: String, Codable, Sendable { case writeback, none }

    package struct KernelBoot: Codable, Sendable, Hashable {
        package var kernelPath: String
        package var initrdPath: String?
        package var commandLine: String
        package init(kernelPath: String, initrdPath: String?, commandLine: String) {
            self.kernelPath = kernelPath
            self.initrdPath = initrdPath
            self.commandLine = commandLine
        }
    }

    package init(name: String, memoryStartup: ByteCount) {
        self.name = name
        self.memoryStartup = memoryStartup
        processorCount = 1
        generation = 1
        version = nil
        path = nil
        disk = .none
        kernel = nil
        network = .user
        diskCache = .writeback
        notes = ""
    }
}

/// Starts a machine. `result` is its report; a machine that already runs completes with a warning.
package struct StartMachineRequest: LongHostRequest {
    package static let operation = OperationID.startMachine
    package var subject: String? { machine }
    package typealias Response = OperationReport
    package typealias Result = MachineReport
    /// Machine id.
    package var machine: String
    package init(machine: String) { self.machine = machine }
}

/// Stops a machine: by asking the guest, or at once.
package struct StopMachineRequest: LongHostRequest {
    package static let operation = OperationID.stopMachine
    package var subject: String? { machine }
    package typealias Response = OperationReport
    package typealias Result = MachineReport
    package var machine: String
    /// Cut the power instead of asking the guest.
    package var turnOff: Bool
    /// Cut the power when the guest has not shut down within 5 minutes.
    package var force: Bool

    package init(machine: String, turnOff: Bool, force: Bool) {
        self.machine = machine
        self.turnOff = turnOff
        self.force = force
    }
}

/// Removes a machine that is off: its document and folder, never its disks.
package struct RemoveMachineRequest: HostRequest {
    package static let operation = OperationID.removeMachine
    package var subject: String? { machine }
    package typealias Response = MachineReport
    package var machine: String
    package init(machine: String) { self.machine = machine }
}
