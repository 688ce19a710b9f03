/// A whole number of any size up to `limbLimit`: sign and magnitude, in the operations scripts have for
/// `System.Numerics.BigInteger`.
struct BigInteger: Sendable {
    /// Results beyond are refused: about 300,000 decimal digits. Multiplication takes the square of the size.
    private static let limbLimit = 1 << 15

    /// Least significant first, without leading zeros; empty for zero.
    private(set) var limbs: [UInt32]
    private(set) var isNegative: Bool

    private init(limbs: [UInt32], isNegative: Bool) {
        var limbs = limbs
        while limbs.last == 0 { limbs.removeLast() }
        self.limbs = limbs
        self.isNegative = isNegative && !limbs.isEmpty
    }

    init(_ value: Int64) { self.init(magnitude: UInt128(value.magnitude), isNegative: value < 0) }

    private init(magnitude: UInt128, isNegative: Bool) {
        self.init(
            limbs: (0..<4).map { UInt32(truncatingIfNeeded: magnitude >> (32 * UInt128($0))) }, isNegative: isNegative)
    }

    init(_ value: UInt64) { self.init(magnitude: UInt128(value), isNegative: false) }

    /// The whole part; `nil` for what is not finite.
    init?(_ value: Double) {
        guard value.isFinite else { return nil }
        let whole = value.magnitude.rounded(.towardZero)
        guard whole >= 1 else {
            self.init(Int64(0))
            return
        }
        // The significand with the exponent it is to be shifted by.
        let exponent = Int(whole.exponent)
        let significand = UInt64(whole.significandBitPattern) | 1 << 52
        let shift = exponent - 52
        let bits = BigInteger(
            magnitude: UInt128(shift < 0 ? significand >> UInt64(-shift) : significand), isNegative: false)
        let shifted = shift > 0 ? bits.shiftedLeft(shift) : bits
        self.init(limbs: shifted.limbs, isNegative: value < 0)
    }

