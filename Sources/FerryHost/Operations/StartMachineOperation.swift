import FerryContract
import FerryCore

struct StartMachineOperation: HostOperation {
    func perform(_ request: StartMachineRequest, _ call: HostCall) async throws(Failure) -> OperationReport {
        let machine = try call.machines.machine(request.machine)
        _ = try machine.document()
        try machine.requireOwn()
        let lease = try machine.lease(.start)
        let name = machine.name
        return try call.host.operations.start(.startMachine, target: name, activity: "Starting virtual machine \(name)")
        {
            (operation) throws(Failure) in
            defer { lease.end() }
            if try !machine.start() { operation.warn("The virtual machine is already in the specified state.") }
            lease.end()
            return machine.report
        }
    }
}
