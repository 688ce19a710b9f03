package import FerryContract

/// What `Set-VMHost` and the migration cmdlets change: one JSON file, read at start.
package struct HostSettings: Sendable, Hashable, Codable {
    package var format: Int
    package var migrationEnabled: Bool
    package var authenticationType: MigrationAuthenticationType
    package var performanceOption: MigrationPerformanceOption
    package var encryptionEnabled: Bool
    package var maximumMigrations: Int
    package var maximumStorageMigrations: Int
    package var useAnyNetwork: Bool
    /// Absolute folders for new machines and new disks.
    package var virtualMachinePath: String
    package var virtualHardDiskPath: String
    package var networks: MigrationNetworkList
    /// Name, in the trust list, of the witness of moves from here; nil = none.
    package var migrationWitness: String?

    package static let currentFormat = 1
    package static let fileName = "host.json"

    /// A new host's: Hyper-V's defaults, except that a host in no domain signs in with certificates.
    package init(virtualMachinePath: String, virtualHardDiskPath: String) {
        format = Self.currentFormat
        migrationEnabled = false
        authenticationType = .certificate
        performanceOption = .tcpip
        encryptionEnabled = true
        maximumMigrations = 2
        maximumStorageMigrations = 2
        useAnyNetwork = false
        self.virtualMachinePath = virtualMachinePath
        self.virtualHardDiskPath = virtualHardDiskPath
        networks = MigrationNetworkList()
    }
}
