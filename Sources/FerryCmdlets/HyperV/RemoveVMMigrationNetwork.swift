import FerryContract
import FerryCore
import FerryEngine

/// Removes migration networks by subnet or wildcard.
struct RemoveVMMigrationNetwork: Cmdlet {
    static let subnet = Parameter<String>(
        "Subnet", position: 0, mandatory: true, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty],
        wildcards: true)
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Remove-VMMigrationNetwork", typeName: "Microsoft.HyperV.PowerShell.Commands.RemoveVMMigrationNetwork",
        shouldProcess: .medium, outputs: [MigrationNetworkReport.nounType.name],
        parameters: [subnet, passthru] + MachineSelection.anyHostOfInput)

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let request = RemoveMigrationNetworkRequest(subnet: call[Self.subnet])
        let sentence = "Remove-VMMigrationNetwork will remove the migration network \"\(request.subnet)\"."
        for host in try io.connections(to: call[MachineSelection.computer]) {
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            guard let removed = try io.send(request, to: host, target: .string(request.subnet)), call[Self.passthru]
            else { continue }
            for network in removed { try io.emit(network) }
        }
    }
}
