import FerryContract
import FerryCore
import FerryLinux

struct StopMachineOperation: HostOperation {
    func perform(_ request: StopMachineRequest, _ call: HostCall) async throws(Failure) -> OperationReport {
        let machine = try call.machines.machine(request.machine)
        guard !machine.isPlanned else {
            throw HostFault.invalidState(of: machine.name, "Another host is moving it here.")
        }
        // The power may be cut while somebody still waits for the guest.
        let lease = request.turnOff ? try machine.leaseToTurnOff() : try machine.lease(.stop)
        let name = machine.name
        return try call.host.operations.start(.stopMachine, target: name, activity: "Stopping virtual machine \(name)")
        {
            (operation) throws(Failure) in
            defer { lease?.end() }
            if !machine.isRunning {
                operation.warn("The virtual machine is already in the specified state.")
            } else if request.turnOff {
                try machine.turnOff()
            } else {
                operation.update { $0.stage = "Waiting for the guest to shut down" }
                try machine.shutDown(force: request.force, operation)
            }
            lease?.end()
            return machine.report
        }
    }
}

extension Machine {
    /// As `lease(.stop)`; nil when somebody else holds that very lease.
    func leaseToTurnOff() throws(Failure) -> MachineLease? {
        if state.read({ $0.work }) == .stop { return nil }
        return try lease(.stop)
    }
}
