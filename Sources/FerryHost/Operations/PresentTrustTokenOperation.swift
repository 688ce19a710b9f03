import FerryContract
import FerryCore

struct PresentTrustTokenOperation: HostOperation {
    func perform(_ request: PresentTrustTokenRequest, _ call: HostCall) async throws(Failure) -> TrustReport {
        guard case .remote(let fingerprint, let address) = call.caller else {
            throw PermissionFault.accessDenied(on: call.environment.configuration.name)
        }
        let trust = try call.host.services.trust
        return try await BlockingWork.value("trust") { () throws(Failure) in
            try trust.present(request, fingerprint: fingerprint, address: address)
        }
    }
}
