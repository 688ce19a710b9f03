import FerryContract
import FerryCore

struct RemoveMigrationNetworkOperation: HostOperation {
    func perform(
        _ request: RemoveMigrationNetworkRequest, _ call: HostCall
    ) async throws(Failure) -> [MigrationNetworkReport] {
        let name = call.environment.configuration.name
        return try await call.changeNetworks { (networks) throws(Failure) in
            try networks.remove(request.subnet).map { MigrationNetworkReport($0, computerName: name) }
        }
    }
}
