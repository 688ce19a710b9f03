import FerryContract

/// Which type carries out which operation: exhaustive, so that a new case of the contract does not compile without one.
enum OperationTable {
    static func operation(_ id: OperationID) -> any HostOperation {
        switch id {
        case .getHost: GetHostOperation()
        case .setHost: SetHostOperation()
        case .getLeftovers: GetLeftoversOperation()
        case .getMigrationNetworks: GetMigrationNetworksOperation()
        case .addMigrationNetwork: AddMigrationNetworkOperation()
        case .setMigrationNetwork: SetMigrationNetworkOperation()
        case .removeMigrationNetwork: RemoveMigrationNetworkOperation()
        case .getMachines: GetMachinesOperation()
        case .newMachine: NewMachineOperation()
        case .startMachine: StartMachineOperation()
        case .stopMachine: StopMachineOperation()
        case .removeMachine: RemoveMachineOperation()
        case .moveMachine: MoveMachineOperation()
        case .compareMachine: CompareMachineOperation()
        case .getMigrations: GetMigrationsOperation()
        case .stopMigration: StopMigrationOperation()
        case .getMigrationRecords: GetMigrationRecordsOperation()
        case .resolveMigration: ResolveMigrationOperation()
        case .getEvents: GetEventsOperation()
        case .newTrustToken: NewTrustTokenOperation()
        case .addTrust: AddTrustOperation()
        case .getTrusts: GetTrustsOperation()
        case .removeTrust: RemoveTrustOperation()
        case .presentTrustToken: PresentTrustTokenOperation()
        case .prepareMigration: PrepareMigrationOperation()
        case .compareMigration: CompareMigrationOperation()
        case .abandonMigration: AbandonMigrationOperation()
        case .migrationStatus: MigrationStatusOperation()
        case .witnessMigration: WitnessMigrationOperation()
        }
    }
}
