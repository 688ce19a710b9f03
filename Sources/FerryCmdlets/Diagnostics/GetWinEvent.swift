import FerryContract
import FerryCore
import FerryEngine

/// Reads the event log of hosts, newest first. The log is Hyper-V's; hosts keep no other.
struct GetWinEvent: Cmdlet {
    static let log = Parameter<[String]>(
        "LogName", position: 0, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty], wildcards: true)
    static let provider = Parameter<[String]>(
        "ProviderName", mandatory: true, pipeline: .byProperty, validate: [.notNullOrEmpty], wildcards: true)
    static let filter = Parameter<TableObject?>("FilterHashtable", position: 0, mandatory: true)
    static let maximum = Parameter<Int64>("MaxEvents", validate: [.range(1, Double(Int64.max))])
    static let oldest = Parameter<Bool>.switch("Oldest")
    static let computer = Parameter<[String]>("ComputerName", aliases: ["Cn"], validate: [.notNullOrEmpty])

    static let signature = Signature(
        "Get-WinEvent", typeName: "Microsoft.PowerShell.Commands.GetWinEventCommand",
        defaultSet: "GetLogSet", outputs: [ReportedEvent.nounType.name], parameters: [maximum, oldest, computer],
        sets: [
            ParameterSet("GetLogSet", [log]), ParameterSet("GetProviderSet", [provider]),
            ParameterSet("HashQuerySet", [filter]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let query: EventQuery
        switch call.parameterSet {
        case "HashQuerySet": query = try EventQuery(call[Self.filter] ?? TableObject(), io)
        case "GetProviderSet": query = EventQuery(providers: call[Self.provider])
        default: query = EventQuery(logs: call[Self.log])
        }
        for host in try io.connections(to: call[Self.computer]) {
            guard try query.reachesLog(of: host.hostName, io) else { continue }
            guard
                var events = try read(
                    query, host, call.isBound(Self.maximum) ? call[Self.maximum] : .max, call[Self.oldest], io)
            else { continue }
            if call[Self.oldest] { events.reverse() }
            if events.isEmpty {
                try io.report(
                    "NoMatchingEventsFound", .objectNotFound,
                    "No events were found that match the specified selection criteria.",
                    target: .string(host.hostName), exception: "System.Exception")
            }
            for event in events { try io.emit(ReportedEvent(report: event)) }
        }
    }

    /// All that match, newest first, page by page; with `oldest` the oldest `maximum` of them. nil after reporting a failure.
    private func read(
        _ query: EventQuery, _ host: any HostConnection, _ maximum: Int64, _ oldest: Bool, _ io: CommandIO
    ) throws(Stop) -> [EventReport]? {
        var found: [EventReport] = []
        var request = query.request
        while true {
            let wanted = oldest ? Int64(GetEventsRequest.pageLimit) : maximum - Int64(found.count)
            request.limit = Int(min(wanted, Int64(GetEventsRequest.pageLimit)))
            guard request.limit > 0 else { break }
            guard let page = try io.send(request, to: host, target: .string(host.hostName)) else { return nil }
            found += page
            // A log without numbers cannot be read on from a place in it.
            guard page.count == request.limit, let last = page.last, last.record > 1 else { break }
            request.before = last.record
        }
        return oldest ? Array(found.suffix(Int(clamping: maximum))) : found
    }
}
