/// `[datetimeoffset]`
enum DateTimeOffsetMembers {
    private static func mine(_ call: MethodCall) throws(Stop) -> DateTimeOffsetObject {
        guard let object = DateTimeOffsetObject.read(call.target) else { throw call.noOverload() }
        return object
    }

    private static func made(_ object: DateTimeOffsetObject?, _ call: MethodCall) throws(Stop) -> Value {
        guard let object else {
            throw call.failed(
                "System.ArgumentOutOfRangeException",
                "The added or subtracted value results in an un-representable DateTime. (Parameter 'value')")
        }
        return .object(object)
    }

    private static func minutes(_ call: MethodCall, _ index: Int) throws(Stop) -> Int {
        guard case .span(let span) = try call.convert(index, .timeSpan) else { throw call.noOverload() }
        let minutes = span.ticks / TimeSpan.ticksPerMinute
        guard span.ticks % TimeSpan.ticksPerMinute == 0 else {
            throw call.failed(
                "System.ArgumentException", "Offset must be specified in whole minutes. (Parameter 'offset')")
        }
        guard abs(minutes) <= 14 * 60 else {
            throw call.failed(
                "System.ArgumentOutOfRangeException",
                "Offset must be within plus or minus 14 hours. (Parameter 'offset')")
        }
        return Int(minutes)
    }

    private static let epoch = DateTime(ticks: DateTime.unixEpochTicks, kind: .utc)

