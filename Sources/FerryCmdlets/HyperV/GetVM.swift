import FerryContract
import FerryCore
import FerryEngine

/// Gets the machines of a host, by name or by id.
struct GetVM: Cmdlet {
    static let name = Parameter<[String]>("Name", aliases: ["VMName"], position: 0, pipeline: .byValue, wildcards: true)
    static let id = Parameter<GUID?>("Id", position: 0, pipeline: .byValueAndProperty)

    static let signature = Signature(
        "Get-VM", typeName: "Microsoft.HyperV.PowerShell.Commands.GetVM", defaultSet: "Name",
        outputs: [MachineReport.nounType.name],
        sets: [
            ParameterSet("Name", [name] + MachineSelection.anyHost),
            ParameterSet("Id", [id.mandatory()] + MachineSelection.anyHost),
            ParameterSet("ClusterObject", [UnavailableParameters.clusterObject]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let ids = call[Self.id].map { [$0.text] } ?? []
        for host in try io.connections(to: call[MachineSelection.computer]) {
            for machine in try MachineSelection.named(call[Self.name], ids: ids, at: host, io) { try io.emit(machine) }
        }
    }
}
