/// The parts of a number as written, and the value PowerShell gives them.
struct NumberLiteral {
    enum Format { case decimal, hexadecimal, binary }
    enum Suffix { case none, int8, uint8, int16, uint16, unsigned, int64, uint64, decimal, bigInteger }

    var isNegative = false
    var format = Format.decimal
    /// ASCII digits.
    var whole: [UInt8] = []
    var fraction: [UInt8] = []
    var isReal = false
    var exponent: [UInt8] = []
    var isExponentNegative = false
    var suffix = Suffix.none
    /// 1 for kb … 5 for pb.
    var multiplierPower = 0
    /// The offset after the number.
    var end = 0

    /// nil when the value does not fit the type its suffix asks for.
    var value: NumberValue? { isReal ? realValue : integerValue }

    private var multiplier: Int { 1 << (10 * multiplierPower) }

    // MARK: Reals

    private var realText: String {
        var text = (isNegative ? "-" : "") + (whole.isEmpty ? "0" : String(decoding: whole, as: UTF8.self))
        if !fraction.isEmpty { text += "." + String(decoding: fraction, as: UTF8.self) }
        if !exponent.isEmpty {
            text += "e" + (isExponentNegative ? "-" : "") + String(decoding: exponent, as: UTF8.self)
        }
        return text
    }

    private var realValue: NumberValue? {
        if suffix == .decimal { return decimalValue }
        guard let real = Double(realText) else { return nil }
        let scaled = real * Double(multiplier)
        if suffix == .none { return .double(scaled) }
        guard scaled.isFinite else { return nil }
        let rounded = scaled.rounded(.toNearestOrEven)
        if suffix == .bigInteger { return .bigInteger(DecimalDigits(rounded).description) }
        return typed(DecimalDigits(rounded))
    }

    private var decimalValue: NumberValue? {
        guard whole.count + fraction.count <= Self.digitLimit else { return nil }
        var digits = DecimalDigits(whole + fraction)
        digits.isNegative = isNegative
        guard exponent.count < 6, let written = Int(exponent.isEmpty ? "0" : String(decoding: exponent, as: UTF8.self))
        else { return nil }
        var scale = fraction.count - (isExponentNegative ? -written : written)
        guard scale > -64, scale < 128 else { return nil }
        while scale < 0 {
            digits.multiply(by: 10)
            scale += 1
        }
        digits.multiply(by: multiplier)
        return digits.decimal(scale: scale)
    }

    // MARK: Integers

    /// Longer literals are not numbers anybody means; the bound keeps reading them linear.
    private static let digitLimit = 1_000

    private var integerValue: NumberValue? {
        guard whole.count <= Self.digitLimit else { return nil }
        let isUnsigned = suffix == .unsigned || suffix == .uint8 || suffix == .uint16 || suffix == .uint64
        var suffix = suffix
        var digits: DecimalDigits
        switch format {
        case .decimal:
            digits = DecimalDigits(whole)
        case .hexadecimal:
            // Whole bytes of digits have a sign bit: 0xFFFFFFFF is -1.
            let isFull =
                switch suffix {
                case .int8: whole.count == 2
                case .int16: whole.count == 4
                default: whole.count % 8 == 0
                }
            digits = DecimalDigits(radix: 16, whole, hasSignBit: !isUnsigned && isFull)
            if whole.count == 16, suffix == .none || suffix == .unsigned { suffix = isUnsigned ? .uint64 : .int64 }
        case .binary:
            digits = DecimalDigits(
                radix: 2, whole, hasSignBit: !isUnsigned && [8, 16, 32, 64, 96].contains(whole.count))
            if whole.count == 64, suffix == .none || suffix == .unsigned { suffix = isUnsigned ? .uint64 : .int64 }
        }
        if isNegative { digits.isNegative.toggle() }
        digits.multiply(by: multiplier)
        if suffix != .none { return typed(digits, suffix) }
        if let value = Int32(digits.description) { return .int32(value) }
        if let value = Int64(digits.description) { return .int64(value) }
        guard format == .decimal else { return nil }
        return digits.decimal(scale: 0) ?? Double(digits.description).map { .double($0) }
    }

    private func typed(_ digits: DecimalDigits) -> NumberValue? { typed(digits, suffix) }

    private func typed(_ digits: DecimalDigits, _ suffix: Suffix) -> NumberValue? {
        let text = digits.description
        switch suffix {
        case .none: return nil
        case .int8: return Int8(text).map { .int8($0) }
        case .uint8: return UInt8(text).map { .uint8($0) }
        case .int16: return Int16(text).map { .int16($0) }
        case .uint16: return UInt16(text).map { .uint16($0) }
        case .unsigned: return UInt32(text).map { .uint32($0) } ?? UInt64(text).map { .uint64($0) }
        case .int64: return Int64(text).map { .int64($0) }
        case .uint64: return UInt64(text).map { .uint64($0) }
        case .decimal: return digits.decimal(scale: 0)
        case .bigInteger: return .bigInteger(text)
        }
    }
}

