import FerryContract
import FerryCore
import FerryEngine

/// Changes a migration network. With the subnet alone, as Microsoft's guide types it, an unlisted one is added with a warning.
struct SetVMMigrationNetwork: Cmdlet {
    static let subnet = Parameter<String>(
        "Subnet", position: 0, mandatory: true, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty],
        wildcards: true)
    static let newSubnet = Parameter<String?>("NewSubnet", position: 1, validate: [.notNullOrEmpty])
    static let newPriority = Parameter<UInt32>("NewPriority")
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Set-VMMigrationNetwork", typeName: "Microsoft.HyperV.PowerShell.Commands.SetVMMigrationNetwork",
        shouldProcess: .medium, defaultSet: "ComputerName", outputs: [MigrationNetworkReport.nounType.name],
        parameters: [subnet, newSubnet, newPriority, passthru],
        sets: MachineSelection.hostSets(MachineSelection.computer.from(.byProperty)))

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let request = SetMigrationNetworkRequest(
            subnet: call[Self.subnet], newSubnet: call[Self.newSubnet],
            newPriority: call.isBound(Self.newPriority) ? call[Self.newPriority] : nil)
        let sentence = "Set-VMMigrationNetwork will change the migration network \"\(request.subnet)\"."
        for host in try io.connections(to: call[MachineSelection.computer]) {
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            guard let change = try io.send(request, to: host, target: .string(request.subnet)) else { continue }
            for warning in change.warnings { try io.warn(warning) }
            if call[Self.passthru] {
                for network in change.networks { try io.emit(network) }
            }
        }
    }
}
