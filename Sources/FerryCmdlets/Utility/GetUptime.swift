import FerryEngine
import Glibc

/// Since when the computer runs.
struct GetUptime: Cmdlet {
    static let since = Parameter<Bool>.switch("Since")
    static let signature = Signature(
        "Get-Uptime", typeName: "Microsoft.PowerShell.Commands.GetUptimeCommand", defaultSet: "Timespan",
        outputs: [.timeSpan, .dateTime],
        sets: [ParameterSet("Timespan", []), ParameterSet("Since", [since])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        var now = timespec()
        // SAFETY: the clock writes the struct it is given.
        guard unsafe clock_gettime(CLOCK_BOOTTIME, &now) == 0 else { return }
        let span = TimeSpan(ticks: Int64(now.tv_sec) * TimeSpan.ticksPerSecond)
        if call[Self.since], let date = DateTime.now.adding(TimeSpan(ticks: -span.ticks)) {
            return try io.emit(.date(date))
        }
        try io.emit(.span(span))
    }
}
