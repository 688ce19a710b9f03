package import FerryCore

/// Moves a running machine to another host.
package struct MoveMachineRequest: LongHostRequest {
    package static let operation = OperationID.moveMachine
    package var subject: String? { machine }
    package typealias Response = OperationReport
    package typealias Result = MoveMachineResult
    /// Machine id at this host, the source.
    package var machine: String
    /// Name in the trust list, or a DNS name or address of a trusted host.
    package var destinationHost: String
    package var includeStorage: Bool
    /// Folder at the target for document and disks; must lie under its storage roots. nil = the target's own folders.
    package var destinationStoragePath: String?
    /// Folder at the target for the machine's own folder, in place of `destinationStoragePath`; under its storage roots, too.
    package var virtualMachinePath: String?
    /// Where single disks go; the others go where `destinationStoragePath` says. Only with `includeStorage`.
    package var disks: [DiskPlacement]
    /// Keep the disk files at the source after the move.
    package var retainDisksOnSource: Bool

    package init(
        machine: String, destinationHost: String, includeStorage: Bool, destinationStoragePath: String?,
        virtualMachinePath: String? = nil, disks: [DiskPlacement] = [], retainDisksOnSource: Bool
    ) {
        self.machine = machine
        self.destinationHost = destinationHost
        self.includeStorage = includeStorage
        self.destinationStoragePath = destinationStoragePath
        self.virtualMachinePath = virtualMachinePath
        self.disks = disks
        self.retainDisksOnSource = retainDisksOnSource
    }
}

/// One disk and the folder it goes to; its file keeps its name.
package struct DiskPlacement: Codable, Sendable, Hashable {
    /// The disk's path at the source, as `Get-VM` shows it.
    package var source: String
    /// Absolute, at the target.
    package var folder: String
    package init(source: String, folder: String) {
        self.source = source
        self.folder = folder
    }
}

package struct MoveMachineResult: Codable, Sendable {
    package var migration: MigrationReport
    /// The machine as the target reported it when it ran.
    package var machine: MachineReport
    package init(migration: MigrationReport, machine: MachineReport) {
        self.migration = migration
        self.machine = machine
    }
}

/// Running and finished moves, newest first; empty filters match everything.
package struct GetMigrationsRequest: HostRequest {
    package static let operation = OperationID.getMigrations
    package typealias Response = [MigrationReport]
    package var machineNames: [String]
    package var ids: [String]
    package init(machineNames: [String] = [], ids: [String] = []) {
        self.machineNames = machineNames
        self.ids = ids
    }
}

/// Ends a running move: at the source the guest runs on there, at the target what was made for it goes.
package struct StopMigrationRequest: LongHostRequest {
    package static let operation = OperationID.stopMigration
    package var subject: String? { migration }
    package typealias Response = OperationReport
    /// The move as it ended.
    package typealias Result = MigrationReport
    /// Lower-case UUID.
    package var migration: String
    package init(migration: String) { self.migration = migration }
}

/// Both hosts' records of a move; the other host is asked.
package struct GetMigrationRecordsRequest: HostRequest {
    package static let operation = OperationID.getMigrationRecords
    package typealias Response = MigrationRecordsReport
    /// Lower-case UUID.
    package var migration: String
    package init(migration: String) { self.migration = migration }
}

/// Settles a move in doubt by an administrator's word.
package struct ResolveMigrationRequest: LongHostRequest {
    package static let operation = OperationID.resolveMigration
    package var subject: String? { migration }
    package typealias Response = OperationReport
    /// The move as it was settled.
    package typealias Result = MigrationReport
    package var migration: String
    package var choice: MigrationChoice
    package init(migration: String, choice: MigrationChoice) {
        self.migration = migration
        self.choice = choice
    }
}

/// What moves with a machine: typed fields, never QEMU arguments. The target builds its own command line from them.
package struct MachineDescription: Codable, Sendable, Hashable {
    package var id: String
    package var name: String
    package var generation: Int
    /// Configuration version: pins machine type, devices and CPU baseline.
    package var version: String
    package var memory: ByteCount
    package var processorCount: Int
    package var notes: String
    package var creationTime: Double
    package var disks: [DiskDescription]
    package var network: NewMachineRequest.Network
    package var macAddress: String?
    package var diskCache: NewMachineRequest.DiskCache
    package var kernelCommandLine: String?
    /// Sizes of kernel and initrd files, which travel with their digests in the control channel; nil without direct kernel boot.
    package var kernel: BootFileDescription?
    package var initrd: BootFileDescription?
    /// "KVM" or "TCG": a machine does not change between them while it runs.
    package var accelerator: String
    /// Seconds the guest had run when this was written.
    package var uptimeSeconds: Double

    package struct DiskDescription: Codable, Sendable, Hashable {
        package var name: String
        /// The file's last path component; the target puts it in its own folder.
        package var fileName: String
        package var format: String
        package var capacity: ByteCount
        package var allocated: ByteCount
        /// Set when the disk stays where it is: the target must see the same file at the same path.
        package var shared: SharedFile?
        /// The folder at the target that was asked for this disk; nil = where all others go.
        package var folder: String?
        package init(
            name: String, fileName: String, format: String, capacity: ByteCount, allocated: ByteCount,
            shared: SharedFile? = nil, folder: String? = nil
        ) {
            self.name = name
            self.fileName = fileName
            self.format = format
            self.capacity = capacity
            self.allocated = allocated
            self.shared = shared
            self.folder = folder
        }
    }

    /// A file on storage that both hosts see.
    package struct SharedFile: Codable, Sendable, Hashable {
        /// Absolute, on both hosts.
        package var path: String
        /// A byte of the file that the source holds locked while it waits for the answer.
        package var mark: UInt64
        package init(path: String, mark: UInt64) {
            self.path = path
            self.mark = mark
        }
    }

    package struct BootFileDescription: Codable, Sendable, Hashable {
        package var size: ByteCount
        package init(size: ByteCount) { self.size = size }
    }

    package init(
        id: String, name: String, generation: Int, version: String, memory: ByteCount, processorCount: Int,
        notes: String, creationTime: Double, disks: [DiskDescription], network: NewMachineRequest.Network,
        macAddress: String?,
        diskCache: NewMachineRequest.DiskCache, kernelCommandLine: String?, kernel: BootFileDescription?,
        initrd: BootFileDescription?, accelerator: String, uptimeSeconds: Double = 0
    ) {
        self.id = id
        self.name = name
        self.generation = generation
        self.version = version
        self.memory = memory
        self.processorCount = processorCount
        self.notes = notes
        self.creationTime = creationTime
        self.disks = disks
        self.network = network
        self.macAddress = macAddress
        self.diskCache = diskCache
        self.kernelCommandLine = kernelCommandLine
        self.kernel = kernel
        self.initrd = initrd
        self.accelerator = accelerator
        self.uptimeSeconds = uptimeSeconds
    }
}

