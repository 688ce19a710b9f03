import FerryContract
import FerryCore
import FerryEngine

/// Lists the hosts that a host trusts.
struct GetVMHostTrust: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, pipeline: .byValue, wildcards: true)

    static let signature = Signature(
        "Get-VMHostTrust", outputs: [ReportedTrust.nounType.name], parameters: [name] + MachineSelection.anyHost)

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for host in try io.connections(to: call[MachineSelection.computer]) {
            for trust in try io.send(GetTrustsRequest(names: call[Self.name]), to: host, target: .string(host.hostName))
                ?? []
            {
                try io.emit(ReportedTrust(report: trust, computerName: host.hostName))
            }
        }
    }
}
