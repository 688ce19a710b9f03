import Foundation

/// `DateTime`, `TimeSpan`, `Stopwatch`.
enum TimeMembers {
    static let tables: [TypeMembers] = [dateTime, timeSpan, stopwatch]

    private static func date(_ value: Value) -> DateTime {
        if case .date(let date) = value { date } else { DateTime(ticks: 0) }
    }

    private static func adding(_ call: MethodCall, unit: Int64) throws(Stop) -> Value {
        let amount = try call.double(0) * Double(unit)
        guard abs(amount) < 9e18, let sum = date(call.target).adding(TimeSpan(ticks: Int64(amount.rounded()))) else {
            throw unrepresentable(call)
        }
        return .date(sum)
    }

    /// Ticks since 1601, in UTC.
    private static func fileTime(_ call: MethodCall) throws(Stop) -> DateTime {
        let (ticks, overflow) = try call.long(0).addingReportingOverflow(504_911_232_000_000_000)
        guard !overflow, (0...DateTime.maximumTicks).contains(ticks) else {
            throw call.failed(
                "System.ArgumentOutOfRangeException", "Not a valid Win32 FileTime. (Parameter 'fileTime')")
        }
        return DateTime(ticks: ticks, kind: .utc)
    }

    private static func unrepresentable(_ call: MethodCall) -> Stop {
        call.failed(
            "System.ArgumentOutOfRangeException",
            "The added or subtracted value results in an un-representable DateTime. (Parameter 'value')")
    }

