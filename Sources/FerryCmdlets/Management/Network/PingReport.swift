import FerryEngine

/// Whom a test asks.
struct ConnectionTarget {
    /// As it is shown.
    let name: String
    let address: HostAddress
    /// This computer's name.
    let source: String
}

/// `System.Net.NetworkInformation.PingReply`.
struct PingReply {
    let status: EchoStatus
    /// Who answered, or said why there is no answer.
    let address: String?
    let milliseconds: Int64
    private let hops: Int
    private let size: Int

    /// - Parameters:
    ///   - size: of the request's data.
    ///   - hops: the time to live it was sent with.
    init(_ outcome: EchoSocket.Outcome, _ size: Int, hops: Int) {
        self.size = size
        switch outcome {
        case .answered(let from, let taken, let left, _):
            (status, address, milliseconds, self.hops) = (.success, from, taken, left ?? hops)
        case .expired(let router): (status, address, milliseconds, self.hops) = (.ttlExpired, router, 0, hops)
        case .tooBig: (status, address, milliseconds, self.hops) = (.packetTooBig, nil, 0, hops)
        case .unreachable(let reason): (status, address, milliseconds, self.hops) = (reason, nil, 0, hops)
        case .timedOut: (status, address, milliseconds, self.hops) = (.timedOut, nil, 0, hops)
        }
    }

    private static let type = RuntimeType("System.Net.NetworkInformation.PingReply")

    var addressValue: Value { address.flatMap { AddressObject($0) }.map { .object($0) } ?? .null }

    var value: Value {
        let options = CustomObject([("Ttl", .count(hops)), ("DontFragment", .bool(false))])
        return .object(
            CustomObject(
                [
                    ("Status", status.value), ("Address", addressValue), ("RoundtripTime", .long(milliseconds)),
                    ("Options", status == .success ? .object(options) : .null),
                    (
                        "Buffer",
                        .array(
                            ArrayObject(
                                (status == .success ? TestConnection.payload(size) : []).map { .number(.byte($0)) },
                                of: .byte))
                    ),
                ], type: Self.type))
    }
}

/// What Test-Connection shows.
enum PingReport {
    private static let prefix = "Microsoft.PowerShell.Commands.TestConnectionCommand+"
    static let pingType = RuntimeType(prefix + "PingStatus")
    private static let sizeType = RuntimeType(
        prefix + "PingMtuStatus", bases: [prefix + "PingStatus", "System.Object"])
    private static let traceType = RuntimeType(prefix + "TraceStatus")
    private static let portType = RuntimeType(prefix + "TcpPortStatus")

    static var source: String { Environment.hostName }

    private static func common(_ place: ConnectionTarget, _ reply: PingReply, number: Int, size: Int) -> [(
        String, Value
    )] {
        let isAnswer = reply.status == .success
        return [
            ("Ping", .number(.uint(UInt32(clamping: number)))), ("Source", .string(place.source)),
            ("Destination", .string(place.name)), ("Address", isAnswer ? reply.addressValue : .null),
            ("DisplayAddress", .string(isAnswer ? reply.address ?? "*" : "*")),
            ("Latency", .long(reply.milliseconds)), ("Status", reply.status.value), ("BufferSize", .count(size)),
            ("Reply", reply.value),
        ]
    }

    static func ping(_ place: ConnectionTarget, _ reply: PingReply, number: Int, size: Int) -> Value {
        .object(CustomObject(common(place, reply, number: number, size: size), type: pingType))
    }

    static func packetSize(_ place: ConnectionTarget, _ reply: PingReply, size: Int) -> Value {
        .object(
            CustomObject(
                [("MtuSize", .count(size))] + common(place, reply, number: 1, size: size), type: sizeType))
    }

    /// - Parameter router: the name or address of who is there.
    static func hop(_ place: ConnectionTarget, _ reply: PingReply, hop: Int, router: String?, number: Int) -> Value {
        .object(
            CustomObject(
                [
                    ("Hop", .count(hop)), ("Hostname", .optional(router)),
                    ("Ping", .number(.uint(UInt32(clamping: number)))),
                    ("HopAddress", reply.addressValue), ("Latency", .long(reply.milliseconds)),
                    ("Status", reply.status.value), ("Source", .string(place.source)), ("Target", .string(place.name)),
                    ("TargetAddress", place.address.value), ("Reply", reply.value),
                ], type: traceType))
    }

    static func port(
        _ place: ConnectionTarget, id: Int, port: Int, milliseconds: Int64, isConnected: Bool, status: String
    ) -> Value {
        .object(
            CustomObject(
                [
                    ("Id", .count(id)), ("Source", .string(place.source)), ("Target", .string(place.name)),
                    ("TargetAddress", place.address.value), ("Port", .count(port)), ("Latency", .long(milliseconds)),
                    ("Connected", .bool(isConnected)), ("Status", .string(status)),
                ], type: portType))
    }
}
