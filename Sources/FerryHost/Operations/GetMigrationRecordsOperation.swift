import FerryContract
import FerryCore

struct GetMigrationRecordsOperation: HostOperation {
    func perform(
        _ request: GetMigrationRecordsRequest, _ call: HostCall
    ) async throws(Failure) -> MigrationRecordsReport {
        let migrations = try call.host.services.migrations
        return try await BlockingWork.value("records") { () throws(Failure) in try migrations.bothRecords(request) }
    }
}
