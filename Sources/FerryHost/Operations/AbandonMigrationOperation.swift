import FerryContract
import FerryCore

struct AbandonMigrationOperation: HostOperation {
    func perform(_ request: AbandonMigrationRequest, _ call: HostCall) async throws(Failure) -> MigrationStanding {
        let peer = try call.trustedPeer()
        let migrations = try call.host.services.migrations
        return try await BlockingWork.value("abandon") { () throws(Failure) in
            try migrations.abandon(request, peer: peer)
        }
    }
}
