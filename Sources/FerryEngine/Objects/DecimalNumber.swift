/// `System.Decimal`: 96 bits of digits and the place of the decimal point, 28 or 29 significant digits in all. Keeps the zeros
/// behind the point that its operands had: 1.10 + 1 is 2.10.
///
/// Operations give `nil` where the result is too large. Source: the public documentation of System.Decimal.
package struct DecimalNumber: Sendable {
    package enum Rounding { case halfEven, halfAway, down, up, towardZero }

    package let isNegative: Bool
    private let digits: UInt128
    /// How many of the digits are behind the point, 0 to 28.
    private let scale: Int

    private static let limit: UInt128 = (1 << 96) - 1
    private static let largestScale = 28

    private static func power(_ exponent: Int) -> UInt128 {
        var result: UInt128 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }

    private init(isNegative: Bool, digits: UInt128, scale: Int) {
        self.isNegative = isNegative && digits != 0
        self.digits = digits
        self.scale = scale
    }

    package init(_ value: Int64) { self.init(isNegative: value < 0, digits: UInt128(value.magnitude), scale: 0) }
    package init(_ value: UInt64) { self.init(isNegative: false, digits: UInt128(value), scale: 0) }

    package static let largest = DecimalNumber(isNegative: false, digits: limit, scale: 0)

    /// From `-12.50`, `1e3`, with more digits than there is room for rounded; `nil` for other text and what is too large.
    package init?(_ text: String) {
        var rest = text[...]
        let isNegative = rest.first == "-"
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        var exponent = 0
        if let mark = rest.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            guard let written = Int(rest[rest.index(after: mark)...]), abs(written) < 1_000 else { return nil }
            exponent = written
            rest = rest[..<mark]
        }
        var wide = Wide(high: 0, low: 0)
        var scale = 0
        var sawPoint = false
        var count = 0
        for character in rest.utf8 {
            if character == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
                continue
            }
            guard character &- 0x30 < 10 else { return nil }
            count += 1
            // Fifty-odd digits decide how the last one kept is rounded; those behind them are zeros or change nothing.
            if wide.high >> 60 != 0 {
                if !sawPoint { exponent += 1 }
                continue
            }
            wide = wide.times(10).plus(UInt128(character - 0x30))
            if sawPoint { scale += 1 }
        }
        guard count > 0 else { return nil }
        scale -= exponent
        while scale < 0 {
            guard wide.high >> 60 == 0 else { return nil }
            wide = wide.times(10)
            scale += 1
        }
        guard let value = DecimalNumber(wide, scale, isNegative) else { return nil }
        self = value
    }

    /// The exact value fitted into the digits there are, half to even.
    private init?(_ wide: Wide, _ scale: Int, _ isNegative: Bool) {
        var drop = max(0, scale - Self.largestScale)
        while drop <= scale {
            if drop == 0 {
                if wide.high == 0, wide.low <= Self.limit {
                    self.init(isNegative: isNegative, digits: wide.low, scale: scale)
                    return
                }
            } else if let (quotient, remainder, divisor) = wide.divided(byPowerOfTen: drop) {
                let twice = remainder.times(2)
                let up = divisor < twice || (divisor == twice && quotient & 1 == 1)
                let rounded = quotient + (up ? 1 : 0)
                if rounded <= Self.limit {
                    self.init(isNegative: isNegative, digits: rounded, scale: scale - drop)
                    return
                }
            }
            drop += 1
        }
        return nil
    }

    // MARK: Arithmetic

    package var isZero: Bool { digits == 0 }
    package var negated: DecimalNumber { DecimalNumber(isNegative: !isNegative, digits: digits, scale: scale) }
    package var magnitude: DecimalNumber { DecimalNumber(isNegative: false, digits: digits, scale: scale) }

    /// Both with the same places behind the point.
    private static func aligned(_ a: DecimalNumber, _ b: DecimalNumber) -> (Wide, Wide, Int) {
        let scale = max(a.scale, b.scale)
        return (
            Wide.product(a.digits, power(scale - a.scale)), Wide.product(b.digits, power(scale - b.scale)), scale
        )
    }

    package static func sum(_ a: DecimalNumber, _ b: DecimalNumber) -> DecimalNumber? {
        let (x, y, scale) = aligned(a, b)
        if a.isNegative == b.isNegative { return DecimalNumber(x.plus(y), scale, a.isNegative) }
        return x < y
            ? DecimalNumber(y.minus(x), scale, b.isNegative) : DecimalNumber(x.minus(y), scale, a.isNegative)
    }

    package static func product(_ a: DecimalNumber, _ b: DecimalNumber) -> DecimalNumber? {
        DecimalNumber(Wide.product(a.digits, b.digits), a.scale + b.scale, a.isNegative != b.isNegative)
    }

    /// The divisor must not be zero.
    package static func quotient(_ a: DecimalNumber, _ b: DecimalNumber) -> DecimalNumber? {
        let isNegative = a.isNegative != b.isNegative
        var scale = a.scale - b.scale
        var (quotient, remainder) = a.digits.quotientAndRemainder(dividingBy: b.digits)
        let isWhole = remainder == 0
        while scale < 0 || (remainder != 0 && scale < largestScale) {
            guard quotient <= (limit - 9) / 10 else { break }
            let (digit, rest) = (remainder * 10).quotientAndRemainder(dividingBy: b.digits)
            quotient = quotient * 10 + digit
            remainder = rest
            scale += 1
        }
        guard scale >= 0 else { return nil }
        if remainder != 0 {
            let twice = remainder * 2
            if twice > b.digits || (twice == b.digits && quotient & 1 == 1) { quotient += 1 }
            if quotient > limit {
                guard scale > 0 else { return nil }
                quotient /= 10
                scale -= 1
            }
        }
        if !isWhole {
            while scale > 0, quotient % 10 == 0 {
                quotient /= 10
                scale -= 1
            }
        }
        return DecimalNumber(isNegative: isNegative, digits: quotient, scale: scale)
    }

    /// With the sign of the dividend. The divisor must not be zero.
    package static func remainder(_ a: DecimalNumber, _ b: DecimalNumber) -> DecimalNumber {
        let scale = max(a.scale, b.scale)
        var rest = a.digits
        if a.scale < b.scale {
            rest %= b.digits
            for _ in a.scale..<b.scale { rest = rest * 10 % b.digits }
        } else {
            let (divisor, overflow) = b.digits.multipliedReportingOverflow(by: power(a.scale - b.scale))
            if !overflow { rest %= divisor }
        }
        return DecimalNumber(isNegative: a.isNegative, digits: rest, scale: scale)
    }

    package func compare(_ other: DecimalNumber) -> Int {
        if isNegative != other.isNegative { return isNegative ? -1 : 1 }
        let (x, y, _) = Self.aligned(self, other)
        if x == y { return 0 }
        return (x < y) == isNegative ? 1 : -1
    }

    /// So many places behind the point at most.
    package func rounded(_ places: Int, _ mode: Rounding) -> DecimalNumber {
        guard places < scale else { return self }
        let divisor = Self.power(scale - max(0, places))
        var (quotient, remainder) = digits.quotientAndRemainder(dividingBy: divisor)
        let up: Bool =
            switch mode {
            case .halfEven: remainder * 2 > divisor || (remainder * 2 == divisor && quotient & 1 == 1)
            case .halfAway: remainder * 2 >= divisor
            case .down: isNegative && remainder != 0
            case .up: !isNegative && remainder != 0
            case .towardZero: false
            }
        if up { quotient += 1 }
        return DecimalNumber(isNegative: isNegative, digits: quotient, scale: max(0, places))
    }

    // MARK: As other things

    package var text: String {
        var all = String(digits)
        if scale > 0 {
            if all.count <= scale { all = String(repeating: "0", count: scale - all.count + 1) + all }
            all.insert(".", at: all.index(all.endIndex, offsetBy: -scale))
        }
        return isNegative ? "-" + all : all
    }

    package var doubleValue: Double { Double(text) ?? 0 }

    /// The whole part, where it fits.
    package var int64Value: Int64? {
        let whole = rounded(0, .towardZero)
        if whole.isNegative {
            return whole.digits <= UInt128(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- Int128(whole.digits)) : nil
        }
        return Int64(exactly: whole.digits)
    }

    /// The same for equal numbers, however many zeros they are written with.
    package var key: String {
        var (digits, scale) = (digits, scale)
        while scale > 0, digits % 10 == 0 {
            digits /= 10
            scale -= 1
        }
        return DecimalNumber(isNegative: isNegative, digits: digits, scale: scale).text
    }
}

