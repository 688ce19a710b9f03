import FerryEngine

/// Waits.
struct StartSleep: Cmdlet {
    static let seconds = Parameter<Double>(
        "Seconds", position: 0, mandatory: true, pipeline: .byValueAndProperty, validate: [.range(0, 2_147_483)])
    static let milliseconds = Parameter<Int>(
        "Milliseconds", aliases: ["ms"], mandatory: true, pipeline: .byProperty, validate: [.range(0, 2_147_483_647)])
    static let duration = Parameter<TimeSpan>("Duration", aliases: ["ts"], mandatory: true, pipeline: .byProperty)

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
        case "FromTimeSpan": try io.sleep(seconds: max(0, call[Self.duration].total(per: TimeSpan.ticksPerSecond)))
        default: try io.sleep(seconds: call[Self.seconds])
        }
    }
}
