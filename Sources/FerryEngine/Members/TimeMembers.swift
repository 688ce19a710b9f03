/// Properties and methods of `System.DateTime` and `System.TimeSpan`.
enum TimeMembers {
    static let datePropertyNames = [
        "Date", "Day", "DayOfWeek", "DayOfYear", "Hour", "Kind", "Millisecond", "Minute", "Month", "Second", "Ticks",
        "TimeOfDay", "Year",
    ]
    static let spanPropertyNames = [
        "Days", "Hours", "Minutes", "Seconds", "Milliseconds", "Ticks", "TotalDays", "TotalHours", "TotalMilliseconds",
        "TotalMinutes", "TotalSeconds",
    ]

    private static let dayOfWeek = EnumType(
        "System.DayOfWeek", ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"])
    private static let kind = EnumType("System.DateTimeKind", ["Unspecified", "Utc", "Local"])

    static func property(_ name: String, of date: DateTime) -> Value? {
        switch name.folded {
        case "year": .count(date.year)
        case "month": .count(date.month)
        case "day": .count(date.day)
        case "hour": .count(date.hour)
        case "minute": .count(date.minute)
        case "second": .count(date.second)
        case "millisecond": .count(date.millisecond)
        case "ticks": .long(date.ticks)
        case "dayofweek": .symbol(dayOfWeek.value(Int64(date.dayOfWeek)))
        case "dayofyear": .count(date.dayOfYear)
        case "date": .date(date.date)
        case "timeofday": .span(date.timeOfDay)
        case "datetime": .string(DateFormat.text(date, "dddd, dd MMMM yyyy HH:mm:ss"))
        case "kind": .symbol(kind.value(date.kind == .unspecified ? 0 : date.kind == .utc ? 1 : 2))
        default: nil
        }
    }

    static func property(_ name: String, of span: TimeSpan) -> Value? {
        switch name.folded {
        case "days": .count(Int(span.days))
        case "hours": .count(Int(span.hours))
        case "minutes": .count(Int(span.minutes))
        case "seconds": .count(Int(span.seconds))
        case "milliseconds": .count(Int(span.milliseconds))
        case "ticks": .long(span.ticks)
        case "totaldays": .double(span.total(per: TimeSpan.ticksPerDay))
        case "totalhours": .double(span.total(per: TimeSpan.ticksPerHour))
        case "totalminutes": .double(span.total(per: TimeSpan.ticksPerMinute))
        case "totalseconds": .double(span.total(per: TimeSpan.ticksPerSecond))
        case "totalmilliseconds": .double(span.total(per: TimeSpan.ticksPerMillisecond))
        default: nil
        }
    }

    private static func unrepresentable() -> Stop {
        Members.exception(
            "System.ArgumentOutOfRangeException",
            "The added or subtracted value results in an un-representable DateTime. (Parameter 'value')")
    }

    static func invoke(_ name: String, on date: DateTime, _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value? {
        func adding(_ ticksPerUnit: Int64) throws(Stop) -> Value {
            guard case .number(let number) = try Conversion.convert(arguments[0], to: .double, frame.runspace) else {
                return .null
            }
            let ticks = number.asDouble * Double(ticksPerUnit)
            guard ticks.magnitude < 9e18, let moved = date.adding(TimeSpan(ticks: Int64(ticks.rounded()))) else {
                throw unrepresentable()
            }
            return .date(moved)
        }
        func months(_ factor: Int) throws(Stop) -> Value {
            guard case .number(let number) = try Conversion.convert(arguments[0], to: .int32, frame.runspace),
                let count = number.asInt64, let moved = date.adding(months: Int(count) * factor)
            else { throw unrepresentable() }
            return .date(moved)
        }
        switch (name.folded, arguments.count) {
        case ("adddays", 1): return try adding(TimeSpan.ticksPerDay)
        case ("addhours", 1): return try adding(TimeSpan.ticksPerHour)
        case ("addminutes", 1): return try adding(TimeSpan.ticksPerMinute)
        case ("addseconds", 1): return try adding(TimeSpan.ticksPerSecond)
        case ("addmilliseconds", 1): return try adding(TimeSpan.ticksPerMillisecond)
        case ("addticks", 1): return try adding(1)
        case ("addmonths", 1): return try months(1)
        case ("addyears", 1): return try months(12)
        case ("add", 1), ("subtract", 1):
            let sign: Int64 = name.folded == "add" ? 1 : -1
            if case .date(let other) = arguments[0], sign < 0 {
                return .span(TimeSpan(ticks: date.ticks - other.ticks))
            }
            guard case .span(let span) = try Conversion.convert(arguments[0], to: .timeSpan, frame.runspace),
                let moved = date.adding(TimeSpan(ticks: sign * span.ticks))
            else { throw unrepresentable() }
            return .date(moved)
        case ("touniversaltime", 0): return .date(date.universal)
        case ("tolocaltime", 0): return .date(date.local)
        case ("toshortdatestring", 0): return .string(DateFormat.text(date, "d"))
        case ("toshorttimestring", 0): return .string(DateFormat.text(date, "t"))
        case ("tolongdatestring", 0): return .string(DateFormat.text(date, "D"))
        case ("tolongtimestring", 0): return .string(DateFormat.text(date, "T"))
        case ("tostring", 1...2): return .string(DateFormat.text(date, arguments[0].display))
        default: return nil
        }
    }

    static func invoke(_ name: String, on span: TimeSpan, _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value? {
        switch (name.folded, arguments.count) {
        case ("add", 1), ("subtract", 1):
            guard case .span(let other) = try Conversion.convert(arguments[0], to: .timeSpan, frame.runspace) else {
                return .null
            }
            let sign: Int64 = name.folded == "add" ? 1 : -1
            let (ticks, overflow) = span.ticks.addingReportingOverflow(sign &* other.ticks)
            guard !overflow else {
                throw Members.exception(
                    "System.OverflowException", "TimeSpan overflowed because the duration is too long.")
            }
            return .span(TimeSpan(ticks: ticks))
        case ("negate", 0): return .span(TimeSpan(ticks: 0 &- span.ticks))
        case ("duration", 0): return .span(TimeSpan(ticks: Int64(clamping: span.ticks.magnitude)))
        case ("tostring", 1...2):
            guard let text = DateFormat.text(span, arguments[0].display) else {
                throw Members.exception("System.FormatException", "Input string was not in a correct format.")
            }
            return .string(text)
        default: return nil
        }
    }
}
