import FerryEngine

/// Whether a computer answers: echo requests, the way to it, the size of packets that pass, or a port.
struct TestConnection: Cmdlet {
    static let target = Parameter<[String]>(
        "TargetName", aliases: ["ComputerName"], position: 0, mandatory: true, pipeline: .byValueAndProperty,
        validate: [.notNullOrEmpty])
    static let ping = Parameter<Bool>.switch("Ping")
    static let ipv4 = Parameter<Bool>.switch("IPv4")
    static let ipv6 = Parameter<Bool>.switch("IPv6")
    static let resolveDestination = Parameter<Bool>.switch("ResolveDestination")
    static let maxHops = Parameter<Int>(
        "MaxHops", aliases: ["Ttl", "TimeToLive", "Hops"], validate: [.range(1, 128)])
    static let count = Parameter<Int>("Count", validate: [.rangeKind(.positive)])
    static let delay = Parameter<Int>("Delay", validate: [.rangeKind(.positive)])
    static let bufferSize = Parameter<Int>(
        "BufferSize", aliases: ["Size", "Bytes", "BS"], validate: [.range(0, 65500)])
    static let dontFragment = Parameter<Bool>.switch("DontFragment")
    static let `repeat` = Parameter<Bool>.switch("Repeat", aliases: ["Continuous"])
    static let quiet = Parameter<Bool>.switch("Quiet")
    static let timeoutSeconds = Parameter<Int>("TimeoutSeconds", validate: [.rangeKind(.positive)])
    static let mtuSize = Parameter<Bool>.switch("MtuSize", aliases: ["MtuSizeDetect"])
    static let traceroute = Parameter<Bool>.switch("Traceroute")
    static let tcpPort = Parameter<Int>("TcpPort", mandatory: true, validate: [.range(0, 65535)])
    static let detailed = Parameter<Bool>.switch("Detailed")

