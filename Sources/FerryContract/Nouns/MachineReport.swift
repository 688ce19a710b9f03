package import FerryCore

/// A machine's state under Hyper-V's names; the raw value is what scripts compare `$_.State` with.
package enum MachineState: String, Sendable, Codable, CaseIterable {
    case running = "Running"
    case off = "Off"
    case stopping = "Stopping"
    case paused = "Paused"
    case starting = "Starting"
    /// The machine's document cannot be read, or its QEMU is in a state that Ferry does not understand.
    case offCritical = "OffCritical"
    case runningCritical = "RunningCritical"
    case pausedCritical = "PausedCritical"
}

/// What automation tests to see whether a machine is moving (VMOperationalStatus).
package enum MachineActivity: String, Sendable, Codable, CaseIterable {
    case ok = "Ok"
    case migratingVirtualMachine = "MigratingVirtualMachine"
    case migratingPlannedVirtualMachine = "MigratingPlannedVm"
    case criticalState = "ApplicationCriticalState"
}

/// A virtual disk of a machine. Paths are absolute on the host that reports them.
package struct DiskReport: Sendable, Codable, Hashable {
    /// Stable within the machine: "disk0", "disk1", ….
    package var name: String
    package var path: String
    /// qcow2 or raw.
    package var format: String
    package var capacity: ByteCount
    /// Bytes the file occupies on the host's storage.
    package var allocated: ByteCount

    package init(name: String, path: String, format: String, capacity: ByteCount, allocated: ByteCount) {
        self.name = name
        self.path = path
        self.format = format
        self.capacity = capacity
        self.allocated = allocated
    }
}

/// A machine as a host reports it: what `Get-VM` shows. Figures are read at the time of the call.
package struct MachineReport: Sendable, Codable, Hashable {
    package var name: String
    /// Lower-case UUID.
    package var id: String
    /// Name of the reporting host.
    package var computerName: String
    package var state: MachineState
    /// "Operating normally", or what is wrong or going on, with a percentage.
    package var status: String
    package var activity: MachineActivity
    /// Percent of the host's processors, 0–100, over the last sample.
    package var cpuUsage: Int
    /// Zero while off.
    package var memoryAssigned: ByteCount
    package var memoryStartup: ByteCount
    package var processorCount: Int
    /// Seconds since the guest was started; survives moves; zero while off.
    package var uptimeSeconds: Double
    /// Configuration version, "10.0".
    package var version: String
    package var generation: Int
    /// Folder that holds the machine's document.
    package var path: String
    /// Unix time.
    package var creationTime: Double
    package var notes: String
    package var disks: [DiskReport]
    /// The file the guest's first serial port is written to.
    package var consolePath: String

    package init(
        name: String, id: String, computerName: String, state: MachineState, status: String, activity: MachineActivity,
        cpuUsage: Int, memoryAssigned: ByteCount, memoryStartup: ByteCount, processorCount: Int, uptimeSeconds: Double,
        version: String, generation: Int, path: String, creationTime: Double, notes: String, disks: [DiskReport],
        consolePath: String
    ) {
        self.name = name
        self.id = id
        self.computerName = computerName
        self.state = state
        self.status = status
        self.activity = activity
        self.cpuUsage = cpuUsage
        self.memoryAssigned = memoryAssigned
        self.memoryStartup = memoryStartup
        self.processorCount = processorCount
        self.uptimeSeconds = uptimeSeconds
        self.version = version
        self.generation = generation
        self.path = path
        self.creationTime = creationTime
        self.notes = notes
        self.disks = disks
        self.consolePath = consolePath
    }
}
