extension DateFormat {
    private enum Token: Equatable {
        case number(Int, digits: Int, fraction: Int64)
        case word(String)
        case mark(Character)
        /// Offset from UTC in minutes.
        case zone(Int)
    }

    /// Reads the forms people write: ISO 8601, `MM/dd/yyyy`, month names, RFC 1123, a time alone (today), each with an optional
    /// time, fraction, AM/PM and zone. A time with a zone becomes local, as .NET does.
    package static func parse(_ source: String) -> DateTime? {
        guard let tokens = tokens(source.trimmed), !tokens.isEmpty else { return nil }
        var numbers: [(value: Int, digits: Int)] = []
        var separators: [Character] = []
        var month: Int?
        var monthIndex = 0
        var hour: Int?
        var minute = 0
        var second = 0
        var fraction: Int64 = 0
        var afternoon: Bool?
        var offset: Int?
        var index = 0
        while index < tokens.count {
            switch tokens[index] {
            case .number(let value, let digits, _):
                if index + 1 < tokens.count, tokens[index + 1] == .mark(":"), hour == nil {
                    hour = value
                    guard index + 2 < tokens.count, case .number(let minutes, _, _) = tokens[index + 2] else {
                        return nil
                    }
                    minute = minutes
                    index += 2
                    if index + 2 < tokens.count, tokens[index + 1] == .mark(":"),
                        case .number(let seconds, _, let part) = tokens[index + 2]
                    {
                        second = seconds
                        fraction = part
                        index += 2
                    }
                } else if hour == nil, index + 1 < tokens.count, case .word(let word) = tokens[index + 1],
                    ["am", "pm"].contains(word)
                {
                    hour = value
                } else {
                    numbers.append((value, digits))
                }
            case .word(let word):
                switch word {
                case "am", "a": afternoon = false
                case "pm", "p": afternoon = true
                case "z", "utc", "gmt": offset = 0
                case "t": break
                default:
                    if let found = months.firstIndex(where: {
                        $0.lowercased() == word || $0.lowercased().prefix(3) == word
                    }) {
                        month = found + 1
                        monthIndex = numbers.count
                    } else if !days.contains(where: { $0.lowercased() == word || $0.lowercased().prefix(3) == word }) {
                        return nil
                    }
                }
            case .mark(let mark):
                if mark != "," { separators.append(mark) }
            case .zone(let minutes): offset = minutes
            }
            index += 1
        }
        guard let day = calendarDay(numbers, month, monthIndex, separators, hasTime: hour != nil) else { return nil }
        if let afternoon, let clock = hour {
            guard (1...12).contains(clock) else { return nil }
            hour = clock % 12 + (afternoon ? 12 : 0)
        }
        guard
            let date = DateTime(
                year: day.year, month: day.month, day: day.day, hour: hour ?? 0, minute: minute, second: second,
                fractionTicks: fraction)
        else { return nil }
        guard let offset else { return date }
        return DateTime(ticks: date.ticks - Int64(offset) * TimeSpan.ticksPerMinute, kind: .utc).local
    }

    private static func calendarDay(
        _ numbers: [(value: Int, digits: Int)], _ month: Int?, _ monthIndex: Int, _ separators: [Character],
        hasTime: Bool
    ) -> (year: Int, month: Int, day: Int)? {
        let today = DateTime.now
        if let month {
            switch numbers.count {
            case 0: return (today.year, month, 1)
            case 1:
                return numbers[0].digits >= 3 ? (numbers[0].value, month, 1) : (today.year, month, numbers[0].value)
            case 2:
                if numbers[0].digits >= 3 { return (numbers[0].value, month, numbers[1].value) }
                return (year(numbers[1]), month, numbers[0].value)
            default: return nil
            }
        }
        switch numbers.count {
        case 0: return hasTime ? (today.year, today.month, today.day) : nil
        case 1:
            // 20240102
            guard numbers[0].digits == 8 else { return nil }
            let value = numbers[0].value
            return (value / 10000, value / 100 % 100, value % 100)
        case 2:
            if numbers[0].digits == 4 { return (numbers[0].value, numbers[1].value, 1) }
            if numbers[1].digits == 4 { return (numbers[1].value, numbers[0].value, 1) }
            return (today.year, numbers[0].value, numbers[1].value)
        case 3:
            if numbers[0].digits >= 3 { return (numbers[0].value, numbers[1].value, numbers[2].value) }
            return (year(numbers[2]), numbers[0].value, numbers[1].value)
        default: return nil
        }
    }

    /// Two digits: 00–49 is this century, 50–99 the last, the invariant calendar's rule.
    private static func year(_ number: (value: Int, digits: Int)) -> Int {
        number.digits > 2 ? number.value : (number.value < 50 ? 2000 + number.value : 1900 + number.value)
    }

