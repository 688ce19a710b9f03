import FerryContract
import FerryCore
import FerryEngine

/// Uses a token of another host: both trust each other afterwards.
struct AddVMHostTrust: Cmdlet {
    static let token = Parameter<String>(
        "Token", position: 0, mandatory: true, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty])
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Add-VMHostTrust", shouldProcess: .medium, outputs: [ReportedTrust.nounType.name],
        parameters: [token, passthru] + MachineSelection.anyHost)

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for host in try io.connections(to: call[MachineSelection.computer]) {
            let sentence =
                "Add-VMHostTrust will make the host \"\(host.hostName)\" and the one that made the token trust each other."
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            // The token is a secret: the error's target is the host.
            if let trust = try io.send(
                AddTrustRequest(token: call[Self.token]), to: host, target: .string(host.hostName)),
                call[Self.passthru]
            {
                try io.emit(ReportedTrust(report: trust, computerName: host.hostName))
            }
        }
    }
}
