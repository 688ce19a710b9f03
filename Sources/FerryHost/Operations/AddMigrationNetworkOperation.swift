import FerryContract
import FerryCore

struct AddMigrationNetworkOperation: HostOperation {
    func perform(
        _ request: AddMigrationNetworkRequest, _ call: HostCall
    ) async throws(Failure) -> MigrationNetworkReport {
        try await call.changeNetworks { (networks) throws(Failure) in
            MigrationNetworkReport(
                try networks.add(request.subnet, priority: request.priority),
                computerName: call.environment.configuration.name)
        }
    }
}

extension HostCall {
    /// Changes the list on disk, then tells those who listen on it.
    func changeNetworks<Result: Sendable>(
        _ change: @escaping @Sendable (inout MigrationNetworkList) throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await BlockingWork.value("networks") { () throws(Failure) in
            let result = try environment.settings.update { (settings) throws(Failure) in try change(&settings.networks)
            }
            try host.settingsChanged()
            return result
        }
    }
}
