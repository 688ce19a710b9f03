import FerryContract
import FerryCore

struct NewTrustTokenOperation: HostOperation {
    func perform(_ request: NewTrustTokenRequest, _ call: HostCall) async throws(Failure) -> TrustToken {
        let trust = try call.host.services.trust
        return try await BlockingWork.value("trust") { () throws(Failure) in try trust.newToken(request) }
    }
}
