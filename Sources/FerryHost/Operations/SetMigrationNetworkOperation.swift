import FerryContract
import FerryCore

struct SetMigrationNetworkOperation: HostOperation {
    func perform(
        _ request: SetMigrationNetworkRequest, _ call: HostCall
    ) async throws(Failure) -> MigrationNetworkChange {
        let name = call.environment.configuration.name
        return try await call.changeNetworks { (networks) throws(Failure) in
            let (changed, warnings) = try networks.set(
                request.subnet, newSubnet: request.newSubnet, newPriority: request.newPriority)
            return MigrationNetworkChange(
                networks: changed.map { MigrationNetworkReport($0, computerName: name) }, warnings: warnings)
        }
    }
}