/// 256 bits without sign: what a product or two numbers with one point need.
private struct Wide: Comparable {
    var high: UInt128
    var low: UInt128

    static func product(_ a: UInt128, _ b: UInt128) -> Wide {
        let full = a.multipliedFullWidth(by: b)
        return Wide(high: full.high, low: full.low)
    }

    static func < (left: Wide, right: Wide) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }

    func plus(_ other: Wide) -> Wide {
        let (sum, carry) = low.addingReportingOverflow(other.low)
        return Wide(high: high &+ other.high &+ (carry ? 1 : 0), low: sum)
    }

    func plus(_ other: UInt128) -> Wide { plus(Wide(high: 0, low: other)) }

    func minus(_ other: Wide) -> Wide {
        let (difference, borrow) = low.subtractingReportingOverflow(other.low)
        return Wide(high: high &- other.high &- (borrow ? 1 : 0), low: difference)
    }

    func times(_ factor: UInt128) -> Wide {
        let full = low.multipliedFullWidth(by: factor)
        return Wide(high: high &* factor &+ full.high, low: full.low)
    }

    /// Quotient, remainder and the power itself; `nil` where the quotient has more than 128 bits.
    func divided(byPowerOfTen exponent: Int) -> (quotient: UInt128, remainder: Wide, divisor: Wide)? {
        // Less than half of any power that large.
        if exponent > 60 { return (0, Wide(high: 0, low: 0), Wide(high: 0, low: 1)) }
        var quotient = self
        // One division for each part of the power that fits into 128 bits.
        var left = exponent
        var divisor = Wide(high: 0, low: 1)
        while left > 0 {
            let step = min(left, 30)
            var part: UInt128 = 1
            for _ in 0..<step { part *= 10 }
            let high = quotient.high.quotientAndRemainder(dividingBy: part)
            let low = part.dividingFullWidth((high.remainder, quotient.low))
            quotient = Wide(high: high.quotient, low: low.quotient)
            divisor = divisor.times(part)
            left -= step
        }
        guard quotient.high == 0 else { return nil }
        let whole = divisor.times(quotient.low)
        return (quotient.low, minus(whole), divisor)
    }
}
