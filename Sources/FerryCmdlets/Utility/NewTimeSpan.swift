import FerryEngine

/// A span of time, from its parts or between two dates.
struct NewTimeSpan: Cmdlet {
    static let start = Parameter<Value>("Start", aliases: ["LastWriteTime"], position: 0, pipeline: .byValueAndProperty)
    static let end = Parameter<Value>("End", position: 1, pipeline: .byProperty)
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
            let total =
                Int64(call[Self.days]) * TimeSpan.ticksPerDay + Int64(call[Self.hours]) * TimeSpan.ticksPerHour
                + Int64(call[Self.minutes]) * TimeSpan.ticksPerMinute + Int64(call[Self.seconds])
                * TimeSpan.ticksPerSecond
                + Int64(call[Self.milliseconds]) * TimeSpan.ticksPerMillisecond
            return try io.emit(.span(TimeSpan(ticks: total)))
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
}
