import FerryContract
import FerryCore
import FerryEngine

/// What a `Get-WinEvent` asks for.
struct EventQuery {
    var request = GetEventsRequest()
    /// Names or patterns; empty: every log, every provider.
    private var logs: [String] = []
    private var providers: [String] = []

    init(logs: [String] = [], providers: [String] = []) {
        self.logs = logs
        self.providers = providers
    }

    /// From `-FilterHashtable`.
    init(_ table: TableObject, _ io: CommandIO) throws(Stop) {
        for (key, value) in table.pairs {
            switch key.display.folded {
            case "logname": logs = String.list(value)
            case "providername": providers = String.list(value)
            case "id": request.ids = try Self.numbers(value, "Id", io)
            case "level":
                let numbers = try Self.numbers(value, "Level", io)
                request.levels = EventLevel.allCases.filter { numbers.contains($0.number) }
                // A level that no event here has: nothing matches.
                if request.levels.isEmpty { request.ids = [-1] }
            case "starttime": request.since = try Self.time(value, "StartTime", io)
            case "endtime": request.until = try Self.time(value, "EndTime", io)
            default:
                throw io.failing(
                    "InvalidFilterKey", .invalidArgument,
                    "The key '\(key.display)' of -FilterHashtable is not known. Use LogName, ProviderName, Id, Level, StartTime or EndTime.",
                    target: key, exception: "System.ArgumentException")
            }
        }
        guard !logs.isEmpty || !providers.isEmpty else {
            throw io.failing(
                "LogProviderOrPathNeeded", .invalidArgument,
                "The specified hashtable must contain LogName or ProviderName.", target: .table(table),
                exception: "System.Exception")
        }
    }

    /// Whether the one log of `host` is among those that were named; a plain name of another one is reported.
    func reachesLog(of host: String, _ io: CommandIO) throws(Stop) -> Bool {
        var isWanted = logs.isEmpty && providers.isEmpty
        for (names, own, id, what) in [
            (logs, EventReport.log, "NoMatchingLogsFound", "an event log"),
            (providers, EventReport.provider, "NoMatchingProvidersFound", "an event provider"),
        ] {
            for name in names {
                if WildcardPattern(name).matches(own) {
                    isWanted = true
                } else {
                    try io.report(
                        id, .objectNotFound, "There is not \(what) on the \(host) computer that matches \"\(name)\".",
                        target: .string(name), exception: "System.Exception")
                }
            }
        }
        return isWanted
    }

    private static func numbers(_ value: Value, _ key: String, _ io: CommandIO) throws(Stop) -> [Int] {
        var numbers: [Int] = []
        for element in value.elements ?? [value] {
            guard let number = Conversion.attempt(element, to: .int32).flatMap({ Int.read($0) }) else {
                throw invalid(element, key, "a number", io)
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func time(_ value: Value, _ key: String, _ io: CommandIO) throws(Stop) -> Double {
        guard let date = Conversion.attempt(value, to: .dateTime).flatMap({ DateTime.read($0) }) else {
            throw invalid(value, key, "a date", io)
        }
        return date.unixSeconds
    }

    private static func invalid(_ value: Value, _ key: String, _ wanted: String, _ io: CommandIO) -> Stop {
        io.failing(
            "InvalidFilterValue", .invalidArgument,
            "The value '\(value.display)' of the key '\(key)' of -FilterHashtable is not \(wanted).", target: value,
            exception: "System.ArgumentException")
    }
}

extension String {
    fileprivate static func list(_ value: Value) -> [String] { (value.elements ?? [value]).map(\.display) }
}
