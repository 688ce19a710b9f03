package import FerryCore

/// Whether a machine could be moved as `MoveMachineRequest` would move it. Nothing is made, reserved or changed on either host.
package struct CompareMachineRequest: HostRequest {
    package static let operation = OperationID.compareMachine
    package typealias Response = CompatibilityReport
    /// Machine id at this host, the source.
    package var machine: String
    package var destinationHost: String
    package var includeStorage: Bool
    package var destinationStoragePath: String?

    package init(machine: String, destinationHost: String, includeStorage: Bool, destinationStoragePath: String?) {
        self.machine = machine
        self.destinationHost = destinationHost
        self.includeStorage = includeStorage
        self.destinationStoragePath = destinationStoragePath
    }
}

/// Source to target: everything that speaks against this move at the target. The fields are what `PrepareMigrationRequest` would
/// carry.
package struct CompareMigrationRequest: HostRequest {
    package static let operation = OperationID.compareMigration
    package typealias Response = MigrationComparison
    package var machine: MachineDescription
    package var includeStorage: Bool
    package var destinationStoragePath: String?
    package var virtualMachinePath: String?
    package var authenticationType: MigrationAuthenticationType
    package var protocolVersions: [UInt16]

    package init(
        machine: MachineDescription, includeStorage: Bool, destinationStoragePath: String?,
        virtualMachinePath: String? = nil,
        authenticationType: MigrationAuthenticationType, protocolVersions: [UInt16]
    ) {
        self.machine = machine
        self.includeStorage = includeStorage
        self.destinationStoragePath = destinationStoragePath
        self.virtualMachinePath = virtualMachinePath
        self.authenticationType = authenticationType
        self.protocolVersions = protocolVersions
    }
}

extension PrepareMigrationRequest {
    /// What of it decides whether the target can take the machine at all.
    package var terms: CompareMigrationRequest {
        CompareMigrationRequest(
            machine: machine, includeStorage: includeStorage, destinationStoragePath: destinationStoragePath,
            virtualMachinePath: virtualMachinePath, authenticationType: authenticationType,
            protocolVersions: protocolVersions)
    }
}

/// What a target says of a move that nobody has begun.
package struct MigrationComparison: Codable, Sendable {
    package var findings: [FailureDocument]
    /// Addresses on the target's migration networks, best first, and the data port there.
    package var addresses: [String]
    package var dataPort: UInt16
    /// Folders the machine and its disks would go to; nil where no such folder can be used.
    package var path: String?
    package var diskFolder: String?
    /// Memory that no machine has been promised.
    package var availableMemory: ByteCount?
    /// Room on the file system of `diskFolder`.
    package var availableRoom: ByteCount?

    package init(findings: [FailureDocument], addresses: [String], dataPort: UInt16) {
        self.findings = findings
        self.addresses = addresses
        self.dataPort = dataPort
    }
}
