import FerryContract
import FerryCore

struct PrepareMigrationOperation: HostOperation {
    func perform(_ request: PrepareMigrationRequest, _ call: HostCall) async throws(Failure) -> PrepareMigrationResponse
    {
        let peer = try call.trustedPeer()
        let migrations = try call.host.services.migrations
        return try await BlockingWork.value("prepare") { () throws(Failure) in
            try migrations.prepare(request, peer: peer)
        }
    }
}
