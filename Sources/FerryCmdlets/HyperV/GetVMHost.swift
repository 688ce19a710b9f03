import FerryContract
import FerryCore
import FerryEngine

/// Gets a host and its settings.
struct GetVMHost: Cmdlet {
    static let computer = Parameter<[String]>("ComputerName", position: 0, validate: [.notNullOrEmpty])

    static let signature = Signature(
        "Get-VMHost", typeName: "Microsoft.HyperV.PowerShell.Commands.GetVMHost", defaultSet: "ComputerName",
        outputs: [HostReport.nounType.name], sets: MachineSelection.hostSets(computer))

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for host in try io.connections(to: call[Self.computer]) {
            if let report = try io.send(GetHostRequest(), to: host, target: .string(host.hostName)) {
                try io.emit(report)
            }
        }
    }
}
