import FerryContract
import FerryCore

struct GetHostOperation: HostOperation {
    func perform(_ request: GetHostRequest, _ call: HostCall) async throws(Failure) -> HostReport {
        // Looking for QEMU may start it.
        try await BlockingWork.value("get-host") { () throws(Failure) in try call.host.report() }
    }
}
