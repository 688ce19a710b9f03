/// `[datetimeoffset]`, `System.DateTimeOffset`: a time on the clock of a place, and how far that is from UTC.
package final class DateTimeOffsetObject: OperandObject {
    package static let type = RuntimeType(
        "System.DateTimeOffset", bases: ["System.ValueType", "System.Object"])

    /// What the clock shows.
    let clock: DateTime
    /// East of Greenwich, minutes; at most 14 hours.
    let offsetMinutes: Int

    init(clock: DateTime, offsetMinutes: Int) {
        self.clock = DateTime(ticks: clock.ticks)
        self.offsetMinutes = offsetMinutes
    }

    /// Of a date whose kind says what clock it is of.
    convenience init(_ date: DateTime) {
        let known = date.kind == .unspecified ? DateTime(ticks: date.ticks, kind: .local) : date
        self.init(clock: date, offsetMinutes: Int(known.utcOffset.ticks / TimeSpan.ticksPerMinute))
    }

    private var offset: TimeSpan { TimeSpan(ticks: Int64(offsetMinutes) * TimeSpan.ticksPerMinute) }

    /// The moment in UTC; the ends of the calendar stay within it.
    var universal: DateTime {
        DateTime(ticks: min(max(clock.ticks - offset.ticks, 0), DateTime.maximumTicks), kind: .utc)
    }

    /// The same moment on another clock; `nil` outside the calendar.
    func at(offsetMinutes minutes: Int) -> DateTimeOffsetObject? {
        universal.adding(TimeSpan(ticks: Int64(minutes) * TimeSpan.ticksPerMinute)).map {
            DateTimeOffsetObject(clock: $0, offsetMinutes: minutes)
        }
    }

    /// The time a value says: text, where a missing offset is the local one, or a date.
    static func read(_ value: Value) -> DateTimeOffsetObject? {
        switch value.plain {
        case .object(let object as DateTimeOffsetObject): return object
        case .date(let date): return DateTimeOffsetObject(date)
        case .string(let text): return read(text)
        default: return nil
        }
    }

    private static func read(_ text: String) -> DateTimeOffsetObject? {
        let trimmed = text.trimmed
        // An offset at the end counts for the clock; parsing a date would move it to the local one.
        if let mark = trimmed.lastIndex(where: { $0 == "+" || $0 == "-" }), trimmed[..<mark].contains(":") {
            let parts = trimmed[trimmed.index(after: mark)...].split(separator: ":")
            if (1...2).contains(parts.count), let hours = Int(parts[0]), (0...14).contains(hours),
                let minutes = parts.count > 1 ? Int(parts[1]) : 0, (0...59).contains(minutes),
                let clock = DateFormat.parse(String(trimmed[..<mark]))
            {
                let size = hours * 60 + minutes
                return DateTimeOffsetObject(clock: clock, offsetMinutes: trimmed[mark] == "-" ? -size : size)
            }
        }
        guard let date = DateFormat.parse(trimmed) else { return nil }
        if trimmed.hasSuffix("Z") || trimmed.hasSuffix("z") {
            return DateTimeOffsetObject(clock: date.universal, offsetMinutes: 0)
        }
        return DateTimeOffsetObject(date)
    }

    private var zone: String {
        let size = abs(offsetMinutes)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
        return (offsetMinutes < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60)
    }

    package override var typeName: RuntimeType { Self.type }
    package override var text: String { DateFormat.text(clock, DateFormat.invariant) + " " + zone }
    override var isScalar: Bool { false }

    /// Standard and custom formats; the offset is this one's own.
    override func formatted(_ format: String) -> String? {
        switch format {
        case "": return DateFormat.text(clock, "") + " " + zone
        case "o", "O": return DateFormat.text(clock, "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffff") + zone
        case "r", "R", "u": return DateFormat.text(universal, format)
        case "s": return DateFormat.text(clock, format)
        case "K", "zzz": return zone
        default:
            guard format.count > 1 else { return DateFormat.text(clock, format) }
            var result = ""
            for piece in FormatPieces(format) {
                switch piece {
                case .literal(let text): result += text
                case .field("z", let count):
                    let hours = abs(offsetMinutes) / 60
                    let sign = offsetMinutes < 0 ? "-" : "+"
                    result += count >= 3 ? zone : sign + (count == 2 && hours < 10 ? "0" : "") + String(hours)
                case .field("K", _): result += zone
                // A letter alone would be a standard format.
                case .field(let letter, let count):
                    result += DateFormat.text(clock, (count == 1 ? "%" : "") + String(repeating: letter, count: count))
                }
            }
            return result
        }
    }

    package override var propertyNames: [String] {
        [
            "DateTime", "UtcDateTime", "LocalDateTime", "Date", "Day", "DayOfWeek", "DayOfYear", "Hour", "Millisecond",
            "Minute", "Month", "Offset", "Second", "Ticks", "UtcTicks", "TimeOfDay", "Year",
        ]
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "datetime": .date(clock)
        case "utcdatetime": .date(universal)
        case "localdatetime": .date(universal.local)
        case "date": .date(clock.date)
        case "day": .count(clock.day)
        case "dayofweek": .symbol(EnumCatalog.dayOfWeek.value(Int64(clock.dayOfWeek)))
        case "dayofyear": .count(clock.dayOfYear)
        case "hour": .count(clock.hour)
        case "millisecond": .count(clock.millisecond)
        case "minute": .count(clock.minute)
        case "month": .count(clock.month)
        case "offset": .span(offset)
        case "second": .count(clock.second)
        case "ticks": .long(clock.ticks)
        case "utcticks": .long(universal.ticks)
        case "timeofday": .span(clock.timeOfDay)
        case "year": .count(clock.year)
        default: nil
        }
    }

    override func order(_ other: Value) -> Int? {
        Self.read(other).map { other in
            let (mine, theirs) = (universal.ticks, other.universal.ticks)
            return mine < theirs ? -1 : (mine > theirs ? 1 : 0)
        }
    }

    func adding(_ span: TimeSpan) -> DateTimeOffsetObject? {
        clock.adding(span).map { DateTimeOffsetObject(clock: $0, offsetMinutes: offsetMinutes) }
    }

    override func apply(_ operation: Arithmetic.Operation, _ other: Value, isLeft: Bool) throws(Stop) -> Value? {
        let other = other.plain
        var span: TimeSpan?
        if case .span(let given) = other { span = given }
        if case .string(let text) = other, operation == .add || Self.read(other) == nil { span = TimeSpan(text) }
        if let span {
            guard isLeft, operation == .add || operation == .subtract else { return nil }
            guard let sum = adding(operation == .add ? span : TimeSpan(ticks: 0 &- span.ticks)) else {
                throw .runtime(
                    "System.ArgumentOutOfRangeException", .operationStopped,
                    "The added or subtracted value results in an un-representable DateTime.",
                    exception: "System.ArgumentOutOfRangeException")
            }
            return .object(sum)
        }
        guard operation == .subtract, let given = Self.read(other) else { return nil }
        let difference = universal.ticks - given.universal.ticks
        return .span(TimeSpan(ticks: isLeft ? difference : -difference))
    }
}
