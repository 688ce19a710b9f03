import FerryContract
import FerryCore
import FerryEngine

/// Adds a subnet on which migration traffic is accepted.
struct AddVMMigrationNetwork: Cmdlet {
    static let subnet = Parameter<String>(
        "Subnet", position: 0, mandatory: true, pipeline: .byValue, validate: [.notNullOrEmpty])
    static let priority = Parameter<UInt32>("Priority", position: 1)
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Add-VMMigrationNetwork", typeName: "Microsoft.HyperV.PowerShell.Commands.AddVMMigrationNetwork",
        shouldProcess: .medium, outputs: [MigrationNetworkReport.nounType.name],
        parameters: [subnet, priority, passthru] + MachineSelection.anyHostOfInput)

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let request = AddMigrationNetworkRequest(
            subnet: call[Self.subnet], priority: call.isBound(Self.priority) ? call[Self.priority] : nil)
        let sentence = "Add-VMMigrationNetwork will add the migration network \"\(request.subnet)\"."
        for host in try io.connections(to: call[MachineSelection.computer]) {
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            if let network = try io.send(request, to: host, target: .string(request.subnet)), call[Self.passthru] {
                try io.emit(network)
            }
        }
    }
}
