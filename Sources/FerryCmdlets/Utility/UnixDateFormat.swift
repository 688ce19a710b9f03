import FerryEngine

/// `strftime`-like formats of `Get-Date -UFormat`.
enum UnixDateFormat {
    static func text(_ date: DateTime, _ format: String) -> String {
        var result = ""
        var rest = format[...]
        if rest.hasPrefix("+") { rest.removeFirst() }
        while let character = rest.popFirst() {
            guard character == "%", let letter = rest.popFirst() else {
                result.append(character)
                continue
            }
            result += field(letter, date)
        }
        return result
    }

    private static func field(_ letter: Character, _ date: DateTime) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        func three(_ number: Int) -> String {
            String(repeating: "0", count: max(0, 3 - String(number).count)) + "\(number)"
        }
        func four(_ number: Int) -> String {
            String(repeating: "0", count: max(0, 4 - String(number).count)) + "\(number)"
        }
        func net(_ pattern: String) -> String { DateFormat.text(date, pattern) }
        let hour12 = date.hour % 12 == 0 ? 12 : date.hour % 12
        switch letter {
        case "A": return net("dddd")
        case "a": return net("ddd")
        case "B": return net("MMMM")
        case "b", "h": return net("MMM")
        case "C": return two(date.year / 100)
        case "c": return net("ddd dd MMM yyyy HH:mm:ss")
        case "D", "x": return net("MM/dd/yy")
        case "d": return two(date.day)
        case "e": return date.day < 10 ? " \(date.day)" : "\(date.day)"
        case "F": return net("yyyy-MM-dd")
        case "G": return four(isoWeek(date).year)
        case "g": return two(isoWeek(date).year % 100)
        case "H": return two(date.hour)
        case "I": return two(hour12)
        case "j": return three(date.dayOfYear)
        case "k": return date.hour < 10 ? " \(date.hour)" : "\(date.hour)"
        case "l": return hour12 < 10 ? " \(hour12)" : "\(hour12)"
        case "M": return two(date.minute)
        case "m": return two(date.month)
        case "n": return "\n"
        case "p": return date.hour < 12 ? "AM" : "PM"
        case "R": return net("HH:mm")
        case "r": return "\(two(hour12)):\(two(date.minute)):\(two(date.second)) " + (date.hour < 12 ? "AM" : "PM")
        case "S": return two(date.second)
        case "s": return "\(Int64(date.unixSeconds.rounded(.down)))"
        case "T", "X": return net("HH:mm:ss")
        case "t": return "\t"
        case "u": return "\(date.dayOfWeek == 0 ? 7 : date.dayOfWeek)"
        case "w": return "\(date.dayOfWeek)"
        case "V": return two(isoWeek(date).week)
        case "U", "W": return "\(date.dayOfYear / 7)"
        case "Y": return four(date.year)
        case "y": return two(date.year % 100)
        case "Z": return net("zz")
        case "%": return "%"
        default: return String(letter)
        }
    }

    /// The week by ISO 8601, which may be one of the year before or after: weeks begin on Monday, and the first has the year's
    /// first Thursday.
    private static func isoWeek(_ date: DateTime) -> (year: Int, week: Int) {
        func length(_ year: Int) -> Int { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365 }
        let weekday = date.dayOfWeek == 0 ? 7 : date.dayOfWeek
        // The Thursday of the date's week names its year.
        var thursday = date.dayOfYear + 4 - weekday
        var year = date.year
        if thursday < 1 {
            year -= 1
            thursday += length(year)
        } else if thursday > length(year) {
            thursday -= length(year)
            year += 1
        }
        return (year, (thursday - 1) / 7 + 1)
    }
}
