/// Every request a host answers. One case, one request type, one route: `POST /v1/operations/<raw value>`.
package enum OperationID: String, Sendable, Codable, CaseIterable {
    case getHost, setHost, getLeftovers
    case getMigrationNetworks, addMigrationNetwork, setMigrationNetwork, removeMigrationNetwork
    case getMachines, newMachine, startMachine, stopMachine, removeMachine
    case moveMachine, compareMachine, getMigrations, stopMigration
    case getMigrationRecords, resolveMigration
    case getEvents
    case newTrustToken, addTrust, getTrusts, removeTrust
    // Between hosts
    case presentTrustToken
    case prepareMigration, compareMigration, abandonMigration, migrationStatus, witnessMigration

    package var permission: Permission {
        switch self {
        case .getHost, .getLeftovers, .getMigrationNetworks, .getMachines, .compareMachine, .getMigrations,
            .getMigrationRecords, .getEvents, .getTrusts:
            .read
        case .setHost, .addMigrationNetwork, .setMigrationNetwork, .removeMigrationNetwork, .newMachine, .startMachine,
            .stopMachine, .removeMachine, .moveMachine, .stopMigration, .resolveMigration,
            .newTrustToken, .addTrust, .removeTrust:
            .administer
        case .presentTrustToken: .presentToken
        case .prepareMigration, .compareMigration, .abandonMigration, .migrationStatus, .witnessMigration:
            .migrate
        }
    }
}
