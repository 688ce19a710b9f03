import FerryContract
import FerryCore
import FerryEngine

/// Gets a host and its settings, or what is left on it that nothing owns any more.
struct GetVMHost: Cmdlet {
    static let computer = Parameter<[String]>("ComputerName", position: 0, validate: [.notNullOrEmpty])

    static let leftovers = Parameter<Bool>.switch("Leftovers")

    static let signature = Signature(
        "Get-VMHost", typeName: "Microsoft.HyperV.PowerShell.Commands.GetVMHost", defaultSet: "ComputerName",
        outputs: [HostReport.nounType.name, LeftoverReport.nounType.name],
        sets: [
            ParameterSet("ComputerName", [computer, UnavailableParameters.credential, leftovers]),
            ParameterSet("CimSession", [UnavailableParameters.cimSession.mandatory()]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for host in try io.connections(to: call[Self.computer]) {
            if call[Self.leftovers] {
                let found = try io.send(GetLeftoversRequest(), to: host, target: .string(host.hostName)) ?? []
                for leftover in found { try io.emit(leftover) }
                continue
            }
            if let report = try io.send(GetHostRequest(), to: host, target: .string(host.hostName)) {
                try io.emit(report)
            }
        }
    }
}
