import FerryEngine

/// Whether a computer answers, or a port of it: the screen Windows administrators know.
struct TestNetConnection: Cmdlet {
    static let computer = Parameter<String>(
        "ComputerName", aliases: ["RemoteAddress", "cn"], position: 0, pipeline: .byValueAndProperty)
    static let port = Parameter<Int>(
        "Port", aliases: ["RemotePort"], mandatory: true, pipeline: .byProperty, validate: [.range(1, 65535)])
    static let common = Parameter<CommonPort?>("CommonTCPPort", position: 1, mandatory: true)
    static let level = Parameter<InformationLevel?>("InformationLevel")

    static let signature = Signature(
        "Test-NetConnection", typeName: "Test-NetConnection", defaultSet: "ICMP",
        outputs: [NetConnectionReport.type, .bool], parameters: [computer, level],
        sets: [
            ParameterSet("ICMP", []), ParameterSet("CommonTCPPort", [common]), ParameterSet("RemotePort", [port]),
        ])

    private static let timeoutMilliseconds: Int64 = 5_000
    /// What Windows asks when it is asked for nothing.
    private static let usualHost = "internetbeacon.msedge.net"

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let name = call.isBound(Self.computer) ? call[Self.computer] : Self.usualHost
        let isQuiet = call[Self.level] == .quiet
        let port = call.parameterSet == "RemotePort" ? call[Self.port] : call[Self.common]?.number
        let (_, addresses) = HostAddress.look(up: name)
        guard let address = addresses.first else {
            try io.warn("Name resolution of \(name) failed")
            return try io.emit(
                isQuiet
                    ? .bool(false) : NetConnectionReport(name, address: nil, port: port, isOpen: nil, reply: nil).value)
        }
        var isOpen: Bool?
        if let port {
            let probe = PortProbe(
                address: address, port: UInt16(clamping: port), milliseconds: Self.timeoutMilliseconds)
            isOpen = try probe.connect(io).code == 0
            if isOpen == false { try io.warn("TCP connect to (\(address.text) : \(port)) failed") }
        }
        // A port that answers says enough.
        var reply: PingReply?
        if isOpen != true { reply = try ping(name, address, io) }
        if isQuiet { return try io.emit(.bool(isOpen ?? (reply?.status == .success))) }
        try io.emit(NetConnectionReport(name, address: address, port: port, isOpen: isOpen, reply: reply).value)
    }

    private func ping(_ name: String, _ address: HostAddress, _ io: CommandIO) throws(Stop) -> PingReply? {
        let payload = TestConnection.payload(32)
        let place = ConnectionTarget(name: name, address: address, source: PingReport.source)
        switch try TestConnection.ask(
            place, hops: 128, .allowed, payload, 1, milliseconds: Self.timeoutMilliseconds, io)
        {
        case .success(let outcome):
            let reply = PingReply(outcome, payload.count, hops: 128)
            if reply.status != .success {
                try io.warn("Ping to \(address.text) failed with status: \(reply.status)")
            }
            return reply
        case .failure(let error):
            try io.warn("Ping to \(address.text) failed: \(TestConnection.reason(error))")
            return nil
        }
    }
}

/// `-CommonTCPPort`.
enum CommonPort: String, ScriptEnum {
    case http = "HTTP"
    case rdp = "RDP"
    case smb = "SMB"
    case winrm = "WINRM"
    static let enumType = makeEnumType("CommonTCPPort")

    var number: Int {
        switch self {
        case .http: 80
        case .rdp: 3389
        case .smb: 445
        case .winrm: 5985
        }
    }
}

/// `-InformationLevel`.
enum InformationLevel: String, ScriptEnum {
    case quiet = "Quiet"
    case detailed = "Detailed"
    static let enumType = makeEnumType("InformationLevel")
}
