import FerryEngine

/// The routers on the way to a computer: requests that may go one router further each time.
struct RouteTrace {
    private let place: ConnectionTarget
    private let call: Call
    private let maxHops: Int
    /// Requests to each router.
    private static let requests = 3

    init(_ place: ConnectionTarget, _ call: Call) {
        self.place = place
        self.call = call
        maxHops = call.isBound(TestConnection.maxHops) ? call[TestConnection.maxHops] : 128
    }

    func run(_ io: CommandIO) throws(Stop) {
        let payload = TestConnection.payload(32)
        let isQuiet = call[TestConnection.quiet]
        for hop in 1...maxHops {
            var (isThere, router) = (false, nil as String?)
            for number in 1...Self.requests {
                let outcome: EchoSocket.Outcome
                switch try TestConnection.ask(place, hops: hop, .allowed, payload, number, call, io) {
                case .success(let found): outcome = found
                case .failure(let error):
                    if isQuiet { return try io.emit(.bool(false)) }
                    return try TestConnection.report(place.name, TestConnection.reason(error), io)
                }
                let reply = PingReply(outcome, payload.count, hops: hop)
                if reply.status != .timedOut, reply.status != .ttlExpired { isThere = true }
                if router == nil, let address = reply.address {
                    let names = call[TestConnection.resolveDestination] ? HostAddress.look(up: address).addresses : []
                    router = names.first?.hostName ?? address
                }
                if !isQuiet {
                    try io.emit(PingReport.hop(place, reply, hop: hop, router: router, number: number))
                }
                if number < Self.requests { try io.sleep(seconds: 0.05) }
            }
            if isThere { return isQuiet ? try io.emit(.bool(true)) : () }
        }
        if isQuiet { return try io.emit(.bool(false)) }
        try TestConnection.report(
            place.name, "The computer was not reached within \(maxHops) hops.", io, category: .connectionError)
    }
}
