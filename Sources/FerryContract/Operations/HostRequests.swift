package struct GetHostRequest: HostRequest {
    package static let operation = OperationID.getHost
    package typealias Response = HostReport
    package init() {}
}

/// Changes the named settings; nil leaves one as it is.
package struct SetHostRequest: HostRequest {
    package static let operation = OperationID.setHost
    package typealias Response = HostReport
    package var migrationEnabled: Bool?
    package var authenticationType: MigrationAuthenticationType?
    package var performanceOption: MigrationPerformanceOption?
    package var encryptionEnabled: Bool?
    package var maximumMigrations: UInt32?
    package var maximumStorageMigrations: UInt32?
    package var useAnyNetwork: Bool?
    package var virtualMachinePath: String?
    package var virtualHardDiskPath: String?
    /// Name or address in the trust list; "" takes the witness away.
    package var migrationWitness: String?
    package init() {}
}

/// What is on the host that no machine and no running move owns. Nothing, when all is well.
package struct GetLeftoversRequest: HostRequest {
    package static let operation = OperationID.getLeftovers
    package typealias Response = [LeftoverReport]
    package init() {}
}
