import FerryContract
import FerryCore

struct RemoveMachineOperation: HostOperation {
    func perform(_ request: RemoveMachineRequest, _ call: HostCall) async throws(Failure) -> MachineReport {
        try await BlockingWork.value("remove-machine") { () throws(Failure) in
            let machine = try call.machines.machine(request.machine)
            let lease = try machine.lease(.remove)
            defer { lease.end() }
            try machine.requireOwn()
            guard !machine.isRunning else { throw HostFault.invalidState(of: machine.name, "It is running.") }
            let report = machine.report
            try call.machines.remove(machine)
            call.environment.events.add(.machine, .information, report.name, "The virtual machine was removed.")
            return report
        }
    }
}
