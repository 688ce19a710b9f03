import FerryContract
import FerryCore
import FerryEngine

/// Says whether machines could be moved to another host, and everything that speaks against it.
struct CompareVM: Cmdlet {
    static let report = Parameter<[CompatibilityReport]>(
        "CompatibilityReport", position: 0, mandatory: true, pipeline: .byValue)

    static let signature = Signature(
        "Compare-VM", typeName: "Microsoft.HyperV.PowerShell.Commands.CompareVM", shouldProcess: .medium,
        defaultSet: "NameSingleDestination", outputs: [CompatibilityReport.nounType.name],
        sets: [
            ParameterSet(
                "NameSingleDestination",
                MachineSelection.byName + [MoveVM.host, MoveVM.storage, MoveVM.path]),
            ParameterSet(
                "VMSingleDestination", [MachineSelection.machine, MoveVM.host, MoveVM.storage, MoveVM.path]),
            ParameterSet("CompatibilityReport", [report]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(Self.report) {
            for report in call[Self.report] {
                guard let host = try io.connections(to: [report.machine.computerName]).first else { continue }
                try Self.compare(report.machine, report.request, at: host, io)
            }
            return
        }
        for chosen in try MachineSelection.chosen(by: call, io) {
            let request = CompareMachineRequest(
                machine: chosen.machine.id, destinationHost: call[MoveVM.host], includeStorage: call[MoveVM.storage],
                destinationStoragePath: call[MoveVM.path])
            try Self.compare(chosen.machine, request, at: chosen.host, io)
        }
    }

    private static func compare(
        _ machine: MachineReport, _ request: CompareMachineRequest, at host: any HostConnection, _ io: CommandIO
    ) throws(Stop) {
        let sentence =
            "Compare-VM will check the virtual machine \"\(machine.name)\" against \"\(request.destinationHost)\"."
        guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { return }
        if let report = try io.send(request, to: host, target: machine.value) { try io.emit(report) }
    }
}

extension CompatibilityReport {
    /// The question it answers.
    var request: CompareMachineRequest {
        CompareMachineRequest(
            machine: machine.id, destinationHost: destination, includeStorage: operation == .moveWithStorage,
            destinationStoragePath: destinationStoragePath)
    }
}
