import FerryContract
import FerryCore

struct MigrationStatusOperation: HostOperation {
    func perform(_ request: MigrationStatusRequest, _ call: HostCall) async throws(Failure) -> MigrationStanding {
        let peer = try call.trustedPeer()
        let migrations = try call.host.services.migrations
        return try await BlockingWork.value("standing") { () throws(Failure) in
            try migrations.standing(request, peer: peer)
        }
    }
}