    private static func tokens(_ source: String) -> [Token]? {
        guard source.utf8.count < 100 else { return nil }
        var tokens: [Token] = []
        var rest = source[...]
        var seenTime = false
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first.isASCII, first.isNumber {
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                guard digits.count <= 9, let value = Int(digits) else { return nil }
                rest = rest[digits.endIndex...]
                var fraction: Int64 = 0
                if tokens.last == .mark(":"), rest.first == "." {
                    let decimals = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
                    guard !decimals.isEmpty else { return nil }
                    fraction = Int64((decimals + "0000000").prefix(7)) ?? 0
                    rest = rest[decimals.endIndex...]
                }
                tokens.append(.number(value, digits: digits.count, fraction: fraction))
            } else if first.isLetter {
                let word = rest.prefix { $0.isLetter }
                rest = rest[word.endIndex...]
                if rest.first == "." { rest.removeFirst() }
                tokens.append(.word(word.lowercased()))
            } else if seenTime, first == "+" || first == "-", let zone = zone(&rest) {
                tokens.append(.zone(zone))
            } else if "/-.,:".contains(first) {
                if first == ":" { seenTime = true }
                tokens.append(.mark(first))
                rest.removeFirst()
            } else {
                return nil
            }
        }
        return tokens
    }

    private static func zone(_ rest: inout Substring) -> Int? {
        let sign = rest.first == "-" ? -1 : 1
        let body = rest.dropFirst().prefix { ($0.isASCII && $0.isNumber) || $0 == ":" }
        let digits = body.filter { $0 != ":" }
        guard digits.count == 4 || digits.count == 2, let value = Int(digits) else { return nil }
        rest = rest[body.endIndex...]
        return sign * (digits.count == 2 ? value * 60 : value / 100 * 60 + value % 100)
    }

    /// `ParseExact`: the text in exactly one custom format.
    package static func parse(_ source: String, exactly format: String) -> DateTime? {
        let pattern = format.count == 1 ? (expanded(format) ?? format) : format
        var rest = source[...]
        var year = DateTime.now.year
        var (month, day, hour, minute, second) = (1, 1, 0, 0, 0)
        var fraction: Int64 = 0
        var afternoon: Bool?
        var offset: Int?
        func number(_ count: Int, atMost most: Int) -> Int? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }.prefix(max(count, most))
            guard digits.count >= count, let value = Int(digits) else { return nil }
            rest = rest[digits.endIndex...]
            return value
        }
        for piece in FormatPieces(pattern) {
            switch piece {
            case .literal(let text):
                guard rest.hasPrefix(text) else { return nil }
                rest = rest.dropFirst(text.count)
            case .field(let letter, let count):
                switch letter {
                case "y":
                    guard let value = number(count, atMost: count == 1 ? 4 : count) else { return nil }
                    year = count <= 2 ? self.year((value, 2)) : value
                case "M" where count >= 3, "d" where count >= 3:
                    let names = letter == "M" ? months : days
                    let word = rest.prefix { $0.isLetter }.lowercased()
                    guard
                        let found = names.firstIndex(where: {
                            count == 3 ? $0.prefix(3).lowercased() == word : $0.lowercased() == word
                        })
                    else { return nil }
                    if letter == "M" { month = found + 1 }
                    rest = rest.dropFirst(word.count)
                case "M":
                    guard let value = number(count, atMost: 2) else { return nil }
                    month = value
                case "d":
                    guard let value = number(count, atMost: 2) else { return nil }
                    day = value
                case "H", "h":
                    guard let value = number(count, atMost: 2) else { return nil }
                    hour = value
                case "m":
                    guard let value = number(count, atMost: 2) else { return nil }
                    minute = value
                case "s":
                    guard let value = number(count, atMost: 2) else { return nil }
                    second = value
                case "f", "F":
                    let digits = rest.prefix { $0.isASCII && $0.isNumber }.prefix(count)
                    guard digits.count == count || letter == "F" else { return nil }
                    fraction = Int64((digits + "0000000").prefix(7)) ?? 0
                    rest = rest[digits.endIndex...]
                case "t":
                    let word = rest.prefix(count).lowercased()
                    guard word.hasPrefix("a") || word.hasPrefix("p") else { return nil }
                    afternoon = word.hasPrefix("p")
                    rest = rest.dropFirst(count)
                case "z", "K":
                    if rest.first == "Z" {
                        offset = 0
                        rest.removeFirst()
                    } else if let found = zone(&rest) {
                        offset = found
                    } else if letter == "z" {
                        return nil
                    }
                default: return nil
                }
            }
        }
        guard rest.isEmpty else { return nil }
        if let afternoon { hour = hour % 12 + (afternoon ? 12 : 0) }
        guard
            let date = DateTime(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second, fractionTicks: fraction)
        else { return nil }
        guard let offset else { return date }
        return DateTime(ticks: date.ticks - Int64(offset) * TimeSpan.ticksPerMinute, kind: .utc).local
    }

    private static func expanded(_ letter: String) -> String? {
        switch letter {
        case "d": "MM/dd/yyyy"
        case "D": "dddd, dd MMMM yyyy"
        case "t": "HH:mm"
        case "T": "HH:mm:ss"
        case "g": "MM/dd/yyyy HH:mm"
        case "G": "MM/dd/yyyy HH:mm:ss"
        case "s": "yyyy'-'MM'-'dd'T'HH':'mm':'ss"
        case "o", "O": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK"
        case "u": "yyyy'-'MM'-'dd HH':'mm':'ss'Z'"
        default: nil
        }
    }
}