    /// Decimal digits with a sign; `nil` for anything else and for more digits than there is room for.
    init?(_ text: String) {
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        guard !rest.isEmpty, rest.count <= Self.limbLimit * 9, rest.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            return nil
        }
        var limbs: [UInt32] = []
        // Nine digits at a time.
        while !rest.isEmpty {
            let part = rest.prefix(9)
            rest = rest[part.endIndex...]
            var carry: UInt64 = 0
            var factor: UInt64 = 1
            for digit in part {
                carry = carry * 10 + UInt64(digit - 0x30)
                factor *= 10
            }
            for index in limbs.indices {
                let product = UInt64(limbs[index]) * factor + carry
                limbs[index] = UInt32(truncatingIfNeeded: product)
                carry = product >> 32
            }
            if carry > 0 { limbs.append(UInt32(carry)) }
        }
        self.init(limbs: limbs, isNegative: isNegative)
    }

    var isZero: Bool { limbs.isEmpty }
    var isEven: Bool { (limbs.first ?? 0) & 1 == 0 }
    var isOne: Bool { limbs == [1] && !isNegative }
    var isPowerOfTwo: Bool {
        !isNegative && limbs.last?.nonzeroBitCount == 1 && limbs.dropLast().allSatisfy { $0 == 0 }
    }
    var sign: Int { isZero ? 0 : (isNegative ? -1 : 1) }
    var negated: BigInteger { BigInteger(limbs: limbs, isNegative: !isNegative) }
    var magnitude: BigInteger { BigInteger(limbs: limbs, isNegative: false) }

    /// `nil` where it does not fit.
    var int64: Int64? {
        guard limbs.count <= 2 else { return nil }
        let size = limbs.reversed().reduce(UInt64(0)) { $0 << 32 | UInt64($1) }
        if isNegative { return size <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- size) : nil }
        return Int64(exactly: size)
    }

    var uint64: UInt64? {
        guard limbs.count <= 2, !isNegative else { return nil }
        return limbs.reversed().reduce(UInt64(0)) { $0 << 32 | UInt64($1) }
    }

    var double: Double { Double(text) ?? (isNegative ? -Double.infinity : Double.infinity) }

    var text: String {
        guard !isZero else { return "0" }
        var rest = limbs
        var parts: [String] = []
        while !rest.isEmpty {
            var remainder: UInt64 = 0
            for index in rest.indices.reversed() {
                let value = remainder << 32 | UInt64(rest[index])
                rest[index] = UInt32(value / 1_000_000_000)
                remainder = value % 1_000_000_000
            }
            while rest.last == 0 { rest.removeLast() }
            let digits = String(remainder)
            parts.append(rest.isEmpty ? digits : String(repeating: "0", count: 9 - digits.count) + digits)
        }
        return (isNegative ? "-" : "") + parts.reversed().joined()
    }

    // MARK: Magnitudes

    private static func compare(_ a: [UInt32], _ b: [UInt32]) -> Int {
        if a.count != b.count { return a.count < b.count ? -1 : 1 }
        for index in a.indices.reversed() where a[index] != b[index] { return a[index] < b[index] ? -1 : 1 }
        return 0
    }

    private static func sum(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var carry: UInt64 = 0
        for index in 0..<max(a.count, b.count) {
            carry += UInt64(index < a.count ? a[index] : 0) + UInt64(index < b.count ? b[index] : 0)
            result.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        if carry > 0 { result.append(UInt32(carry)) }
        return result
    }

    /// `a - b`, where `b` is not larger.
    private static func difference(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
        var result = a
        var borrow: Int64 = 0
        for index in a.indices {
            var value = Int64(a[index]) - borrow - Int64(index < b.count ? b[index] : 0)
            borrow = value < 0 ? 1 : 0
            if value < 0 { value += 1 << 32 }
            result[index] = UInt32(value)
        }
        return result
    }

    private func shiftedLeft(_ count: Int) -> BigInteger {
        let (whole, bits) = (count / 32, UInt64(count % 32))
        var result = [UInt32](repeating: 0, count: whole)
        var carry: UInt64 = 0
        for limb in limbs {
            carry |= UInt64(limb) << bits
            result.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        result.append(UInt32(carry))
        return BigInteger(limbs: result, isNegative: isNegative)
    }

    private func shiftedRight(_ count: Int) -> BigInteger {
        let (whole, bits) = (count / 32, UInt64(count % 32))
        guard whole < limbs.count else { return BigInteger(Int64(0)) }
        var result: [UInt32] = []
        for index in whole..<limbs.count {
            let high = index + 1 < limbs.count ? UInt64(limbs[index + 1]) << 32 : 0
            result.append(UInt32(truncatingIfNeeded: (high | UInt64(limbs[index])) >> bits))
        }
        return BigInteger(limbs: result, isNegative: isNegative)
    }

    // MARK: Operations

    static func compare(_ a: BigInteger, _ b: BigInteger) -> Int {
        if a.isNegative != b.isNegative { return a.isNegative ? -1 : 1 }
        return a.isNegative ? compare(b.limbs, a.limbs) : compare(a.limbs, b.limbs)
    }

    /// `nil` beyond the limit of size, as of all operations here.
    static func sum(_ a: BigInteger, _ b: BigInteger) -> BigInteger? {
        let result: BigInteger
        if a.isNegative == b.isNegative {
            result = BigInteger(limbs: sum(a.limbs, b.limbs), isNegative: a.isNegative)
        } else if compare(a.limbs, b.limbs) >= 0 {
            result = BigInteger(limbs: difference(a.limbs, b.limbs), isNegative: a.isNegative)
        } else {
            result = BigInteger(limbs: difference(b.limbs, a.limbs), isNegative: b.isNegative)
        }
        return result.limbs.count <= limbLimit ? result : nil
    }

    static func product(_ a: BigInteger, _ b: BigInteger) -> BigInteger? {
        guard a.limbs.count + b.limbs.count <= limbLimit else { return nil }
        var result = [UInt32](repeating: 0, count: a.limbs.count + b.limbs.count)
        for (place, x) in a.limbs.enumerated() {
            var carry: UInt64 = 0
            for (index, y) in b.limbs.enumerated() {
                let value = UInt64(x) * UInt64(y) + UInt64(result[place + index]) + carry
                result[place + index] = UInt32(truncatingIfNeeded: value)
                carry = value >> 32
            }
            result[place + b.limbs.count] = UInt32(carry)
        }
        return BigInteger(limbs: result, isNegative: a.isNegative != b.isNegative)
    }

    /// Quotient toward zero, and the remainder with the dividend's sign; the divisor is not zero. Long division in base 2³²
    /// (Knuth, The Art of Computer Programming, 4.3.1, algorithm D).
    static func divide(_ a: BigInteger, by b: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
        guard compare(a.limbs, b.limbs) >= 0, let top = b.limbs.last else { return (BigInteger(Int64(0)), a) }
        let isNegative = a.isNegative != b.isNegative
        if b.limbs.count == 1 {
            var quotient = a.limbs
            var remainder: UInt64 = 0
            for index in quotient.indices.reversed() {
                let value = remainder << 32 | UInt64(quotient[index])
                quotient[index] = UInt32(value / UInt64(top))
                remainder = value % UInt64(top)
            }
            return (
                BigInteger(limbs: quotient, isNegative: isNegative),
                BigInteger(limbs: [UInt32(remainder)], isNegative: a.isNegative)
            )
        }
        // Shifted so that the divisor's highest bit is set: a guessed digit is then at most two too large.
        let shift = top.leadingZeroBitCount
        let divisor = b.magnitude.shiftedLeft(shift).limbs
        var rest = a.magnitude.shiftedLeft(shift).limbs
        while rest.count <= a.limbs.count { rest.append(0) }
        let count = divisor.count
        let (first, second) = (UInt64(divisor[count - 1]), UInt64(divisor[count - 2]))
        var quotient = [UInt32](repeating: 0, count: rest.count - count)
        for place in quotient.indices.reversed() {
            let head = UInt64(rest[place + count]) << 32 | UInt64(rest[place + count - 1])
            var guess = head / first
            var left = head % first
            while guess >> 32 != 0 || guess * second > (left << 32 | UInt64(rest[place + count - 2])) {
                guess -= 1
                left += first
                if left >> 32 != 0 { break }
            }
            var borrow: Int64 = 0
            var carry: UInt64 = 0
            for index in 0..<count {
                let product = guess * UInt64(divisor[index]) + carry
                carry = product >> 32
                let value = Int64(rest[place + index]) - borrow - Int64(product & 0xFFFF_FFFF)
                rest[place + index] = UInt32(truncatingIfNeeded: value)
                borrow = value < 0 ? 1 : 0
            }
            let value = Int64(rest[place + count]) - borrow - Int64(carry)
            rest[place + count] = UInt32(truncatingIfNeeded: value)
            if value < 0 {
                // One too large after all: the divisor is added back.
                guess -= 1
                var carry: UInt64 = 0
                for index in 0..<count {
                    carry += UInt64(rest[place + index]) + UInt64(divisor[index])
                    rest[place + index] = UInt32(truncatingIfNeeded: carry)
                    carry >>= 32
                }
                rest[place + count] = rest[place + count] &+ UInt32(carry)
            }
            quotient[place] = UInt32(guess)
        }
        return (
            BigInteger(limbs: quotient, isNegative: isNegative),
            BigInteger(limbs: Array(rest.prefix(count)), isNegative: a.isNegative).shiftedRight(shift)
        )
    }

    /// The exponent is zero or more.
    static func power(_ base: BigInteger, _ exponent: Int) -> BigInteger? {
        var (result, square, rest) = (BigInteger(Int64(1)), base, exponent)
        while rest > 0 {
            if rest & 1 == 1 {
                guard let product = product(result, square) else { return nil }
                result = product
            }
            rest >>= 1
            if rest > 0 {
                guard let product = product(square, square) else { return nil }
                square = product
            }
        }
        return result
    }

    static func greatestCommonDivisor(_ a: BigInteger, _ b: BigInteger) -> BigInteger {
        var (x, y) = (a.magnitude, b.magnitude)
        while !y.isZero { (x, y) = (y, divide(x, by: y).remainder) }
        return x
    }

    /// `base` to the power of `exponent`, modulo `modulus`, which is not zero; the exponent is zero or more.
    static func power(_ base: BigInteger, _ exponent: BigInteger, modulo modulus: BigInteger) -> BigInteger? {
        var result = divide(BigInteger(Int64(1)), by: modulus).remainder
        var (square, rest) = (divide(base, by: modulus).remainder, exponent)
        while !rest.isZero {
            if !rest.isEven {
                guard let product = product(result, square) else { return nil }
                result = divide(product, by: modulus).remainder
            }
            rest = rest.shiftedRight(1)
            guard let product = product(square, square) else { return nil }
            square = divide(product, by: modulus).remainder
        }
        return result
    }
}
