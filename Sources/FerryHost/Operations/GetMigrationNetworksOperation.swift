import FerryContract
import FerryCore

struct GetMigrationNetworksOperation: HostOperation {
    func perform(
        _ request: GetMigrationNetworksRequest, _ call: HostCall
    ) async throws(Failure) -> [MigrationNetworkReport] {
        let list = call.environment.settings.current.networks
        var chosen = list.ordered
        if !request.subnets.isEmpty {
            var selected: [MigrationNetworkList.Entry] = []
            for subnet in request.subnets { selected += try list.selected(by: subnet) }
            chosen = chosen.filter { selected.contains($0) }
        }
        if !request.priorities.isEmpty {
            chosen = chosen.filter { entry in entry.priority.map { request.priorities.contains($0) } ?? false }
        }
        return chosen.map { MigrationNetworkReport($0, computerName: call.environment.configuration.name) }
    }
}
