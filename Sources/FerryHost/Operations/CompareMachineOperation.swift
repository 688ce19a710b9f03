import FerryContract
import FerryCore

struct CompareMachineOperation: HostOperation {
    func perform(_ request: CompareMachineRequest, _ call: HostCall) async throws(Failure) -> CompatibilityReport {
        let machine = try call.machines.machine(request.machine)
        let migrations = try call.host.services.migrations
        return try await BlockingWork.value("compare") { () throws(Failure) in
            try migrations.compare(machine, request)
        }
    }
}
