import FerryContract
import FerryCore
import FerryEngine

/// Turns live migration on: the host listens for migration connections.
struct EnableVMMigration: Cmdlet {
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Enable-VMMigration", typeName: "Microsoft.HyperV.PowerShell.Commands.EnableVMMigration",
        shouldProcess: .medium, defaultSet: "ComputerName",
        outputs: [HostReport.nounType.name], parameters: [passthru], sets: MachineSelection.hostSets())

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        var request = SetHostRequest()
        request.migrationEnabled = true
        for host in try io.connections(to: call[MachineSelection.computer]) {
            let sentence = "Enable-VMMigration will enable migration on the host \"\(host.hostName)\"."
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            if let report = try io.send(request, to: host, target: .string(host.hostName)), call[Self.passthru] {
                try io.emit(report)
            }
        }
    }
}