    static let members = TypeMembers(DateTimeOffsetObject.type.fullName) {
        $0.constant("Now", DateTimeOffsetObject.type) { .object(DateTimeOffsetObject(.now)) }
        $0.constant("UtcNow", DateTimeOffsetObject.type) { .object(DateTimeOffsetObject(.utcNow)) }
        $0.constant("MinValue", DateTimeOffsetObject.type) {
            .object(DateTimeOffsetObject(DateTime(ticks: 0, kind: .utc)))
        }
        $0.constant("MaxValue", DateTimeOffsetObject.type) {
            .object(DateTimeOffsetObject(DateTime(ticks: DateTime.maximumTicks, kind: .utc)))
        }
        $0.constant("UnixEpoch", DateTimeOffsetObject.type) { .object(DateTimeOffsetObject(epoch)) }
        for (name, unit) in [
            ("Seconds", TimeSpan.ticksPerSecond), ("Milliseconds", TimeSpan.ticksPerMillisecond),
        ] {
            $0.staticMethod(
                "FromUnixTime\(name)", "static System.DateTimeOffset FromUnixTime\(name)(long \(name.folded))", 1...1
            ) { call throws(Stop) in
                let (ticks, overflow) = try call.long(0).multipliedReportingOverflow(by: unit)
                guard !overflow, let date = epoch.adding(TimeSpan(ticks: ticks)) else {
                    throw call.failed(
                        "System.ArgumentOutOfRangeException",
                        "Valid values are between \((0 - DateTime.unixEpochTicks) / unit) and "
                            + "\((DateTime.maximumTicks - DateTime.unixEpochTicks) / unit), inclusive. "
                            + "(Parameter '\(name.folded)')")
                }
                return .object(DateTimeOffsetObject(date))
            }
            $0.method("ToUnixTime\(name)", "long ToUnixTime\(name)()", 0...0) { call throws(Stop) in
                // Toward the past, also before 1970.
                let ticks = try mine(call).universal.ticks - DateTime.unixEpochTicks
                let (quotient, remainder) = ticks.quotientAndRemainder(dividingBy: unit)
                return .long(remainder < 0 ? quotient - 1 : quotient)
            }
        }
        $0.staticMethod("Parse", "static System.DateTimeOffset Parse(string input)", 1...3) { call throws(Stop) in
            let text = try call.string(0)
            guard let parsed = DateTimeOffsetObject.read(.string(text)) else {
                throw call.failed("System.FormatException", "String '\(text)' was not recognized as a valid DateTime.")
            }
            return .object(parsed)
        }
        for (name, unit) in [
            ("AddDays", TimeSpan.ticksPerDay), ("AddHours", TimeSpan.ticksPerHour),
            ("AddMinutes", TimeSpan.ticksPerMinute), ("AddSeconds", TimeSpan.ticksPerSecond),
            ("AddMilliseconds", TimeSpan.ticksPerMillisecond), ("AddTicks", 1),
        ] {
            $0.method(name, "System.DateTimeOffset \(name)(double value)", 1...1) { call throws(Stop) in
                let amount = try call.double(0) * Double(unit)
                guard abs(amount) < 9e18 else { return try made(nil, call) }
                return try made(try mine(call).adding(TimeSpan(ticks: Int64(amount.rounded()))), call)
            }
        }
        for (name, factor) in [("AddMonths", 1), ("AddYears", 12)] {
            $0.method(name, "System.DateTimeOffset \(name)(int value)", 1...1) { call throws(Stop) in
                let object = try mine(call)
                let months = try call.int(0)
                guard abs(months) < 200_000 else { return try made(nil, call) }
                return try made(
                    object.clock.adding(months: months * factor).map {
                        DateTimeOffsetObject(clock: $0, offsetMinutes: object.offsetMinutes)
                    }, call)
            }
        }
        $0.method("Add", "System.DateTimeOffset Add(timespan timeSpan)", 1...1) { call throws(Stop) in
            guard case .span(let span) = try call.convert(0, .timeSpan) else { throw call.noOverload() }
            return try made(try mine(call).adding(span), call)
        }
        $0.method(
            "Subtract",
            "timespan Subtract(System.DateTimeOffset value)\nSystem.DateTimeOffset Subtract(timespan value)", 1...1
        ) { call throws(Stop) in
            guard let result = try mine(call).apply(.subtract, call.arguments[0], isLeft: true) else {
                throw call.noOverload()
            }
            return result
        }
        $0.method("ToOffset", "System.DateTimeOffset ToOffset(timespan offset)", 1...1) { call throws(Stop) in
            try made(try mine(call).at(offsetMinutes: try minutes(call, 0)), call)
        }
        $0.method("ToUniversalTime", "System.DateTimeOffset ToUniversalTime()", 0...0) { call throws(Stop) in
            try made(try mine(call).at(offsetMinutes: 0), call)
        }
        $0.method("ToLocalTime", "System.DateTimeOffset ToLocalTime()", 0...0) { call throws(Stop) in
            .object(DateTimeOffsetObject(try mine(call).universal.local))
        }
        $0.method("CompareTo", "int CompareTo(System.DateTimeOffset other)", 1...1) { call throws(Stop) in
            guard let order = try mine(call).order(call.arguments[0]) else { throw call.noOverload() }
            return .count(order)
        }
        $0.method("ToString", "string ToString()\nstring ToString(string format)", 0...2) { call throws(Stop) in
            .string(try mine(call).formatted(call.count > 0 ? try call.string(0) : "") ?? "")
        }
        $0.make { call throws(Stop) in
            switch call.count {
            case 1: return try call.convert(0, DateTimeOffsetObject.type)
            case 2:
                guard case .date(let date) = try call.convert(0, .dateTime) else { throw call.noOverload() }
                let minutes = try minutes(call, 1)
                if date.kind == .utc, minutes != 0 {
                    throw call.failed(
                        "System.ArgumentException",
                        "The UTC Offset for Utc DateTime instances must be 0. (Parameter 'offset')")
                }
                return .object(DateTimeOffsetObject(clock: date, offsetMinutes: minutes))
            case 7:
                guard
                    let clock = DateTime(
                        year: try call.int(0), month: try call.int(1), day: try call.int(2), hour: try call.int(3),
                        minute: try call.int(4), second: try call.int(5))
                else {
                    throw call.failed(
                        "System.ArgumentOutOfRangeException",
                        "Year, Month, and Day parameters describe an un-representable DateTime.")
                }
                return .object(DateTimeOffsetObject(clock: clock, offsetMinutes: try minutes(call, 6)))
            default: throw call.noOverload()
            }
        }
    }
}
