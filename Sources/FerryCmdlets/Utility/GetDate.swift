import FerryEngine

/// The current date, or another, as an object or formatted.
struct GetDate: Cmdlet {
    static let date = Parameter<Value>(
        "Date", aliases: ["LastWriteTime"], position: 0, pipeline: .byValueAndProperty, type: .dateTime)
    static let unixTime = Parameter<Int64>(
        "UnixTimeSeconds", aliases: ["UnixTime"], mandatory: true, pipeline: .byProperty)
    static let year = Parameter<Int>("Year", validate: [.range(1, 9999)])
    static let month = Parameter<Int>("Month", validate: [.range(1, 12)])
    static let day = Parameter<Int>("Day", validate: [.range(1, 31)])
    static let hour = Parameter<Int>("Hour", validate: [.range(0, 23)])
    static let minute = Parameter<Int>("Minute", validate: [.range(0, 59)])
    static let second = Parameter<Int>("Second", validate: [.range(0, 59)])
    static let millisecond = Parameter<Int>("Millisecond", validate: [.range(0, 999)])
    static let format = Parameter<String>("Format")
    static let uFormat = Parameter<String>("UFormat", mandatory: true, validate: [.notNullOrEmpty])
        .allowing(.emptyString)
    static let displayHint = Parameter<String>("DisplayHint", validate: [.set(["Date", "Time", "DateTime"])])
    static let asUTC = Parameter<Bool>.switch("AsUTC")

    static let signature = Signature(
        "Get-Date", typeName: "Microsoft.PowerShell.Commands.GetDateCommand", defaultSet: "DateAndFormat",
        outputs: [.string, .dateTime],
        parameters: [year, month, day, hour, minute, second, millisecond, displayHint, asUTC],
        sets: [
            ParameterSet("DateAndFormat", [date, format]), ParameterSet("DateAndUFormat", [date, uFormat]),
            ParameterSet("UnixTimeSecondsAndFormat", [unixTime, format]),
            ParameterSet("UnixTimeSecondsAndUFormat", [unixTime, uFormat]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        var date = try start(call, io)
        let civil = date.civil
        let year = call.isBound(Self.year) ? call[Self.year] : civil.year
        let month = call.isBound(Self.month) ? call[Self.month] : civil.month
        let day = call.isBound(Self.day) ? call[Self.day] : civil.day
        guard
            let changed = DateTime(
                year: year, month: month, day: day, hour: call.isBound(Self.hour) ? call[Self.hour] : date.hour,
                minute: call.isBound(Self.minute) ? call[Self.minute] : date.minute,
                second: call.isBound(Self.second) ? call[Self.second] : date.second,
                fractionTicks: call.isBound(Self.millisecond)
                    ? Int64(call[Self.millisecond]) * TimeSpan.ticksPerMillisecond : date.fraction, kind: date.kind)
        else {
            throw io.failing(
                "ArgumentOutOfRangeException", .invalidArgument,
                "Year, Month, and Day parameters describe an un-representable DateTime.",
                exception: "System.ArgumentOutOfRangeException")
        }
        date = changed
        if call[Self.asUTC] { date = date.universal }
        if call.isBound(Self.uFormat) { return try io.emit(.string(UnixDateFormat.text(date, call[Self.uFormat]))) }
        guard call.isBound(Self.format) else {
            if call.isBound(Self.displayHint) {
                date.displayHint = DateTime.DisplayHint.allCases.first {
                    $0.rawValue.folded == call[Self.displayHint].folded
                }
            }
            return try io.emit(.date(date))
        }
        try io.emit(.string(DateFormat.text(date, Self.pattern(call[Self.format]))))
    }

    private func start(_ call: Call, _ io: CommandIO) throws(Stop) -> DateTime {
        if call.isBound(Self.unixTime) {
            guard let date = DateTime(unixSeconds: call[Self.unixTime]) else {
                throw io.failing(
                    "System.ArgumentOutOfRangeException", .notSpecified,
                    "Valid values are between -62135596800 and 253402300799, inclusive. (Parameter 'seconds')",
                    exception: "System.ArgumentOutOfRangeException")
            }
            return date.local
        }
        guard call.isBound(Self.date) else { return .now }
        guard case .date(let date) = try Conversion.convert(call[Self.date], to: .dateTime, io.runspace) else {
            return .now
        }
        return date
    }

    /// Names PowerShell adds to .NET's formats.
    private static func pattern(_ format: String) -> String {
        switch format.folded {
        case "filedate": "yyyyMMdd"
        case "filedateuniversal": "yyyyMMddZ"
        case "filedatetime": "yyyyMMddTHHmmssffff"
        case "filedatetimeuniversal": "yyyyMMddTHHmmssffffZ"
        default: format
        }
    }
}
