/// A culture's words for days and months, its patterns for dates, and titles: `(Get-Culture).DateTimeFormat`, `.TextInfo`.
enum CultureMembers {
    static let tables: [TypeMembers] = [
        TypeMembers("System.Globalization.TextInfo") {
            $0.method("ToTitleCase", "string ToTitleCase(string str)", 1...1) { call throws(Stop) in
                .string(titled(try call.string(0)))
            }
            $0.method("ToUpper", "string ToUpper(string str)", 1...1) { call throws(Stop) in
                .string(try call.string(0).uppercased())
            }
            $0.method("ToLower", "string ToLower(string str)", 1...1) { call throws(Stop) in
                .string(try call.string(0).lowercased())
            }
        },
        TypeMembers("System.Globalization.GregorianCalendar") {
            $0.method(
                "GetWeekOfYear",
                "int GetWeekOfYear(datetime time, System.Globalization.CalendarWeekRule rule, System.DayOfWeek firstDayOfWeek)",
                3...3
            ) { call throws(Stop) in
                guard case .date(let date) = try call.convert(0, .dateTime),
                    case .symbol(let rule) = try call.convert(1, RuntimeType(enum: EnumCatalog.weekRule)),
                    case .symbol(let first) = try call.convert(2, RuntimeType(enum: EnumCatalog.dayOfWeek))
                else { throw call.noOverload() }
                return .count(week(of: date, rule: rule.number, first: Int(first.number)))
            }
        },
        TypeMembers("System.Globalization.DateTimeFormatInfo") {
            for (name, isShort) in [("GetMonthName", false), ("GetAbbreviatedMonthName", true)] {
                $0.method(name, "string \(name)(int month)", 1...1) { call throws(Stop) in
                    let month = try call.int(0)
                    guard (1...13).contains(month) else {
                        throw call.failed(
                            "System.ArgumentOutOfRangeException",
                            "Valid values are between 1 and 13, inclusive. (Parameter 'month')")
                    }
                    // The thirteenth is of calendars that have one.
                    guard month < 13 else { return .string("") }
                    return .string(shortened(DateFormat.months[month - 1], isShort))
                }
            }
            for (name, isShort) in [("GetDayName", false), ("GetAbbreviatedDayName", true)] {
                $0.method(name, "string \(name)(System.DayOfWeek dayofweek)", 1...1) { call throws(Stop) in
                    guard case .symbol(let day) = try call.convert(0, RuntimeType(enum: EnumCatalog.dayOfWeek)),
                        DateFormat.days.indices.contains(Int(day.number))
                    else { throw call.noOverload() }
                    return .string(shortened(DateFormat.days[Int(day.number)], isShort))
                }
            }
        },
    ]

    private static func shortened(_ name: String, _ isShort: Bool) -> String { isShort ? String(name.prefix(3)) : name }

    /// Each word with a large letter in front; words of large letters alone, abbreviations, stay.
    private static func titled(_ text: String) -> String {
        var result = ""
        var word = ""
        func end() {
            let isAbbreviation = word.count > 1 && word.allSatisfy { !$0.isLetter || $0.isUppercase }
            result += isAbbreviation ? word : word.prefix(1).uppercased() + word.dropFirst().lowercased()
            word = ""
        }
        for character in text {
            if character.isLetter || character.isNumber || character == "'" && !word.isEmpty {
                word.append(character)
            } else {
                end()
                result.append(character)
            }
        }
        end()
        return result
    }

    static func dates() -> Value {
        func texts(_ list: [String]) -> Value { .array(ArrayObject(list.map { .string($0) }, of: .string)) }
        let short = DateFormat.months.map { String($0.prefix(3)) }
        return CulturePart(
            "System.Globalization.DateTimeFormatInfo",
            [
                ("AMDesignator", .string("AM")), ("Calendar", calendar()), ("DateSeparator", .string("/")),
                ("FirstDayOfWeek", .symbol(EnumCatalog.dayOfWeek.value(0))),
                ("FullDateTimePattern", .string("dddd, MMMM d, yyyy h:mm:ss tt")),
                ("LongDatePattern", .string("dddd, MMMM d, yyyy")), ("LongTimePattern", .string("h:mm:ss tt")),
                ("MonthDayPattern", .string("MMMM d")), ("PMDesignator", .string("PM")),
                ("ShortDatePattern", .string("M/d/yyyy")), ("ShortTimePattern", .string("h:mm tt")),
                ("SortableDateTimePattern", .string("yyyy'-'MM'-'dd'T'HH':'mm':'ss")),
                ("TimeSeparator", .string(":")), ("YearMonthPattern", .string("MMMM yyyy")),
                ("AbbreviatedDayNames", texts(DateFormat.days.map { String($0.prefix(3)) })),
                ("DayNames", texts(DateFormat.days)), ("AbbreviatedMonthNames", texts(short + [""])),
                ("MonthNames", texts(DateFormat.months + [""])),
            ]
        ).value
    }

    static func numbers() -> Value {
        CulturePart(
            "System.Globalization.NumberFormatInfo",
            [
                ("CurrencyDecimalDigits", .int(2)), ("CurrencyDecimalSeparator", .string(".")),
                ("CurrencyGroupSeparator", .string(",")), ("CurrencySymbol", .string("$")),
                ("NegativeSign", .string("-")), ("NumberDecimalDigits", .int(3)),
                ("NumberDecimalSeparator", .string(".")), ("NumberGroupSeparator", .string(",")),
                ("PercentSymbol", .string("%")), ("PositiveSign", .string("+")),
            ]
        ).value
    }

    static func text(_ name: String) -> Value {
        CulturePart(
            "System.Globalization.TextInfo", [("CultureName", .string(name)), ("ListSeparator", .string(","))]
        ).value
    }

    static func calendar() -> Value { CulturePart("System.Globalization.GregorianCalendar", []).value }

    /// The number of a date's week.
    ///
    /// - Parameters:
    ///   - rule: `FirstDay`, `FirstFullWeek` or `FirstFourDayWeek`: what makes a year's first week.
    ///   - first: the day that weeks begin with, 0 for Sunday.
    private static func week(of date: DateTime, rule: Int64, first: Int) -> Int {
        let day = date.dayOfYear - 1
        let newYear = date.dayOfWeek - day % 7
        if rule == 0 { return (day + (newYear - first + 14) % 7) / 7 + 1 }
        // Days of the year before its first whole week; so many that they are a week of the year themselves count from before it.
        var offset = (first - newYear + 14) % 7
        if offset >= (rule == 1 ? 7 : 4) { offset -= 7 }
        if day >= offset { return (day - offset) / 7 + 1 }
        // Days before the first week are of the last one of the year before.
        return week(of: DateTime(ticks: date.ticks - Int64(day + 1) * TimeSpan.ticksPerDay), rule: rule, first: first)
    }
}

/// A part of a culture: its patterns, names and signs.
private final class CulturePart: HostedBody {
    let typeName: RuntimeType
    private let values: [(name: String, value: Value)]

    init(_ type: String, _ values: [(name: String, value: Value)]) {
        typeName = RuntimeType(type)
        self.values = values
    }

    var propertyNames: [String] { values.map(\.name) }
    func property(_ name: String) throws(Stop) -> Value? { values.first { $0.name.folded == name.folded }?.value }
}
