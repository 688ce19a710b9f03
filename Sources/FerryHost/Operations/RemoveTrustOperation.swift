import FerryContract
import FerryCore

struct RemoveTrustOperation: HostOperation {
    func perform(_ request: RemoveTrustRequest, _ call: HostCall) async throws(Failure) -> TrustReport {
        let trust = try call.host.services.trust
        return try await BlockingWork.value("trust") { () throws(Failure) in try trust.remove(request) }
    }
}
