import FerryContract
import FerryCore

struct MoveMachineOperation: HostOperation {
    func perform(_ request: MoveMachineRequest, _ call: HostCall) async throws(Failure) -> OperationReport {
        let machine = try call.machines.machine(request.machine)
        _ = try machine.document()
        guard !machine.isPlanned else {
            throw HostFault.invalidState(of: machine.name, "Another host is moving it here.")
        }
        let lease = try machine.lease(.move)
        let name = machine.name
        let migrations = try call.host.services.migrations
        return try call.host.operations.start(.moveMachine, target: name, activity: "Moving virtual machine \(name)") {
            (operation) throws(Failure) in
            defer { lease.end() }
            operation.observe { lease.report(percent: max(0, $0.percent)) }
            return try migrations.move(machine, request, operation)
        }
    }
}