    private static let dateTime = TypeMembers("System.DateTime") {
        $0.property("Date", .dateTime) { .date(date($0).date) }
        $0.property("Day", .int32) { .count(date($0).day) }
        $0.property("DayOfWeek", RuntimeType(enum: EnumCatalog.dayOfWeek)) {
            .symbol(EnumCatalog.dayOfWeek.value(Int64(date($0).dayOfWeek)))
        }
        $0.property("DayOfYear", .int32) { .count(date($0).dayOfYear) }
        $0.property("Hour", .int32) { .count(date($0).hour) }
        $0.property("Kind", RuntimeType(enum: EnumCatalog.dateTimeKind)) {
            let number: Int64 =
                switch date($0).kind {
                case .unspecified: 0
                case .utc: 1
                case .local: 2
                }
            return .symbol(EnumCatalog.dateTimeKind.value(number))
        }
        $0.property("Millisecond", .int32) { .count(date($0).millisecond) }
        $0.property("Minute", .int32) { .count(date($0).minute) }
        $0.property("Month", .int32) { .count(date($0).month) }
        $0.property("Second", .int32) { .count(date($0).second) }
        $0.property("Ticks", .int64) { .long(date($0).ticks) }
        $0.property("TimeOfDay", .timeSpan) { .span(date($0).timeOfDay) }
        $0.property("Year", .int32) { .count(date($0).year) }
        $0.property("DateTime", .string) { .string(date($0).displayed) }
        $0.method("Add", "datetime Add(timespan value)", 1...1) { call throws(Stop) in
            guard case .span(let span) = try call.convert(0, .timeSpan), let sum = date(call.target).adding(span) else {
                throw unrepresentable(call)
            }
            return .date(sum)
        }
        for (name, unit) in [
            ("AddDays", TimeSpan.ticksPerDay), ("AddHours", TimeSpan.ticksPerHour),
            ("AddMinutes", TimeSpan.ticksPerMinute),
            ("AddSeconds", TimeSpan.ticksPerSecond), ("AddMilliseconds", TimeSpan.ticksPerMillisecond), ("AddTicks", 1),
        ] {
            $0.method(name, "datetime \(name)(double value)", 1...1) { call throws(Stop) in try adding(call, unit: unit)
            }
        }
        $0.method("AddMonths", "datetime AddMonths(int months)", 1...1) { call throws(Stop) in
            guard let sum = date(call.target).adding(months: try call.int(0)) else { throw unrepresentable(call) }
            return .date(sum)
        }
        $0.method("AddYears", "datetime AddYears(int value)", 1...1) { call throws(Stop) in
            guard let sum = date(call.target).adding(months: try call.int(0) * 12) else { throw unrepresentable(call) }
            return .date(sum)
        }
        $0.method("Subtract", "timespan Subtract(datetime value)\ndatetime Subtract(timespan value)", 1...1) {
            call throws(Stop) in
            try Arithmetic.apply(.subtract, call.target, call.arguments[0], call.runspace)
        }
        $0.method("ToUniversalTime", "datetime ToUniversalTime()", 0...0) { call throws(Stop) in
            .date(date(call.target).universal)
        }
        $0.method("ToLocalTime", "datetime ToLocalTime()", 0...0) { call throws(Stop) in .date(date(call.target).local)
        }
        $0.method("ToShortDateString", "string ToShortDateString()", 0...0) { call throws(Stop) in
            .string(DateFormat.text(date(call.target), "d"))
        }
        $0.method("ToLongDateString", "string ToLongDateString()", 0...0) { call throws(Stop) in
            .string(DateFormat.text(date(call.target), "D"))
        }
        $0.method("ToShortTimeString", "string ToShortTimeString()", 0...0) { call throws(Stop) in
            .string(DateFormat.text(date(call.target), "t"))
        }
        $0.method("ToLongTimeString", "string ToLongTimeString()", 0...0) { call throws(Stop) in
            .string(DateFormat.text(date(call.target), "T"))
        }
        $0.method("ToFileTime", "long ToFileTime()", 0...0) { call throws(Stop) in
            .long(date(call.target).universal.ticks - 504_911_232_000_000_000)
        }
        $0.method("IsDaylightSavingTime", "bool IsDaylightSavingTime()", 0...0) { call throws(Stop) in
            .bool(
                TimeZone.current.isDaylightSavingTime(for: Date(timeIntervalSince1970: date(call.target).unixSeconds)))
        }
        $0.constant("Now", .dateTime) { .date(.now) }
        $0.constant("UtcNow", .dateTime) { .date(.utcNow) }
        $0.constant("Today", .dateTime) { .date(DateTime.now.date) }
        $0.constant("MinValue", .dateTime) { .date(DateTime(ticks: 0)) }
        $0.constant("MaxValue", .dateTime) { .date(DateTime(ticks: DateTime.maximumTicks)) }
        $0.constant("UnixEpoch", .dateTime) { .date(DateTime(ticks: DateTime.unixEpochTicks, kind: .utc)) }
        $0.staticMethod("ParseExact", "static datetime ParseExact(string s, string format, provider)", 2...4) {
            call throws(Stop) in
            let text = try call.string(0)
            for format in call.arguments[1].elements ?? [call.arguments[1]] {
                if let parsed = DateFormat.parse(text, exactly: format.display) { return .date(parsed) }
            }
            throw call.failed("System.FormatException", "String '\(text)' was not recognized as a valid DateTime.")
        }
        $0.staticMethod(
            "TryParseExact",
            "static bool TryParseExact(string s, string format, System.IFormatProvider provider, "
                + "System.Globalization.DateTimeStyles style, [ref] datetime result)", 5...5
        ) { call throws(Stop) in
            guard let reference = call.arguments[4].asObject as? ReferenceObject else { throw call.noOverload() }
            let text = try call.string(0)
            let formats = call.arguments[1].elements ?? [call.arguments[1]]
            let parsed = formats.lazy.compactMap { DateFormat.parse(text, exactly: $0.display) }.first
            try reference.variable.assign(.date(parsed ?? DateTime(ticks: 0)), call.runspace)
            return .bool(parsed != nil)
        }
        $0.staticMethod("DaysInMonth", "static int DaysInMonth(int year, int month)", 2...2) { call throws(Stop) in
            let month = try call.int(1)
            guard (1...12).contains(month) else {
                throw call.failed(
                    "System.ArgumentOutOfRangeException", "Month must be between one and twelve. (Parameter 'month')")
            }
            return .count(DateTime.daysInMonth(try call.int(0), month))
        }
        $0.staticMethod("IsLeapYear", "static bool IsLeapYear(int year)", 1...1) { call throws(Stop) in
            .bool(DateTime.isLeap(try call.int(0)))
        }
        $0.staticMethod("FromFileTime", "static datetime FromFileTime(long fileTime)", 1...1) { call throws(Stop) in
            .date(try fileTime(call).local)
        }
        $0.staticMethod("FromFileTimeUtc", "static datetime FromFileTimeUtc(long fileTime)", 1...1) {
            call throws(Stop) in
            .date(try fileTime(call))
        }
        $0.staticMethod("SpecifyKind", "static datetime SpecifyKind(datetime value, System.DateTimeKind kind)", 2...2) {
            call throws(Stop) in
            guard case .date(var value) = try call.convert(0, .dateTime) else { return .null }
            value.kind = try kind(call.arguments[1])
            return .date(value)
        }
        $0.make { call throws(Stop) in
            if call.count == 0 { return .date(DateTime(ticks: 0)) }
            if call.count <= 2 {
                let ticks = try call.long(0)
                guard (0...DateTime.maximumTicks).contains(ticks) else {
                    throw call.failed(
                        "System.ArgumentOutOfRangeException",
                        "Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks. (Parameter 'ticks')"
                    )
                }
                var made = DateTime(ticks: ticks)
                if call.count == 2 { made.kind = try kind(call.arguments[1]) }
                return .date(made)
            }
            // Seven arguments end with milliseconds or a kind, eight with both.
            var numbers = call.count
            if call.count == 8 {
                numbers = 7
            } else if call.count == 7 {
                switch call.arguments[6] {
                case .symbol: numbers = 6
                case .string(let text) where Int(text) == nil: numbers = 6
                default: break
                }
            }
            var parts: [Int] = []
            for index in 0..<min(numbers, 7) { parts.append(try call.int(index)) }
            while parts.count < 7 { parts.append(0) }
            guard (0...999).contains(parts[6]),
                var made = DateTime(
                    year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5],
                    fractionTicks: Int64(parts[6]) * TimeSpan.ticksPerMillisecond)
            else {
                throw call.failed(
                    "System.ArgumentOutOfRangeException",
                    "Year, Month, and Day parameters describe an un-representable DateTime.")
            }
            if numbers < call.count { made.kind = try kind(call.arguments[numbers]) }
            return .date(made)
        }
    }

    private static func kind(_ value: Value) throws(Stop) -> DateTime.Kind {
        let kind = try Conversion.symbol(
            value, EnumCatalog.dateTimeKind, RuntimeType(enum: EnumCatalog.dateTimeKind))
        return kind.number == 1 ? .utc : (kind.number == 2 ? .local : .unspecified)
    }

    private static func span(_ value: Value) -> TimeSpan {
        if case .span(let span) = value { span } else { TimeSpan(ticks: 0) }
    }

    private static func negated(_ span: TimeSpan, _ call: MethodCall) throws(Stop) -> TimeSpan {
        guard span.ticks != .min else {
            throw call.failed(
                "System.OverflowException", "Negating the minimum value of a twos complement number is invalid.")
        }
        return TimeSpan(ticks: -span.ticks)
    }

    private static let timeSpan = TypeMembers("System.TimeSpan") {
        $0.property("Days", .int32) { .count(Int(span($0).days)) }
        $0.property("Hours", .int32) { .count(Int(span($0).hours)) }
        $0.property("Minutes", .int32) { .count(Int(span($0).minutes)) }
        $0.property("Seconds", .int32) { .count(Int(span($0).seconds)) }
        $0.property("Milliseconds", .int32) { .count(Int(span($0).milliseconds)) }
        $0.property("Ticks", .int64) { .long(span($0).ticks) }
        for (name, unit) in [
            ("TotalDays", TimeSpan.ticksPerDay), ("TotalHours", TimeSpan.ticksPerHour),
            ("TotalMinutes", TimeSpan.ticksPerMinute), ("TotalSeconds", TimeSpan.ticksPerSecond),
            ("TotalMilliseconds", TimeSpan.ticksPerMillisecond),
        ] {
            $0.property(name, .double) { .double(span($0).total(per: unit)) }
        }
        $0.method("Add", "timespan Add(timespan ts)", 1...1) { call throws(Stop) in
            try Arithmetic.apply(.add, call.target, try call.convert(0, .timeSpan))
        }
        $0.method("Subtract", "timespan Subtract(timespan ts)", 1...1) { call throws(Stop) in
            try Arithmetic.apply(.subtract, call.target, try call.convert(0, .timeSpan))
        }
        $0.method("Negate", "timespan Negate()", 0...0) { call throws(Stop) in
            .span(try negated(span(call.target), call))
        }
        $0.method("Duration", "timespan Duration()", 0...0) { call throws(Stop) in
            let span = span(call.target)
            return .span(span.ticks < 0 ? try negated(span, call) : span)
        }
        $0.constant("Zero", .timeSpan) { .span(TimeSpan(ticks: 0)) }
        $0.constant("MaxValue", .timeSpan) { .span(TimeSpan(ticks: .max)) }
        $0.constant("MinValue", .timeSpan) { .span(TimeSpan(ticks: .min)) }
        for (name, unit) in [
            ("FromDays", TimeSpan.ticksPerDay), ("FromHours", TimeSpan.ticksPerHour),
            ("FromMinutes", TimeSpan.ticksPerMinute), ("FromSeconds", TimeSpan.ticksPerSecond),
            ("FromMilliseconds", TimeSpan.ticksPerMillisecond), ("FromTicks", 1),
        ] {
            $0.staticMethod(name, "static timespan \(name)(double value)", 1...1) { call throws(Stop) in
                let ticks = (try call.double(0) * Double(unit)).rounded()
                guard let whole = Int64(exactly: ticks) else {
                    throw call.failed(
                        "System.OverflowException", "TimeSpan overflowed because the duration is too long.")
                }
                return .span(TimeSpan(ticks: whole))
            }
        }
        $0.make { call throws(Stop) in
            var parts: [Int64] = []
            for index in 0..<call.count { parts.append(try call.long(index)) }
            let units: [Int64] =
                switch parts.count {
                case 0: []
                case 1: [1]
                case 3: [TimeSpan.ticksPerHour, TimeSpan.ticksPerMinute, TimeSpan.ticksPerSecond]
                case 4: [TimeSpan.ticksPerDay, TimeSpan.ticksPerHour, TimeSpan.ticksPerMinute, TimeSpan.ticksPerSecond]
                case 5:
                    [
                        TimeSpan.ticksPerDay, TimeSpan.ticksPerHour, TimeSpan.ticksPerMinute, TimeSpan.ticksPerSecond,
                        TimeSpan.ticksPerMillisecond,
                    ]
                default: throw call.noOverload()
                }
            var ticks: Int64 = 0
            for (part, unit) in zip(parts, units) {
                let (size, exceeds) = part.multipliedReportingOverflow(by: unit)
                let (sum, overflow) = ticks.addingReportingOverflow(size)
                guard !exceeds, !overflow else {
                    throw call.failed(
                        "System.ArgumentOutOfRangeException", "TimeSpan overflowed because the duration is too long.")
                }
                ticks = sum
            }
            return .span(TimeSpan(ticks: ticks))
        }
    }

    private static func watch(_ value: Value) -> StopwatchObject? { value.asObject as? StopwatchObject }

    private static let stopwatch = TypeMembers("System.Diagnostics.Stopwatch") {
        $0.method("Start", "void Start()", 0...0) { call throws(Stop) in
            watch(call.target)?.start()
            return .nothing
        }
        $0.method("Stop", "void Stop()", 0...0) { call throws(Stop) in
            watch(call.target)?.stop()
            return .nothing
        }
        $0.method("Reset", "void Reset()", 0...0) { call throws(Stop) in
            watch(call.target)?.reset()
            return .nothing
        }
        $0.method("Restart", "void Restart()", 0...0) { call throws(Stop) in
            watch(call.target)?.reset()
            watch(call.target)?.start()
            return .nothing
        }
        $0.staticMethod("StartNew", "static System.Diagnostics.Stopwatch StartNew()", 0...0) { call throws(Stop) in
            let watch = StopwatchObject()
            watch.start()
            return .object(watch)
        }
        $0.make { call throws(Stop) in .object(StopwatchObject()) }
    }
}

/// `System.Diagnostics.Stopwatch`
package final class StopwatchObject: Object {
    private var past: Duration = .zero
    private var since: ContinuousClock.Instant?
    func start() { if since == nil { since = .now } }
    func stop() {
        if let since { past += ContinuousClock.now - since }
        since = nil
    }
    func reset() {
        past = .zero
        since = nil
    }
    private var elapsed: TimeSpan { TimeSpan(past + (since.map { ContinuousClock.now - $0 } ?? .zero)) }
    private static let type = RuntimeType("System.Diagnostics.Stopwatch")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["IsRunning", "Elapsed", "ElapsedMilliseconds", "ElapsedTicks"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "isrunning": .bool(since != nil)
        case "elapsed": .span(elapsed)
        case "elapsedmilliseconds": .long(elapsed.ticks / TimeSpan.ticksPerMillisecond)
        case "elapsedticks": .long(elapsed.ticks)
        default: nil
        }
    }
}
