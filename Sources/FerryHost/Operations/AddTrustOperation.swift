import FerryContract
import FerryCore

struct AddTrustOperation: HostOperation {
    func perform(_ request: AddTrustRequest, _ call: HostCall) async throws(Failure) -> TrustReport {
        let trust = try call.host.services.trust
        return try await BlockingWork.value("trust") { () throws(Failure) in try trust.add(request) }
    }
}
