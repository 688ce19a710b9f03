import Foundation

/// Numbers as text in .NET's standard and custom formats, in the culture `$PSCulture` names: en-US. Without a format a number's
/// text is the invariant one.
package enum NumberFormat {
    /// `nil` if the format does not fit the number's type (`D` on a real number).
    package static func text(_ number: Number, _ format: String) -> String? {
        guard let letter = format.first else { return number.text }
        let digits = format.dropFirst()
        if letter.isLetter, letter.isASCII, digits.allSatisfy({ $0.isASCII && $0.isNumber }), digits.count <= 3 {
            return standard(number, letter, precision: Int(digits))
        }
        return custom(number, format)
    }

    private static func standard(_ number: Number, _ letter: Character, precision: Int?) -> String? {
        switch letter {
        case "D", "d":
            guard number.kind.isWhole else { return nil }
            return sign(number.text) { leftPadded($0, precision ?? 0) }
        case "X", "x":
            guard let hex = hexadecimal(number) else { return nil }
            let text = leftPadded(hex, precision ?? 0)
            return letter == "X" ? text.uppercased() : text
        case "B", "b":
            guard let whole = number.asInt64 else { return nil }
            return leftPadded(String(UInt64(bitPattern: whole), radix: 2), precision ?? 0)
        case "N", "n": return sign(fixed(number, precision ?? 2)) { grouped($0) }
        case "F", "f": return fixed(number, precision ?? 2)
        case "P", "p": return sign(fixed(scaled(number, by: 100), precision ?? 2)) { grouped($0) } + "%"
        case "C", "c":
            let text = fixed(number, precision ?? 2)
            return sign(text) { "$" + grouped($0) }
        case "E", "e":
            return scientific(number.asDouble, precision ?? 6, letter: letter, exponentDigits: 3)
        case "G", "g":
            guard let precision, precision > 0 else { return number.text }
            return general(number.asDouble, precision)
        case "R", "r": return number.text
        default: return nil
        }
    }

    private static func scaled(_ number: Number, by factor: Int) -> Number {
        switch number {
        case .decimal(let value):
            DecimalNumber.product(value, DecimalNumber(Int64(factor))).map { .decimal($0) }
                ?? .double(value.doubleValue * Double(factor))
        case .single, .double: .double(number.asDouble * Double(factor))
        default:
            (number.asInt64?.multipliedReportingOverflow(by: Int64(factor))).flatMap {
                $0.overflow ? nil : .long($0.partialValue)
            }
                ?? .double(number.asDouble * Double(factor))
        }
    }

    private static func sign(_ text: String, _ body: (String) -> String) -> String {
        text.hasPrefix("-") ? "-" + body(String(text.dropFirst())) : body(text)
    }

    private static func leftPadded(_ digits: String, _ width: Int) -> String {
        digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
    }

    private static func hexadecimal(_ number: Number) -> String? {
        switch number {
        case .sbyte(let value): String(UInt8(bitPattern: value), radix: 16)
        case .byte(let value): String(value, radix: 16)
        case .short(let value): String(UInt16(bitPattern: value), radix: 16)
        case .ushort(let value): String(value, radix: 16)
        case .int(let value): String(UInt32(bitPattern: value), radix: 16)
        case .uint(let value): String(value, radix: 16)
        case .long(let value): String(UInt64(bitPattern: value), radix: 16)
        case .ulong(let value): String(value, radix: 16)
        case .single, .double, .decimal: nil
        }
    }

    /// So many decimals, rounded half away from zero on the number's exact decimal value.
    static func fixed(_ number: Number, _ decimals: Int) -> String {
        switch number {
        case .single, .double:
            let value = number.asDouble
            guard value.isFinite else { return number.text }
            guard abs(value) < 1e15, let exact = DecimalNumber(String(format: "%.15g", value)) else {
                return String(format: "%.\(decimals)f", value)
            }
            return rounded(exact, decimals)
        case .decimal(let value): return rounded(value, decimals)
        default: return number.text + (decimals > 0 ? "." + String(repeating: "0", count: decimals) : "")
        }
    }

    private static func rounded(_ source: DecimalNumber, _ decimals: Int) -> String {
        var text = source.rounded(decimals, .halfAway).text
        if decimals > 0 {
            let present = text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
            if present == 0 { text += "." }
            text += String(repeating: "0", count: max(0, decimals - present))
        }
        return text
    }

    /// Commas between groups of three in the whole part.
    static func grouped(_ text: String) -> String {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var whole = ""
        for (index, digit) in parts[0].enumerated() {
            if index > 0, (parts[0].count - index) % 3 == 0 { whole.append(",") }
            whole.append(digit)
        }
        return parts.count > 1 ? whole + "." + parts[1] : whole
    }

    private static func scientific(_ value: Double, _ decimals: Int, letter: Character, exponentDigits: Int) -> String {
        guard value.isFinite else { return Number.double(value).text }
        let text = String(format: "%.\(decimals)e", value)
        guard let mark = text.firstIndex(of: "e") else { return text }
        let exponent = text[text.index(after: mark)...]
        let sign = exponent.first == "-" ? "-" : "+"
        let digits = exponent.drop { !$0.isNumber }.drop { $0 == "0" }
        return String(text[..<mark]) + String(letter) + sign + leftPadded(String(digits), exponentDigits)
    }

    private static func general(_ value: Double, _ precision: Int) -> String {
        guard value.isFinite, value != 0 else { return Number.double(value).text }
        let text = scientific(value, precision - 1, letter: "E", exponentDigits: 2)
        guard let mark = text.firstIndex(of: "E"), let exponent = Int(text[text.index(after: mark)...]) else {
            return text
        }
        if exponent >= precision || exponent < -5 {
            var mantissa = String(text[..<mark])
            if mantissa.contains(".") {
                while mantissa.last == "0" { mantissa.removeLast() }
                if mantissa.last == "." { mantissa.removeLast() }
            }
            return mantissa + text[mark...]
        }
        var plain = String(format: "%.\(max(0, precision - 1 - exponent))f", value)
        if plain.contains(".") {
            while plain.last == "0" { plain.removeLast() }
            if plain.last == "." { plain.removeLast() }
        }
        return plain
    }

    // MARK: Custom

    /// `#,0.00`, `00.0%`, sections for positive, negative and zero.
    private static func custom(_ number: Number, _ format: String) -> String {
        let sections = split(format)
        var pattern = sections[0]
        var value = number
        var showsSign = true
        if number.isZero, sections.count > 2 {
            pattern = sections[2]
        } else if number.asDouble < 0, sections.count > 1, !sections[1].isEmpty {
            pattern = sections[1]
            showsSign = false
            value = negated(number)
        }
        return section(value, pattern, showsSign: showsSign)
    }

    private static func negated(_ number: Number) -> Number {
        switch number {
        case .decimal(let value): .decimal(value.negated)
        case .single, .double: .double(-number.asDouble)
        default: .long(0 &- (number.asInt64 ?? 0))
        }
    }

    private static func split(_ format: String) -> [String] {
        var sections = [""]
        var quote: Character?
        var escaped = false
        for character in format {
            if escaped {
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == ";" {
                sections.append("")
                continue
            }
            sections[sections.count - 1].append(character)
        }
        return sections
    }

    private static func section(_ number: Number, _ pattern: String, showsSign: Bool) -> String {
        var zerosBefore = 0
        var decimals = 0
        var zerosAfter = 0
        var groups = false
        var percent = 1
        var seenPoint = false
        var seenDigit = false
        for character in pattern {
            switch character {
            case "0":
                if seenPoint {
                    decimals += 1
                    zerosAfter = decimals
                } else {
                    zerosBefore += 1
                    seenDigit = true
                }
            case "#":
                if seenPoint {
                    decimals += 1
                } else {
                    if zerosBefore > 0 { zerosBefore += 1 }
                    seenDigit = true
                }
            case ".": seenPoint = true
            case ",": if seenDigit, !seenPoint { groups = true }
            case "%": percent = 100
            default: break
            }
        }
        var text = fixed(percent == 1 ? number : scaled(number, by: percent), decimals)
        let negative = text.hasPrefix("-")
        if negative { text.removeFirst() }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        var whole = String(parts[0].drop { $0 == "0" })
        whole = leftPadded(whole, zerosBefore)
        if groups { whole = grouped(whole) }
        var fraction = parts.count > 1 ? String(parts[1]) : ""
        while fraction.count > zerosAfter, fraction.last == "0" { fraction.removeLast() }
        var result = negative && showsSign ? "-" : ""
        var wroteNumber = false
        var index = pattern.startIndex
        while index < pattern.endIndex {
            let character = pattern[index]
            index = pattern.index(after: index)
            switch character {
            case "0", "#", ",", ".":
                if !wroteNumber {
                    wroteNumber = true
                    result += whole + (fraction.isEmpty ? "" : "." + fraction)
                }
            case "'", "\"":
                while index < pattern.endIndex, pattern[index] != character {
                    result.append(pattern[index])
                    index = pattern.index(after: index)
                }
                if index < pattern.endIndex { index = pattern.index(after: index) }
            case "\\":
                if index < pattern.endIndex {
                    result.append(pattern[index])
                    index = pattern.index(after: index)
                }
            default: result.append(character)
            }
        }
        return result
    }
}
