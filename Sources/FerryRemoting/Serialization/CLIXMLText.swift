import FerryEngine
import Foundation

/// How CLIXML writes scalars. Source: the public protocol document MS-PSRP, section 2.2.5, and XML Schema's lexical forms.
enum CLIXMLText {
    // MARK: Strings

    /// Characters XML cannot hold, and what would be read as such, become `_xHHHH_` (UTF-16 units); markup becomes entities.
    static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count + 16)
        let units = Array(text.utf16)
        var index = 0
        func escape(_ unit: UInt16) {
            let digits = String(unit, radix: 16, uppercase: true)
            result += "_x\(String(repeating: "0", count: 4 - digits.count))\(digits)_".utf8
        }
        while index < units.count {
            let unit = units[index]
            switch unit {
            case 0x26: result += "&amp;".utf8
            case 0x3C: result += "&lt;".utf8
            case 0x3E: result += "&gt;".utf8
            case 0x22: result += "&quot;".utf8
            case 0x27: result += "&apos;".utf8
            case 0x5F where index + 1 < units.count && (units[index + 1] == 0x78 || units[index + 1] == 0x58):
                escape(unit)
            case 0..<0x20, 0x7F..<0xA0, 0xD800..<0xE000, 0xFFFE, 0xFFFF: escape(unit)
            case 0..<0x7F: result.append(UInt8(unit))
            default: result += String(decoding: [unit], as: UTF16.self).utf8
            }
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "_")) else { return text }
        let units = Array(text.utf16)
        var result: [UInt16] = []
        result.reserveCapacity(units.count)
        var index = 0
        while index < units.count {
            if units[index] == 0x5F, index + 6 < units.count, units[index + 1] == 0x78, units[index + 6] == 0x5F,
                let unit = hexadecimal(units[index + 2..<index + 6])
            {
                result.append(unit)
                index += 7
            } else {
                result.append(units[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF16.self)
    }

    private static func hexadecimal(_ units: ArraySlice<UInt16>) -> UInt16? {
        var value: UInt16 = 0
        for unit in units {
            guard let scalar = Unicode.Scalar(unit), let digit = Character(scalar).hexDigitValue else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    // MARK: Numbers

    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-INF" : "INF" }
        return Number.double(value).text
    }

    static func double(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "INF": .infinity
        case "-INF": -.infinity
        default: Double(text)
        }
    }

    // MARK: Times

    /// `2024-01-02T03:04:05.1234567+01:00`; `Z` for UTC, nothing where the clock is not known.
    static func text(_ date: DateTime) -> String {
        let day = TimeSpan.ticksPerDay
        let rest = date.ticks % day
        var (year, month, left) = (1, 1, date.ticks / day)
        // 400 years repeat; then year by year is at most 399 steps.
        year += Int(left / 146_097) * 400
        left %= 146_097
        while left >= daysInYear(year) {
            left -= daysInYear(year)
            year += 1
        }
        while left >= daysInMonth(year, month) {
            left -= daysInMonth(year, month)
            month += 1
        }
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let second = TimeSpan.ticksPerSecond
        var text = "\(padded(Int64(year), 4))-\(padded(Int64(month), 2))-\(padded(left + 1, 2))T"
        text +=
            "\(padded(rest / second / 3600, 2)):\(padded(rest / second / 60 % 60, 2)):\(padded(rest / second % 60, 2))"
        if rest % second != 0 {
            text += "." + padded(rest % second, 7)
            while text.hasSuffix("0") { text.removeLast() }
        }
        switch date.kind {
        case .utc: return text + "Z"
        case .unspecified: return text
        case .local:
            let minutes = date.utcOffset.ticks / TimeSpan.ticksPerMinute
            return text + (minutes < 0 ? "-" : "+") + "\(padded(abs(minutes) / 60, 2)):\(padded(abs(minutes) % 60, 2))"
        }
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    private static func daysInYear(_ year: Int) -> Int64 { isLeap(year) ? 366 : 365 }
    private static func daysInMonth(_ year: Int, _ month: Int) -> Int64 {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    static func date(_ text: String) -> DateTime? {
        var body = Substring(text)
        var offset: Int64?
        if body.hasSuffix("Z") {
            body = body.dropLast()
            offset = 0
        } else if body.count > 6 {
            let zone = body.suffix(6)
            if let sign = zone.first, sign == "+" || sign == "-", zone.dropFirst(3).first == ":",
                let hours = Int64(zone.dropFirst().prefix(2)), let minutes = Int64(zone.suffix(2)), hours < 15,
                minutes < 60
            {
                offset = (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
                body = body.dropLast(6)
            }
        }
        let parts = body.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let day = parts[0].split(separator: "-").map { Int($0) }
        let halves = parts[1].split(separator: ".", maxSplits: 1)
        let clock = (halves.first ?? "").split(separator: ":").map { Int($0) }
        guard day.count == 3, clock.count == 3, let year = day[0], let month = day[1], let dayOfMonth = day[2],
            let hour = clock[0], let minute = clock[1], let second = clock[2]
        else { return nil }
        var fraction: Int64 = 0
        if halves.count == 2 {
            guard (1...9).contains(halves[1].count), halves[1].allSatisfy(\.isNumber) else { return nil }
            fraction = Int64(halves[1].prefix(7).padding(toLength: 7, withPad: "0", startingAt: 0)) ?? 0
        }
        guard
            let date = DateTime(
                year: year, month: month, day: dayOfMonth, hour: hour, minute: minute, second: second,
                fractionTicks: fraction, kind: offset == nil ? .unspecified : .utc)
        else { return nil }
        guard let offset, offset != 0 else { return offset == nil || text.hasSuffix("Z") ? date : date.local }
        // The ends of another zone's calendar may lie outside of ours, which ends there then, as .NET's does.
        let ticks = date.ticks - offset * TimeSpan.ticksPerMinute
        return DateTime(ticks: min(max(ticks, 0), DateTime.maximumTicks), kind: .utc).local
    }

    /// `P1DT2H3M4.5S`
    static func text(_ span: TimeSpan) -> String {
        if span.ticks == 0 { return "PT0S" }
        var text = span.ticks < 0 ? "-P" : "P"
        let size = span.ticks.magnitude
        let second = UInt64(TimeSpan.ticksPerSecond)
        let (days, rest) = size.quotientAndRemainder(dividingBy: UInt64(TimeSpan.ticksPerDay))
        if days > 0 { text += "\(days)D" }
        guard rest > 0 else { return text }
        text += "T"
        let total = rest / second
        if total / 3600 > 0 { text += "\(total / 3600)H" }
        if total / 60 % 60 > 0 { text += "\(total / 60 % 60)M" }
        let fraction = rest % second
        if total % 60 > 0 || fraction > 0 {
            text += "\(total % 60)"
            if fraction > 0 {
                let digits = String(fraction)
                text += "." + String(repeating: "0", count: 7 - digits.count) + digits
                while text.hasSuffix("0") { text.removeLast() }
            }
            text += "S"
        }
        return text
    }

    static func span(_ text: String) -> TimeSpan? {
        var body = Substring(text)
        let isNegative = body.hasPrefix("-")
        if isNegative { body = body.dropFirst() }
        guard body.hasPrefix("P"), body.count > 1 else { return nil }
        body = body.dropFirst()
        var isTime = false
        // The shortest of all is one tick longer than its opposite could be.
        var size: UInt64 = 0
        var number = ""
        for character in body {
            switch character {
            case "0"..."9", ".": number.append(character)
            case "T" where number.isEmpty && !isTime: isTime = true
            case "D", "H", "M", "S":
                let unit: Int64? =
                    switch (character, isTime) {
                    case ("D", false): TimeSpan.ticksPerDay
                    case ("H", true): TimeSpan.ticksPerHour
                    case ("M", true): TimeSpan.ticksPerMinute
                    case ("S", true): TimeSpan.ticksPerSecond
                    default: nil
                    }
                guard let unit, let ticks = ticks(number, of: UInt64(unit), hasFraction: character == "S") else {
                    return nil
                }
                let (sum, overflow) = size.addingReportingOverflow(ticks)
                guard !overflow else { return nil }
                size = sum
                number = ""
            default: return nil
            }
        }
        guard number.isEmpty else { return nil }
        if isNegative, size == Int64.min.magnitude { return TimeSpan(ticks: .min) }
        return Int64(exactly: size).map { TimeSpan(ticks: isNegative ? -$0 : $0) }
    }

    /// `4` or `4.5` of a unit, in ticks; digits beyond a tick are cut off.
    private static func ticks(_ number: String, of unit: UInt64, hasFraction: Bool) -> UInt64? {
        let halves = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = UInt64(halves[0]) else { return nil }
        let (scaled, isTooLong) = whole.multipliedReportingOverflow(by: unit)
        guard !isTooLong else { return nil }
        guard halves.count > 1, !halves[1].isEmpty else { return scaled }
        guard hasFraction, halves[1].allSatisfy(\.isNumber),
            let fraction = UInt64(halves[1].prefix(7).padding(toLength: 7, withPad: "0", startingAt: 0))
        else { return nil }
        let (sum, overflow) = scaled.addingReportingOverflow(fraction)
        return overflow ? nil : sum
    }
}