/// An integer of any size as decimal digits: just enough arithmetic for literals.
struct DecimalDigits: CustomStringConvertible {
    var isNegative = false
    /// Least significant first, base 10⁹; no leading zeros.
    private var limbs: [UInt64] = []

    init(_ ascii: [UInt8]) { self.init(radix: 10, ascii, hasSignBit: false) }

    init(radix: UInt64, _ ascii: [UInt8], hasSignBit: Bool) {
        for byte in ascii {
            let digit = byte <= 0x39 ? UInt64(byte - 0x30) : UInt64((byte | 0x20) - 0x61 + 10)
            multiplyAndAdd(radix, digit)
        }
        guard hasSignBit, let first = ascii.first, first >= (radix == 2 ? 0x31 : 0x38) else { return }
        // Two's complement: the value is −(radix^count − value).
        var bound = DecimalDigits([0x31])
        for _ in ascii { bound.multiplyAndAdd(radix, 0) }
        bound.subtract(self)
        bound.isNegative = !bound.limbs.isEmpty
        self = bound
    }

    init(_ value: Double) {
        // Whole numbers below 2⁵³ are their own digits; above, the significand is shifted left exactly.
        let exponent = value == 0 || !value.isFinite ? 0 : max(0, Int(value.exponent) - 52)
        let significand =
            value.isFinite ? (value.magnitude / Double(sign: .plus, exponent: exponent, significand: 1)) : 0
        self.init(Array(String(UInt64(significand)).utf8))
        for _ in 0..<exponent { multiplyAndAdd(2, 0) }
        isNegative = value < 0
    }

    mutating func multiply(by factor: Int) {
        var rest = factor
        // Factors beyond 2³⁰ in steps: a limb times 2³⁰ still fits 64 bits.
        while rest >= 1 << 30 {
            multiplyAndAdd(1 << 30, 0)
            rest >>= 30
        }
        multiplyAndAdd(UInt64(rest), 0)
    }

    private mutating func multiplyAndAdd(_ factor: UInt64, _ addend: UInt64) {
        var carry = addend
        for index in limbs.indices {
            let product = limbs[index] * factor + carry
            limbs[index] = product % 1_000_000_000
            carry = product / 1_000_000_000
        }
        while carry > 0 {
            limbs.append(carry % 1_000_000_000)
            carry /= 1_000_000_000
        }
    }

    /// Subtracts a magnitude that is not larger.
    private mutating func subtract(_ other: DecimalDigits) {
        var borrow: Int64 = 0
        for index in limbs.indices {
            var value = Int64(limbs[index]) - borrow - (index < other.limbs.count ? Int64(other.limbs[index]) : 0)
            borrow = value < 0 ? 1 : 0
            if value < 0 { value += 1_000_000_000 }
            limbs[index] = UInt64(value)
        }
        while limbs.last == 0 { limbs.removeLast() }
    }

    var description: String {
        guard let last = limbs.last else { return "0" }
        var text = (isNegative ? "-" : "") + String(last)
        for limb in limbs.dropLast().reversed() {
            let digits = String(limb)
            text += String(repeating: "0", count: 9 - digits.count) + digits
        }
        return text
    }

    /// As a .NET decimal: 96 bits of significand, a scale of at most 28, rounded to nearest even where digits must go.
    func decimal(scale: Int) -> NumberValue? {
        var digits = Array(description.utf8.drop { $0 == UInt8(ascii: "-") })
        var scale = scale
        let limit = (UInt128(1) << 96) - 1
        while scale > 28 || UInt128(String(decoding: digits, as: UTF8.self)).map({ $0 > limit }) ?? true {
            guard scale > 0, digits.count > 1 || digits[0] != UInt8(ascii: "0") else {
                if scale > 28, digits == [UInt8(ascii: "0")] {
                    scale = 28
                    continue
                }
                return nil
            }
            let dropped = digits.removeLast()
            if digits.isEmpty { digits = [UInt8(ascii: "0")] }
            scale -= 1
            let isOdd = (digits[digits.count - 1] & 1) == 1
            if dropped > UInt8(ascii: "5") || dropped == UInt8(ascii: "5") && isOdd {
                var raised = DecimalDigits(digits)
                raised.multiplyAndAdd(1, 1)
                digits = Array(raised.description.utf8)
            }
        }
        let sign = isNegative && digits != [UInt8(ascii: "0")] ? "-" : ""
        return .decimal(significand: sign + String(decoding: digits, as: UTF8.self), scale: scale)
    }
}
