import FerryContract
import FerryCore

struct CompareMigrationOperation: HostOperation {
    func perform(_ request: CompareMigrationRequest, _ call: HostCall) async throws(Failure) -> MigrationComparison {
        let peer = try call.trustedPeer()
        let migrations = try call.host.services.migrations
        return try await BlockingWork.value("compare") { () throws(Failure) in
            try migrations.compare(request, peer: peer)
        }
    }
}