    static let signature = Signature(
        "Test-Connection", typeName: "Microsoft.PowerShell.Commands.TestConnectionCommand",
        defaultSet: "DefaultPing", outputs: [.bool, PingReport.pingType],
        parameters: [target, ipv4, ipv6, resolveDestination, quiet, timeoutSeconds],
        sets: [
            ParameterSet("DefaultPing", [ping, maxHops, count, delay, bufferSize, dontFragment]),
            ParameterSet("RepeatPing", [ping, maxHops, delay, bufferSize, dontFragment, `repeat`.mandatory()]),
            ParameterSet("TraceRoute", [maxHops, traceroute.mandatory()]),
            ParameterSet("TcpPort", [tcpPort, detailed, count, delay]),
            ParameterSet("MtuSizeDetect", [mtuSize.mandatory()]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for name in call[Self.target] {
            guard let (shown, address) = try resolve(name, call, io) else { continue }
            let place = ConnectionTarget(name: shown, address: address, source: PingReport.source)
            switch call.parameterSet {
            case "TraceRoute": try RouteTrace(place, call).run(io)
            case "TcpPort": try PortTest(place, call).run(io)
            case "MtuSizeDetect": try findSize(place, call, io)
            default: try ping(place, call, io)
            }
        }
    }

    static func milliseconds(_ call: Call) -> Int64 {
        Int64(call.isBound(timeoutSeconds) ? call[timeoutSeconds] : 5) * 1000
    }

    /// `abc…w` over and over, as ping.exe fills its packets.
    static func payload(_ size: Int) -> [UInt8] { (0..<size).map { UInt8(97 + $0 % 23) } }

    // MARK: Names

    private func resolve(_ name: String, _ call: Call, _ io: CommandIO) throws(Stop) -> (String, HostAddress)? {
        let (canonical, addresses) = HostAddress.look(up: name)
        guard let first = addresses.first else {
            try fail(name, "Cannot resolve the target name.", call, io, inner: Self.unknownHost)
            return nil
        }
        let isDigits = AddressObject(name) != nil
        let wanted = addresses.first {
            !call[Self.ipv4] && !call[Self.ipv6] || $0.isV6 == call[Self.ipv6]
        }
        guard let address = wanted else {
            try fail(name, "Target IPv4/IPv6 address absent.", call, io)
            return nil
        }
        if call[Self.resolveDestination] { return (isDigits ? first.hostName ?? address.text : canonical, address) }
        return (isDigits ? address.text : name, address)
    }

    private static var unknownHost: ExceptionObject {
        let inner = ExceptionObject("System.Net.Sockets.SocketException", "No such host is known.")
        inner.details.append((name: "ErrorCode", value: .count(11001)))
        return inner
    }

    private func fail(
        _ name: String, _ reason: String, _ call: Call, _ io: CommandIO, inner: ExceptionObject? = nil
    ) throws(Stop) {
        if call[Self.quiet] { return try io.emit(.bool(false)) }
        try Self.report(name, reason, io, inner: inner)
    }

    static func report(
        _ name: String, _ reason: String, _ io: CommandIO, inner: ExceptionObject? = nil,
        category: ErrorCategory = .resourceUnavailable
    ) throws(Stop) {
        try io.report(
            ErrorRecord(
                ExceptionObject(
                    "System.Net.NetworkInformation.PingException",
                    "Testing connection to computer '\(name)' failed: \(reason)", inner: inner),
                errorID: "TestConnectionException", category: category, target: .string(name)))
    }

    /// Why a request could not be sent.
    static func reason(_ error: SystemError) -> String {
        guard error.code == 1 || error.code == 13 else { return FileFailure.reason(error.code) + "." }
        return "This account may not send echo requests. Run as root, or let the account's group send them: "
            + "sysctl net.ipv4.ping_group_range='0 2147483647'."
    }

    // MARK: Echo requests

    private func ping(_ place: ConnectionTarget, _ call: Call, _ io: CommandIO) throws(Stop) {
        let isEndless = call.parameterSet == "RepeatPing"
        let count = isEndless ? Int(Int32.max) : call.isBound(Self.count) ? call[Self.count] : 4
        let payload = Self.payload(call.isBound(Self.bufferSize) ? call[Self.bufferSize] : 32)
        let hops = call.isBound(Self.maxHops) ? call[Self.maxHops] : 128
        var isAnswered = true
        for number in 1...count {
            let reply: PingReply
            switch try Self.ask(
                place, hops: hops, call[Self.dontFragment] ? .forbidden : .allowed, payload, number, call, io)
            {
            case .success(let outcome): reply = PingReply(outcome, payload.count, hops: hops)
            case .failure(let error):
                if !call[Self.quiet] { try Self.report(place.name, Self.reason(error), io) }
                isAnswered = false
                // What refuses one refuses all.
                if error.code == 1 || error.code == 13 { return try end(isAnswered, call, io) }
                continue
            }
            if call[Self.quiet] {
                isAnswered = isAnswered && reply.status == .success
            } else {
                try io.emit(PingReport.ping(place, reply, number: number, size: payload.count))
            }
            if number < count { try io.sleep(seconds: Double(call.isBound(Self.delay) ? call[Self.delay] : 1)) }
        }
        try end(isAnswered, call, io)
    }

    private func end(_ isAnswered: Bool, _ call: Call, _ io: CommandIO) throws(Stop) {
        if call[Self.quiet] { try io.emit(.bool(isAnswered)) }
    }

    static func ask(
        _ place: ConnectionTarget, hops: Int, _ fragments: EchoSocket.Fragmentation, _ payload: [UInt8],
        _ number: Int, _ call: Call, _ io: CommandIO
    ) throws(Stop) -> Result<EchoSocket.Outcome, SystemError> {
        try ask(place, hops: hops, fragments, payload, number, milliseconds: milliseconds(call), io)
    }

    static func ask(
        _ place: ConnectionTarget, hops: Int, _ fragments: EchoSocket.Fragmentation, _ payload: [UInt8],
        _ number: Int, milliseconds: Int64, _ io: CommandIO
    ) throws(Stop) -> Result<EchoSocket.Outcome, SystemError> {
        let socket: EchoSocket
        do throws(SystemError) {
            socket = try EchoSocket(to: place.address, hops: hops, fragments: fragments)
        } catch {
            return .failure(error)
        }
        return try socket.ask(
            payload, sequence: UInt16(truncatingIfNeeded: number), milliseconds: milliseconds, io)
    }

    // MARK: The size of packets

    private func findSize(_ place: ConnectionTarget, _ call: Call, _ io: CommandIO) throws(Stop) {
        var (low, high, size) = (place.address.isV6 ? 1280 : 68, 10_000, 1473)
        var best: PingReply?
        while low < high - 1 {
            try io.debug("LowMTUSize: \(low), CurrentMTUSize: \(size), HighMTUSize: \(high)")
            switch try Self.ask(place, hops: 128, .probing, Self.payload(size), 1, call, io) {
            case .failure(let error): return try fail(place.name, Self.reason(error), call, io)
            case .success(let outcome):
                let reply = PingReply(outcome, size, hops: 128)
                switch reply.status {
                case .success: (low, best) = (size, reply)
                case .packetTooBig, .timedOut: high = size
                default: return try fail(place.name, reply.status.rawValue, call, io)
                }
            }
            size = (low + high) / 2
            try io.sleep(seconds: 0.1)
        }
        if call[Self.quiet] { return try io.emit(.count(size)) }
        guard let best else { return try Self.report(place.name, EchoStatus.timedOut.rawValue, io) }
        try io.emit(PingReport.packetSize(place, best, size: size))
    }
}
