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
    static let displayHint = Parameter<DateTime.DisplayHint?>("DisplayHint")
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
        // One after the other, each within the calendar: the last day of February where there is no 29th, or the day after it.
        if call.isBound(Self.year) {
            date = try reached(date.adding(months: (call[Self.year] - date.civil.year) * 12), io)
        }
        if call.isBound(Self.month) {
            date = try reached(date.adding(months: call[Self.month] - date.civil.month), io)
        }
        if call.isBound(Self.day) {
            let days = Int64(call[Self.day] - date.civil.day)
            date = try reached(date.adding(TimeSpan(ticks: days * TimeSpan.ticksPerDay)), io)
        }
        let civil = date.civil
        let changed = try reached(
            DateTime(
                year: civil.year, month: civil.month, day: civil.day,
                hour: call.isBound(Self.hour) ? call[Self.hour] : date.hour,
                minute: call.isBound(Self.minute) ? call[Self.minute] : date.minute,
                second: call.isBound(Self.second) ? call[Self.second] : date.second,
                fractionTicks: call.isBound(Self.millisecond)
                    ? Int64(call[Self.millisecond]) * TimeSpan.ticksPerMillisecond : date.fraction, kind: date.kind), io
        )
        date = changed
        if call[Self.asUTC] { date = date.universal }
        if call.isBound(Self.uFormat) { return try io.emit(.string(UnixDateFormat.text(date, call[Self.uFormat]))) }
        guard call.isBound(Self.format) else {
            date.displayHint = call[Self.displayHint] ?? .dateTime
            return try io.emit(.date(date))
        }
        try io.emit(.string(DateFormat.text(date, Self.pattern(call[Self.format]))))
    }

    private func reached(_ date: DateTime?, _ io: CommandIO) throws(Stop) -> DateTime {
        guard let date else {
            throw io.failing(
                "System.ArgumentOutOfRangeException", .notSpecified,
                "The added or subtracted value results in an un-representable DateTime.",
                exception: "System.ArgumentOutOfRangeException")
        }
        return date
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
