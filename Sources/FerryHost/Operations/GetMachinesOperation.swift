import FerryContract
import FerryCore

struct GetMachinesOperation: HostOperation {
    func perform(_ request: GetMachinesRequest, _ call: HostCall) async throws(Failure) -> GetMachinesResponse {
        // Sizes of disks are asked of the file system, which may be slow.
        try await BlockingWork.value("get-machines") { () throws(Failure) in Self.select(request, call.machines) }
    }

    private static func select(_ request: GetMachinesRequest, _ machines: MachineRegistry) -> GetMachinesResponse {
        let all = machines.all
        if request.names.isEmpty, request.ids.isEmpty {
            return GetMachinesResponse(machines: all.map(\.report), failures: [])
        }
        var chosen: [Machine] = []
        var failures: [FailureDocument] = []
        for name in request.names {
            let pattern = NamePattern(name)
            let found = all.filter { pattern.matches($0.name) }
            if found.isEmpty, pattern.isLiteral {
                failures.append(FailureDocument(HostFault.machineNotFound(named: name)))
            }
            chosen += found
        }
        for id in request.ids {
            if let found = machines.machineIfPresent(id) {
                chosen.append(found)
            } else {
                failures.append(FailureDocument(HostFault.machineNotFound(id: id)))
            }
        }
        var seen: Set<String> = []
        return GetMachinesResponse(
            machines: chosen.filter { seen.insert($0.id).inserted }.map(\.report), failures: failures)
    }
}
