import FerryContract
import FerryCore

struct GetLeftoversOperation: HostOperation {
    func perform(_ request: GetLeftoversRequest, _ call: HostCall) async throws(Failure) -> [LeftoverReport] {
        let leftovers = HostLeftovers(machines: call.machines, migrations: try call.host.services.migrations)
        return try await BlockingWork.value("get-leftovers") { () throws(Failure) in try leftovers.find() }
    }
}
