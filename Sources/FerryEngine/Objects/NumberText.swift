import Foundation

/// Numbers written in strings: what `[int]'…'` and `1 + '…'` accept.
package enum NumberText {
    /// A decimal number of .NET's `NumberStyles` Integer, Float and thousands: blanks around, a sign, commas between digits, a
    /// point, an exponent.
    static func double(_ source: String) -> Double? {
        guard let text = cleaned(source) else { return nil }
        return Double(text)
    }

    static func decimal(_ source: String) -> DecimalNumber? { cleaned(source).flatMap { DecimalNumber($0) } }

    /// Checks the grammar and removes what Swift's own parser does not know.
    private static func cleaned(_ source: String) -> String? {
        let text = source.trimmed
        var result = ""
        var digits = 0
        var seenPoint = false
        var index = text.startIndex
        if index < text.endIndex, text[index] == "+" || text[index] == "-" {
            if text[index] == "-" { result = "-" }
            index = text.index(after: index)
        }
        while index < text.endIndex {
            let character = text[index]
            if character.isASCII, character.isNumber {
                digits += 1
                result.append(character)
            } else if character == ",", digits > 0, !seenPoint {
                // A thousands separator; .NET does not check the size of groups.
            } else if character == ".", !seenPoint {
                seenPoint = true
                if digits == 0 { result.append("0") }
                result.append(".")
            } else {
                break
            }
            index = text.index(after: index)
        }
        guard digits > 0 else { return nil }
        if result.hasSuffix(".") { result.append("0") }
        if index < text.endIndex, text[index] == "e" || text[index] == "E" {
            result.append("e")
            index = text.index(after: index)
            if index < text.endIndex, text[index] == "+" || text[index] == "-" {
                result.append(text[index])
                index = text.index(after: index)
            }
            guard index < text.endIndex else { return nil }
            while index < text.endIndex, text[index].isASCII, text[index].isNumber {
                result.append(text[index])
                index = text.index(after: index)
            }
        }
        return index == text.endIndex ? result : nil
    }

    /// `0x…` as the bit pattern of a type of that many bits; `nil` if it has more.
    static func hexadecimal(_ source: String) -> UInt64? {
        // Seen soon for what is no such number: there has to be an x.
        guard source.utf8.contains(where: { $0 | 0x20 == 0x78 }) else { return nil }
        let text = source.trimmed
        guard text.count > 2, text.lowercased().hasPrefix("0x") else { return nil }
        return UInt64(text.dropFirst(2), radix: 16)
    }

    /// The number an operand of arithmetic stands for: a literal as the lexer would read it, without a type being asked for.
    package static func literal(_ source: String) -> Number? {
        var text = source.trimmed
        if text.isEmpty { return .int(0) }
        var multiplier: Int64 = 1
        let lower = text.lowercased()
        for (suffix, power) in [("kb", 10), ("mb", 20), ("gb", 30), ("tb", 40), ("pb", 50)]
        where lower.hasSuffix(suffix) {
            guard !lower.hasPrefix("0x") || lower.count > 4 else { break }
            multiplier = 1 << Int64(power)
            text.removeLast(2)
        }
        var isDecimal = false
        var isLong = false
        if let last = text.last, !text.lowercased().hasPrefix("0x") || last == "l" || last == "L" {
            if last == "l" || last == "L" {
                isLong = true
                text.removeLast()
            } else if last == "d" || last == "D" {
                isDecimal = true
                text.removeLast()
            }
        }
        guard let last = text.last, last.isHexDigit || last == "." else { return nil }
        let negative = text.hasPrefix("-")
        let unsigned = negative || text.hasPrefix("+") ? String(text.dropFirst()) : text
        if let bits = hexadecimal(unsigned) {
            let digits = unsigned.count - 2
            let value: Int64 = digits <= 8 && !isLong ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
            let (product, overflow) = (negative ? -value : value).multipliedReportingOverflow(by: multiplier)
            return overflow ? nil : whole(product, long: isLong)
        }
        if isDecimal {
            return decimal(text).flatMap { .product($0, DecimalNumber(multiplier)) }.map { .decimal($0) }
        }
        if unsigned.allSatisfy({ $0.isASCII && $0.isNumber }) {
            if let value = Int64(negative ? "-" + unsigned : unsigned) {
                let (product, overflow) = value.multipliedReportingOverflow(by: multiplier)
                if !overflow { return whole(product, long: isLong) }
                return .double(Double(value) * Double(multiplier))
            }
            if multiplier == 1, let value = decimal(text) { return .decimal(value) }
        }
        guard let value = double(text) else { return nil }
        return .double(value * Double(multiplier))
    }

    private static func whole(_ value: Int64, long: Bool) -> Number {
        if !long, let small = Int32(exactly: value) { return .int(small) }
        return .long(value)
    }
}
