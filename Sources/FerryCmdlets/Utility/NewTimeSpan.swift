import FerryEngine

/// A span of time, from its parts or between two dates.
struct NewTimeSpan: Cmdlet {
    static let start = Parameter<Value>(
        "Start", aliases: ["LastWriteTime"], position: 0, pipeline: .byValueAndProperty, type: .dateTime)
    static let end = Parameter<Value>("End", position: 1, pipeline: .byProperty, type: .dateTime)
    static let days = Parameter<Int>("Days")
    static let hours = Parameter<Int>("Hours")
    static let minutes = Parameter<Int>("Minutes")
    static let seconds = Parameter<Int>("Seconds")
    static let milliseconds = Parameter<Int>("Milliseconds")

    static let signature = Signature(
        "New-TimeSpan", typeName: "Microsoft.PowerShell.Commands.NewTimeSpanCommand", defaultSet: "Date",
        outputs: [.timeSpan],
        sets: [
            ParameterSet("Date", [start, end]),
            ParameterSet("Time", [days, hours, minutes, seconds, milliseconds]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call.parameterSet == "Date" else {
            guard let ticks = Self.ticks(call) else {
                throw io.failing(
                    "System.ArgumentOutOfRangeException", .notSpecified,
                    "TimeSpan overflowed because the duration is too long.",
                    exception: "System.ArgumentOutOfRangeException")
            }
            return try io.emit(.span(TimeSpan(ticks: ticks)))
        }
        let now = DateTime.now
        func date(_ key: Parameter<Value>) throws(Stop) -> DateTime {
            guard call.isBound(key),
                case .date(let date) = try Conversion.convert(call[key], to: .dateTime, io.runspace)
            else { return now }
            return date
        }
        try io.emit(.span(TimeSpan(ticks: try date(Self.end).ticks - date(Self.start).ticks)))
    }

    /// The parts together; `nil` where a time span cannot hold them.
    private static func ticks(_ call: Call) -> Int64? {
        let parts = [
            (Self.days, TimeSpan.ticksPerDay), (Self.hours, TimeSpan.ticksPerHour),
            (Self.minutes, TimeSpan.ticksPerMinute), (Self.seconds, TimeSpan.ticksPerSecond),
            (Self.milliseconds, TimeSpan.ticksPerMillisecond),
        ]
        // One part may take back what another has too much of: the sum is what counts.
        var whole: Int128 = 0
        for (part, unit) in parts { whole += Int128(call[part]) * Int128(unit) }
        return Int64(exactly: whole)
    }
}