/// Source to target, before anything is copied: admission, reservation, keys. The target answers PREPARED or says why not.
package struct PrepareMigrationRequest: HostRequest {
    package static let operation = OperationID.prepareMigration
    package var subject: String? { machine.name }
    package typealias Response = PrepareMigrationResponse
    package var migration: String
    package var epoch: UInt64
    package var sourceHost: String
    package var machine: MachineDescription
    package var includeStorage: Bool
    package var destinationStoragePath: String?
    /// As in `MoveMachineRequest`.
    package var virtualMachinePath: String?
    package var authenticationType: MigrationAuthenticationType
    /// Wire protocol versions the source speaks. What both can do beyond them is agreed on when the source signs in.
    package var protocolVersions: [UInt16]
    package var isEncrypted: Bool
    /// Base64 of 32 random bytes drawn for this migration; never logged. Each connection and direction derives its own key.
    package var trafficSecret: String
    package var dataConnections: Int
    /// The host that is to decide should the two of them not reach each other: the source can reach it. nil = none.
    package var witness: MigrationWitness?

    package init(
        migration: String, epoch: UInt64, sourceHost: String, machine: MachineDescription, includeStorage: Bool,
        destinationStoragePath: String?, virtualMachinePath: String? = nil,
        authenticationType: MigrationAuthenticationType, protocolVersions: [UInt16],
        isEncrypted: Bool, trafficSecret: String, dataConnections: Int, witness: MigrationWitness? = nil
    ) {
        self.migration = migration
        self.epoch = epoch
        self.sourceHost = sourceHost
        self.machine = machine
        self.includeStorage = includeStorage
        self.destinationStoragePath = destinationStoragePath
        self.virtualMachinePath = virtualMachinePath
        self.authenticationType = authenticationType
        self.protocolVersions = protocolVersions
        self.isEncrypted = isEncrypted
        self.trafficSecret = trafficSecret
        self.dataConnections = dataConnections
        self.witness = witness
    }
}

package struct PrepareMigrationResponse: Codable, Sendable {
    package var protocolVersion: UInt16
    package var isEncrypted: Bool
    /// Addresses on the target's migration networks, best first, and the data port there.
    package var addresses: [String]
    package var dataPort: UInt16
    /// To a request with a witness. nil of a host that knows no witnesses: then the move has none.
    package var witness: WitnessConsent?
    package init(
        protocolVersion: UInt16, isEncrypted: Bool, addresses: [String], dataPort: UInt16,
        witness: WitnessConsent? = nil
    ) {
        self.protocolVersion = protocolVersion
        self.isEncrypted = isEncrypted
        self.addresses = addresses
        self.dataPort = dataPort
        self.witness = witness
    }
}

/// Source to target: give the migration up. Answers only once nothing of the planned machine runs or remains.
package struct AbandonMigrationRequest: HostRequest {
    package static let operation = OperationID.abandonMigration
    package var subject: String? { migration }
    package typealias Response = MigrationStanding
    package var migration: String
    package init(migration: String) { self.migration = migration }
}

/// Either host asks the other what its record says (anchors 4.8: answered from the record, also after a restart).
package struct MigrationStatusRequest: HostRequest {
    package static let operation = OperationID.migrationStatus
    package typealias Response = MigrationStanding
    package var migration: String
    /// What the asking host's own record says: a standing of RELEASED is a grant. nil when it only asks.
    package var own: MigrationStanding?
    package init(migration: String, own: MigrationStanding? = nil) {
        self.migration = migration
        self.own = own
    }
}

package struct MigrationStanding: Codable, Sendable, Hashable {
    /// Name of the newest ownership record, "READY", "OWNER", "REFUSED", …; nil when this host has none of that migration.
    package var record: String?
    package var epoch: UInt64
    package var isRunning: Bool
    /// The machine, where the answering host owns it by this migration.
    package var machine: MachineReport?
    package init(record: String?, epoch: UInt64, isRunning: Bool, machine: MachineReport? = nil) {
        self.record = record
        self.epoch = epoch
        self.isRunning = isRunning
        self.machine = machine
    }
}
