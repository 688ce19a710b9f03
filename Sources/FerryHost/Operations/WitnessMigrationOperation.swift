import FerryContract
import FerryCore

struct WitnessMigrationOperation: HostOperation {
    func perform(_ request: WitnessMigrationRequest, _ call: HostCall) async throws(Failure) -> WitnessAnswer {
        let peer = try call.trustedPeer()
        let migrations = try call.host.services.migrations
        return try await BlockingWork.value("witness") { () throws(Failure) in
            try migrations.witness(request, peer: peer)
        }
    }
}
