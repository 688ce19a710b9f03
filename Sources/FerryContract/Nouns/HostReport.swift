package import FerryCore

/// How two hosts know each other during a move.
package enum MigrationAuthenticationType: String, Sendable, Codable, CaseIterable {
    case credSSP = "CredSSP"
    case kerberos = "Kerberos"
    case certificate = "Certificate"
}

/// What the data connections carry (VMMigrationPerformance).
package enum MigrationPerformanceOption: String, Sendable, Codable, CaseIterable {
    case tcpip = "TCPIP"
    case compression = "Compression"
    case smb = "SMB"
}

/// One capability of this host that was tested at start, and what follows when it is absent.
package struct CapabilityReport: Sendable, Codable, Hashable {
    /// "Live migration memory tracking", "KVM", "QEMU".
    package var name: String
    package var isAvailable: Bool
    /// The version or mode found, or why it is absent and what to do.
    package var detail: String

    package init(name: String, isAvailable: Bool, detail: String) {
        self.name = name
        self.isAvailable = isAvailable
        self.detail = detail
    }
}

/// A host and its settings: what `Get-VMHost` shows.
package struct HostReport: Sendable, Codable, Hashable {
    package var name: String
    package var fullyQualifiedDomainName: String
    package var logicalProcessorCount: Int
    package var memoryCapacity: ByteCount
    package var virtualMachinePath: String
    package var virtualHardDiskPath: String
    package var migrationEnabled: Bool
    package var authenticationType: MigrationAuthenticationType
    package var performanceOption: MigrationPerformanceOption
    package var encryptionEnabled: Bool
    package var maximumMigrations: Int
    package var maximumStorageMigrations: Int
    package var useAnyNetwork: Bool
    package var supportedVersions: [String]
    /// "KVM" or "TCG".
    package var accelerator: String
    package var qemuVersion: String
    package var ferryVersion: String
    package var capabilities: [CapabilityReport]
    /// Name of the host that moves from here have as their witness; nil = none.
    package var migrationWitness: String?

    package init(
        name: String, fullyQualifiedDomainName: String, logicalProcessorCount: Int, memoryCapacity: ByteCount,
        virtualMachinePath: String, virtualHardDiskPath: String, migrationEnabled: Bool,
        authenticationType: MigrationAuthenticationType, performanceOption: MigrationPerformanceOption,
        encryptionEnabled: Bool, maximumMigrations: Int, maximumStorageMigrations: Int, useAnyNetwork: Bool,
        supportedVersions: [String], accelerator: String, qemuVersion: String, ferryVersion: String,
        capabilities: [CapabilityReport], migrationWitness: String? = nil
    ) {
        self.name = name
        self.fullyQualifiedDomainName = fullyQualifiedDomainName
        self.logicalProcessorCount = logicalProcessorCount
        self.memoryCapacity = memoryCapacity
        self.virtualMachinePath = virtualMachinePath
        self.virtualHardDiskPath = virtualHardDiskPath
        self.migrationEnabled = migrationEnabled
        self.authenticationType = authenticationType
        self.performanceOption = performanceOption
        self.encryptionEnabled = encryptionEnabled
        self.maximumMigrations = maximumMigrations
        self.maximumStorageMigrations = maximumStorageMigrations
        self.useAnyNetwork = useAnyNetwork
        self.supportedVersions = supportedVersions
        self.accelerator = accelerator
        self.qemuVersion = qemuVersion
        self.ferryVersion = ferryVersion
        self.capabilities = capabilities
        self.migrationWitness = migrationWitness
    }
}
