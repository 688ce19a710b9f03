/// `System.TimeSpan`: a signed number of 100 ns ticks.
package struct TimeSpan: Hashable, Sendable, Comparable {
    package var ticks: Int64

    package init(ticks: Int64) { self.ticks = ticks }

    package static let ticksPerMillisecond: Int64 = 10_000
    package static let ticksPerSecond: Int64 = 10_000_000
    package static let ticksPerMinute: Int64 = 600_000_000
    package static let ticksPerHour: Int64 = 36_000_000_000
    package static let ticksPerDay: Int64 = 864_000_000_000

    /// Clamped to the range of ticks.
    package init(seconds: Double) {
        let ticks = (seconds * Double(Self.ticksPerSecond)).rounded()
        self.ticks = Int64(exactly: ticks) ?? (ticks < 0 ? .min : .max)
    }

    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        ticks = seconds &* Self.ticksPerSecond &+ attoseconds / 100_000_000_000
    }

    package var days: Int64 { ticks / Self.ticksPerDay }
    package var hours: Int64 { ticks / Self.ticksPerHour % 24 }
    package var minutes: Int64 { ticks / Self.ticksPerMinute % 60 }
    package var seconds: Int64 { ticks / Self.ticksPerSecond % 60 }
    package var milliseconds: Int64 { ticks / Self.ticksPerMillisecond % 1000 }
    package func total(per unit: Int64) -> Double { Double(ticks) / Double(unit) }

    package static func < (left: Self, right: Self) -> Bool { left.ticks < right.ticks }

    /// Format `c`: `[-][d.]hh:mm:ss[.fffffff]`.
    package var text: String {
        let size = ticks.magnitude
        let day = UInt64(Self.ticksPerDay)
        let rest = size % day
        let second = UInt64(Self.ticksPerSecond)
        let fraction = rest % second
        let total = rest / second
        var text = ticks < 0 ? "-" : ""
        if size >= day { text += "\(size / day)." }
        text += "\(padded(total / 3600, 2)):\(padded(total / 60 % 60, 2)):\(padded(total % 60, 2))"
        if fraction != 0 { text += "." + padded(fraction, 7) }
        return text
    }

    /// `[-][d.]hh:mm[:ss[.f]]`, or a whole number of days.
    package init?(_ source: String) {
        var text = source.trimmed
        let negative = text.hasPrefix("-")
        if negative { text.removeFirst() }
        guard !text.isEmpty else { return nil }
        var days: Int64 = 0
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1 {
            let pieces = parts[0].split(separator: ".", omittingEmptySubsequences: false)
            guard pieces.count == 1, let whole = Int64(pieces[0]), (0...10_675_199).contains(whole) else { return nil }
            ticks = (negative ? -1 : 1) * whole * Self.ticksPerDay
            return
        }
        if parts.count == 4 {
            guard let whole = Int64(parts.removeFirst()) else { return nil }
            days = whole
        } else if let dot = parts[0].firstIndex(of: ".") {
            guard let whole = Int64(parts[0][..<dot]) else { return nil }
            days = whole
            parts[0] = String(parts[0][parts[0].index(after: dot)...])
        }
        guard parts.count == 2 || parts.count == 3, (0...10_675_199).contains(days), let hour = Int64(parts[0]),
            (0...23).contains(hour),
            let minute = Int64(parts[1]), (0...59).contains(minute)
        else { return nil }
        var second: Int64 = 0
        var fraction: Int64 = 0
        if parts.count == 3 {
            let pieces = parts[2].split(separator: ".", omittingEmptySubsequences: false)
            guard pieces.count <= 2, let whole = Int64(pieces[0]), (0...59).contains(whole) else { return nil }
            second = whole
            if pieces.count == 2 {
                guard !pieces[1].isEmpty, pieces[1].count <= 7,
                    let digits = Int64(pieces[1] + String(repeating: "0", count: 7 - pieces[1].count))
                else { return nil }
                fraction = digits
            }
        }
        let time =
            hour * Self.ticksPerHour + minute * Self.ticksPerMinute + second * Self.ticksPerSecond + fraction
        let (size, overflow) = (days * Self.ticksPerDay).addingReportingOverflow(time)
        guard !overflow else { return nil }
        ticks = negative ? -size : size
    }
}

/// Digits with leading zeroes.
func padded(_ value: some BinaryInteger, _ width: Int) -> String {
    let digits = String(value)
    return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
}
