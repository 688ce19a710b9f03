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
        case "G", "Y": return "\(date.year)"
        case "H", "k": return two(date.hour)
        case "I", "l": return two(hour12)
        case "j": return three(date.dayOfYear)
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
        case "V", "U", "W": return two((date.dayOfYear - 1) / 7 + 1)
        case "y", "g": return two(date.year % 100)
        case "Z": return net("zz")
        case "%": return "%"
        default: return String(letter)
        }
    }
}
