/// Dates and time spans as text: .NET's standard and custom formats, in the culture `$PSCulture` names, en-US. Expansion in strings
/// and casts are invariant and use `invariant`.
package enum DateFormat {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    private static let standard: [Character: String] = [
        "d": "M/d/yyyy", "D": "dddd, MMMM d, yyyy", "t": "h:mm tt", "T": "h:mm:ss tt",
        "f": "dddd, MMMM d, yyyy h:mm tt", "F": "dddd, MMMM d, yyyy h:mm:ss tt", "g": "M/d/yyyy h:mm tt",
        "G": "M/d/yyyy h:mm:ss tt", "M": "MMMM d", "m": "MMMM d", "Y": "MMMM yyyy", "y": "MMMM yyyy",
        "s": "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
        "u": "yyyy'-'MM'-'dd HH':'mm':'ss'Z'", "o": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
        "O": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK", "r": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
        "R": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    ]

    /// The date in a standard (one letter) or custom format.
    package static func text(_ date: DateTime, _ format: String) -> String {
        if format.count == 1, let letter = format.first, let pattern = standard[letter] {
            return custom(date, pattern)
        }
        if format == "U" { return custom(date.universal, "dddd, MMMM d, yyyy h:mm:ss tt") }
        if format.isEmpty { return custom(date, "M/d/yyyy h:mm:ss tt") }
        return custom(date, format)
    }

    /// How strings show a date they are given: `"$(Get-Date)"`.
    static let invariant = "MM/dd/yyyy HH:mm:ss"

    private static func custom(_ date: DateTime, _ pattern: String) -> String {
        var result = ""
        let civil = date.civil
        for piece in FormatPieces(pattern) {
            switch piece {
            case .literal(let text): result += text
            case .field(let letter, let count):
                result += field(letter, count, date, civil)
            }
        }
        return result
    }

    private static func field(
        _ letter: Character, _ count: Int, _ date: DateTime, _ civil: (year: Int, month: Int, day: Int)
    ) -> String {
        switch letter {
        case "d":
            count >= 4
                ? days[date.dayOfWeek]
                : (count == 3 ? String(days[date.dayOfWeek].prefix(3)) : padded(civil.day, count))
        case "M":
            count >= 4
                ? months[civil.month - 1]
                : (count == 3 ? String(months[civil.month - 1].prefix(3)) : padded(civil.month, count))
        case "y": count <= 2 ? padded(civil.year % 100, count) : padded(civil.year, count)
        case "H": padded(date.hour, min(count, 2))
        case "h": padded((date.hour + 11) % 12 + 1, min(count, 2))
        case "m": padded(date.minute, min(count, 2))
        case "s": padded(date.second, min(count, 2))
        case "f": String(padded(date.fraction, 7).prefix(count))
        case "F": trimmedFraction(String(padded(date.fraction, 7).prefix(count)))
        case "t": count >= 2 ? (date.hour < 12 ? "AM" : "PM") : (date.hour < 12 ? "A" : "P")
        case "z": zone(date, count)
        case "K":
            date.kind == .utc ? "Z" : (date.kind == .local ? zone(date, 3) : "")
        case "g": "A.D."
        default: String(repeating: letter, count: count)
        }
    }

    private static func trimmedFraction(_ digits: String) -> String {
        var text = digits
        while text.last == "0" { text.removeLast() }
        return text
    }

    private static func zone(_ date: DateTime, _ count: Int) -> String {
        let offset = date.kind == .unspecified ? DateTime(ticks: date.ticks, kind: .local).utcOffset : date.utcOffset
        let minutes = offset.ticks / TimeSpan.ticksPerMinute
        let sign = minutes < 0 ? "-" : "+"
        let size = minutes.magnitude
        switch count {
        case 1: return "\(sign)\(size / 60)"
        case 2: return "\(sign)\(padded(size / 60, 2))"
        default: return "\(sign)\(padded(size / 60, 2)):\(padded(size % 60, 2))"
        }
    }

    /// A time span in a standard (`c`, `g`, `G`) or custom format; `nil` if the format is not valid.
    package static func text(_ span: TimeSpan, _ format: String) -> String? {
        switch format {
        case "", "c", "t", "T": return span.text
        case "g", "G":
            let size = TimeSpan(ticks: Int64(clamping: span.ticks.magnitude))
            let sign = span.ticks < 0 ? "-" : ""
            let fraction = size.ticks % TimeSpan.ticksPerSecond
            let clock = "\(padded(size.minutes, 2)):\(padded(size.seconds, 2))"
            if format == "G" {
                return "\(sign)\(size.days):\(padded(size.hours, 2)):\(clock).\(padded(fraction, 7))"
            }
            let days = size.days == 0 ? "" : "\(size.days):"
            return "\(sign)\(days)\(size.hours):\(clock)"
                + (fraction == 0 ? "" : "." + trimmedFraction(padded(fraction, 7)))
        default: break
        }
        var result = ""
        let size = TimeSpan(ticks: Int64(clamping: span.ticks.magnitude))
        for piece in FormatPieces(format) {
            switch piece {
            case .literal(let text): result += text
            case .field(let letter, let count):
                switch letter {
                case "d": result += padded(size.days, count)
                case "h": result += padded(size.hours, count)
                case "m": result += padded(size.minutes, count)
                case "s": result += padded(size.seconds, count)
                case "f": result += String(padded(size.ticks % TimeSpan.ticksPerSecond, 7).prefix(count))
                case "F":
                    result += trimmedFraction(String(padded(size.ticks % TimeSpan.ticksPerSecond, 7).prefix(count)))
                default: return nil
                }
            }
        }
        return result
    }
}

/// A custom format cut into runs of one letter and literal text (quotes, backslashes, other characters).
struct FormatPieces: Sequence, IteratorProtocol {
    enum Piece {
        case literal(String)
        case field(Character, Int)
    }

    private var rest: Substring

    init(_ pattern: String) { rest = pattern[...] }

    mutating func next() -> Piece? {
        guard let first = rest.first else { return nil }
        switch first {
        case "'", "\"":
            rest.removeFirst()
            let text = rest.prefix { $0 != first }
            rest = rest[text.endIndex...].dropFirst()
            return .literal(String(text))
        case "\\":
            rest.removeFirst()
            return rest.popFirst().map { .literal(String($0)) } ?? .literal("\\")
        case "%":
            rest.removeFirst()
            return next() ?? .literal("%")
        case let letter where letter.isASCII && letter.isLetter:
            let run = rest.prefix { $0 == letter }
            rest = rest[run.endIndex...]
            return .field(letter, run.count)
        default:
            rest.removeFirst()
            return .literal(String(first))
        }
    }
}
