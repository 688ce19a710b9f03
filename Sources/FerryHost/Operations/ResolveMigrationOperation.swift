import FerryContract
import FerryCore

struct ResolveMigrationOperation: HostOperation {
    func perform(_ request: ResolveMigrationRequest, _ call: HostCall) async throws(Failure) -> OperationReport {
        let migrations = try call.host.services.migrations
        return try call.host.operations.start(
            .resolveMigration, target: request.migration, activity: "Resolving the migration \(request.migration)"
        ) { (operation) throws(Failure) in try migrations.resolve(request, operation) }
    }
}
