import Foundation

/// `System.DateTime`: ticks of 100 ns since 0001-01-01 in the proleptic Gregorian calendar, and whose clock they are read from.
package struct DateTime: Hashable, Sendable, Comparable {
    package enum Kind: Sendable, Hashable { case unspecified, utc, local }

    package var ticks: Int64
    package var kind: Kind
    /// What of it is shown: `Get-Date -DisplayHint`. Nothing else looks at it.
    package var displayHint: DisplayHint?

    package enum DisplayHint: String, ScriptEnum {
        case date = "Date"
        case time = "Time"
        case dateTime = "DateTime"
        package static let enumType = makeEnumType("Microsoft.PowerShell.Commands.DisplayHintType")
    }

    /// - Precondition: `ticks` lie between 0 and `maximumTicks`.
    package init(ticks: Int64, kind: Kind = .unspecified) {
        self.ticks = ticks
        self.kind = kind
    }

    static let unixEpochTicks: Int64 = 621_355_968_000_000_000
    package static let maximumTicks: Int64 = 3_155_378_975_999_999_999

    /// `nil` if a field is out of range.
    package init?(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, fractionTicks: Int64 = 0,
        kind: Kind = .unspecified
    ) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= DateTime.daysInMonth(year, month), (0...23).contains(hour), (0...59).contains(minute),
            (0...59).contains(second)
        else { return nil }
        let days = DateTime.daysBefore(year: year, month: month) + day - 1
        ticks =
            Int64(days) * TimeSpan.ticksPerDay + Int64(hour) * TimeSpan.ticksPerHour
            + Int64(minute) * TimeSpan.ticksPerMinute + Int64(second) * TimeSpan.ticksPerSecond + fractionTicks
        self.kind = kind
    }

    /// From seconds since 1970, in UTC. The calendar's ends stand for what lies beyond them, its beginning for what is no number:
    /// the clocks of files and of other hosts hold anything.
    package init(unixSeconds: Double) {
        let ticks = (unixSeconds * 1e7).rounded() + Double(DateTime.unixEpochTicks)
        if ticks >= Double(DateTime.maximumTicks) {
            self.ticks = DateTime.maximumTicks
        } else {
            // Added as integers, which are exact. Neither what lies before the beginning nor NaN is greater.
            self.ticks =
                ticks > 0 ? DateTime.clamped(DateTime.unixEpochTicks + Int64((unixSeconds * 1e7).rounded())) : 0
        }
        kind = .utc
    }

    /// `nil` outside the calendar.
    package init?(unixSeconds: Int64) {
        let (sinceEpoch, overflow) = unixSeconds.multipliedReportingOverflow(by: TimeSpan.ticksPerSecond)
        let (ticks, exceeds) = sinceEpoch.addingReportingOverflow(DateTime.unixEpochTicks)
        guard !overflow, !exceeds, (0...DateTime.maximumTicks).contains(ticks) else { return nil }
        self.ticks = ticks
        kind = .utc
    }

    package static var utcNow: DateTime { DateTime(unixSeconds: Date().timeIntervalSince1970) }
    package static var now: DateTime { utcNow.local }

    package var unixSeconds: Double { Double(universal.ticks - DateTime.unixEpochTicks) / 1e7 }

    /// Seconds east of Greenwich that the system's zone has at this moment.
    private static func offset(unixSeconds: Double) -> Int {
        TimeZone.current.secondsFromGMT(for: Date(timeIntervalSince1970: unixSeconds))
    }

    /// On the local clock; an unspecified time is taken as UTC, as .NET does.
    package var local: DateTime {
        if kind == .local { return self }
        let unix = Double(ticks - DateTime.unixEpochTicks) / 1e7
        return DateTime(
            ticks: DateTime.clamped(ticks + Int64(DateTime.offset(unixSeconds: unix)) * TimeSpan.ticksPerSecond),
            kind: .local)
    }

    /// In UTC; an unspecified time is taken as local, as .NET does.
    package var universal: DateTime {
        if kind == .utc { return self }
        let wall = Double(ticks - DateTime.unixEpochTicks) / 1e7
        let first = DateTime.offset(unixSeconds: wall)
        let second = DateTime.offset(unixSeconds: wall - Double(first))
        return DateTime(ticks: DateTime.clamped(ticks - Int64(second) * TimeSpan.ticksPerSecond), kind: .utc)
    }

    /// Offset from UTC of this wall-clock time, in ticks.
    package var utcOffset: TimeSpan { TimeSpan(ticks: kind == .utc ? 0 : ticks - universal.ticks) }

    /// The ends of the calendar stay within it whatever the zone.
    private static func clamped(_ ticks: Int64) -> Int64 { min(max(ticks, 0), maximumTicks) }

    package static func < (left: Self, right: Self) -> Bool { left.ticks < right.ticks }
    package static func == (left: Self, right: Self) -> Bool { left.ticks == right.ticks }
    package func hash(into hasher: inout Hasher) { hasher.combine(ticks) }

    package func adding(_ span: TimeSpan) -> DateTime? {
        let (sum, overflow) = ticks.addingReportingOverflow(span.ticks)
        guard !overflow, sum >= 0, sum <= DateTime.maximumTicks else { return nil }
        return DateTime(ticks: sum, kind: kind)
    }

    package func adding(months: Int) -> DateTime? {
        let total = year * 12 + month - 1 + months
        let (newYear, newMonth) = (total / 12, total % 12 + 1)
        guard (1...9999).contains(newYear) else { return nil }
        let newDay = min(day, DateTime.daysInMonth(newYear, newMonth))
        guard let date = DateTime(year: newYear, month: newMonth, day: newDay, kind: kind) else { return nil }
        return DateTime(ticks: date.ticks + ticks % TimeSpan.ticksPerDay, kind: kind)
    }

    // MARK: Calendar

    package static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    package static func daysInMonth(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func daysBefore(year: Int, month: Int) -> Int {
        let past = year - 1
        var days = past * 365 + past / 4 - past / 100 + past / 400
        for earlier in 1..<max(month, 1) { days += daysInMonth(year, earlier) }
        return days
    }

    private var dayNumber: Int { Int(ticks / TimeSpan.ticksPerDay) }

    /// Year, month and day by the civil-from-days method over 400-year eras.
    package var civil: (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 306  // days since 0000-03-01
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    package var year: Int { civil.year }
    package var month: Int { civil.month }
    package var day: Int { civil.day }
    package var hour: Int { Int(ticks % TimeSpan.ticksPerDay / TimeSpan.ticksPerHour) }
    package var minute: Int { Int(ticks / TimeSpan.ticksPerMinute % 60) }
    package var second: Int { Int(ticks / TimeSpan.ticksPerSecond % 60) }
    package var millisecond: Int { Int(ticks / TimeSpan.ticksPerMillisecond % 1000) }
    package var fraction: Int64 { ticks % TimeSpan.ticksPerSecond }
    /// Sunday is 0.
    package var dayOfWeek: Int { (dayNumber + 1) % 7 }
    package var dayOfYear: Int { dayNumber - DateTime.daysBefore(year: year, month: 1) + 1 }
    package var date: DateTime { DateTime(ticks: ticks - ticks % TimeSpan.ticksPerDay, kind: kind) }
    package var timeOfDay: TimeSpan { TimeSpan(ticks: ticks % TimeSpan.ticksPerDay) }
}
