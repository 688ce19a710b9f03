import FerryContract
import FerryCore

struct GetTrustsOperation: HostOperation {
    func perform(_ request: GetTrustsRequest, _ call: HostCall) async throws(Failure) -> [TrustReport] {
        let trust = try call.host.services.trust
        return try await BlockingWork.value("trust") { () throws(Failure) in try trust.trusts(request) }
    }
}
