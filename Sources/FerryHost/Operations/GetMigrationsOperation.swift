import FerryContract
import FerryCore

struct GetMigrationsOperation: HostOperation {
    func perform(_ request: GetMigrationsRequest, _ call: HostCall) async throws(Failure) -> [MigrationReport] {
        let migrations = try call.host.services.migrations
        return try await BlockingWork.value("get-migrations") { () throws(Failure) in try migrations.migrations(request)
        }
    }
}
