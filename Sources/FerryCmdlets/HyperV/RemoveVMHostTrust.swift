import FerryContract
import FerryCore
import FerryEngine

/// Ends a host's trust in another one. The other host's own list is not touched.
struct RemoveVMHostTrust: Cmdlet {
    static let name = Parameter<[String]>(
        "Name", position: 0, mandatory: true, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty])
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Remove-VMHostTrust", shouldProcess: .medium, outputs: [ReportedTrust.nounType.name],
        parameters: [name, passthru] + MachineSelection.anyHostOfInput)

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for host in try io.connections(to: call[MachineSelection.computer]) {
            for name in call[Self.name] {
                let sentence = "Remove-VMHostTrust will end the trust of \"\(host.hostName)\" in \"\(name)\"."
                guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else {
                    continue
                }
                if let trust = try io.send(RemoveTrustRequest(name: name), to: host, target: .string(name)),
                    call[Self.passthru]
                {
                    try io.emit(ReportedTrust(report: trust, computerName: host.hostName))
                }
            }
        }
    }
}
