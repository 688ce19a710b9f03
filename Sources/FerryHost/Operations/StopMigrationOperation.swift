import FerryContract
import FerryCore

struct StopMigrationOperation: HostOperation {
    func perform(_ request: StopMigrationRequest, _ call: HostCall) async throws(Failure) -> OperationReport {
        let migrations = try call.host.services.migrations
        return try call.host.operations.start(
            .stopMigration, target: request.migration, activity: "Stopping the migration \(request.migration)"
        ) { (operation) throws(Failure) in try migrations.cancel(request, operation) }
    }
}
