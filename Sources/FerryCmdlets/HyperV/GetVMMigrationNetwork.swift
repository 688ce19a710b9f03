import FerryContract
import FerryCore
import FerryEngine

/// Lists the subnets on which a host accepts migration traffic.
struct GetVMMigrationNetwork: Cmdlet {
    static let subnet = Parameter<[String]>("Subnet", position: 0, validate: [.notNullOrEmpty], wildcards: true)
    static let priority = Parameter<[UInt32]>("Priority")

    static let signature = Signature(
        "Get-VMMigrationNetwork", typeName: "Microsoft.HyperV.PowerShell.Commands.GetVMMigrationNetwork",
        outputs: [MigrationNetworkReport.nounType.name],
        parameters: [subnet, priority] + MachineSelection.anyHostOfInput)

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let request = GetMigrationNetworksRequest(subnets: call[Self.subnet], priorities: call[Self.priority])
        for host in try io.connections(to: call[MachineSelection.computer]) {
            for network in try io.send(request, to: host, target: .string(host.hostName)) ?? [] { try io.emit(network) }
        }
    }
}
