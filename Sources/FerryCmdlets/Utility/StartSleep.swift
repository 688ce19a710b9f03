import FerryEngine

/// Waits.
struct StartSleep: Cmdlet {
    static let seconds = Parameter<Double>(
        "Seconds", position: 0, mandatory: true, pipeline: .byValueAndProperty, validate: [.range(0, 2_147_483)])
    static let milliseconds = Parameter<Int>(
        "Milliseconds", aliases: ["ms"], mandatory: true, pipeline: .byProperty, validate: [.range(0, 2_147_483_647)])
    static let duration = Parameter<TimeSpan>(
        "Duration", aliases: ["ts"], position: 0, mandatory: true, pipeline: .byValueAndProperty,
        validate: [.rangeKind(.nonNegative)])

    static let signature = Signature(
        "Start-Sleep", typeName: "Microsoft.PowerShell.Commands.StartSleepCommand", defaultSet: "Seconds",
        sets: [
            ParameterSet("Seconds", [seconds]), ParameterSet("Milliseconds", [milliseconds]),
            ParameterSet("FromTimeSpan", [duration]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        switch call.parameterSet {
        case "Milliseconds": try io.sleep(seconds: Double(call[Self.milliseconds]) / 1000)
        case "FromTimeSpan":
            let duration = call[Self.duration]
            let longest = TimeSpan(ticks: 2_147_483_647 * TimeSpan.ticksPerMillisecond)
            guard duration.ticks <= longest.ticks else {
                throw io.failing(
                    "MaximumDurationExceeded", .invalidArgument,
                    "The sleep duration '\(Value.span(duration).display)' is longer than the longest allowed, "
                        + "'\(Value.span(longest).display)'. (Parameter 'Duration')",
                    exception: "System.Management.Automation.PSArgumentException")
            }
            try io.sleep(seconds: duration.total(per: TimeSpan.ticksPerSecond))
        default: try io.sleep(seconds: call[Self.seconds])
        }
    }
}
