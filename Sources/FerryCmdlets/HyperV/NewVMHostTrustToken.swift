import FerryContract
import FerryCore
import FerryEngine

/// Makes a token with which another host can come to trust this one, once.
struct NewVMHostTrustToken: Cmdlet {
    static let validity = Parameter<TimeSpan>("ValidFor")
    static let address = Parameter<String?>("Address", validate: [.notNullOrEmpty])

    static let signature = Signature(
        "New-VMHostTrustToken", shouldProcess: .medium, outputs: [ReportedToken.nounType.name],
        parameters: [validity, address] + MachineSelection.anyHost)

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let seconds = call.isBound(Self.validity) ? call[Self.validity].ticks / TimeSpan.ticksPerSecond : 3600
        let request = NewTrustTokenRequest(validitySeconds: UInt32(clamping: seconds), address: call[Self.address])
        for host in try io.connections(to: call[MachineSelection.computer]) {
            let sentence = "New-VMHostTrustToken will make a trust token of the host \"\(host.hostName)\"."
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            if let token = try io.send(request, to: host, target: .string(host.hostName)) {
                try io.emit(ReportedToken(report: token, computerName: host.hostName))
            }
        }
    }
}
