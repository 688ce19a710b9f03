import FerryContract
import FerryCore
import FerryEngine

/// Turns live migration off: new moves are refused, running ones finish.
struct DisableVMMigration: Cmdlet {
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Disable-VMMigration", typeName: "Microsoft.HyperV.PowerShell.Commands.DisableVMMigration",
        shouldProcess: .medium, defaultSet: "ComputerName",
        outputs: [HostReport.nounType.name], parameters: [passthru], sets: MachineSelection.hostSets())

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        var request = SetHostRequest()
        request.migrationEnabled = false
        for host in try io.connections(to: call[MachineSelection.computer]) {
            let sentence = "Disable-VMMigration will disable migration on the host \"\(host.hostName)\"."
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            if let report = try io.send(request, to: host, target: .string(host.hostName)), call[Self.passthru] {
                try io.emit(report)
            }
        }
    }
}
