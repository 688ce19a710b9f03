/// `[bigint]`, `System.Numerics.BigInteger`.
package final class BigIntegerObject: OperandObject {
    package static let type = RuntimeType(
        "System.Numerics.BigInteger", bases: ["System.ValueType", "System.Object"])

    let number: BigInteger

    init(_ number: BigInteger) { self.number = number }

    /// A literal's digits.
    convenience init?(digits: String) {
        guard let number = BigInteger(digits) else { return nil }
        self.init(number)
    }

    /// The number a value stands for; `nil` if it stands for none.
    static func read(_ value: Value) -> BigInteger? {
        switch value.plain {
        case .object(let object as BigIntegerObject): return object.number
        case .string(let text):
            let trimmed = text.trimmed
            if trimmed.isEmpty { return BigInteger(Int64(0)) }
            return BigInteger(trimmed) ?? NumberText.double(trimmed).flatMap { BigInteger($0) }
        case .number(let number):
            if let whole = number.asInt64 { return BigInteger(whole) }
            if case .ulong(let whole) = number { return BigInteger(whole) }
            if case .decimal(let decimal) = number { return BigInteger(decimal.rounded(0, .towardZero).text) }
            return BigInteger(number.asDouble)
        case .bool(let flag): return BigInteger(Int64(flag ? 1 : 0))
        case .char(let unit): return BigInteger(Int64(unit))
        case .null, .nothing: return BigInteger(Int64(0))
        default: return nil
        }
    }

    package override var typeName: RuntimeType { Self.type }
    package override var text: String { number.text }
    override var isTrue: Bool { !number.isZero }
    override var isScalar: Bool { true }
    package override var propertyNames: [String] { ["IsEven", "IsOne", "IsPowerOfTwo", "IsZero", "Sign"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "iseven": .bool(number.isEven)
        case "isone": .bool(number.isOne)
        case "ispoweroftwo": .bool(number.isPowerOfTwo)
        case "iszero": .bool(number.isZero)
        case "sign": .count(number.sign)
        default: nil
        }
    }

    override func order(_ other: Value) -> Int? {
        // A fraction decides between neighbours.
        if case .number(let real) = other.plain, !real.kind.isWhole, abs(real.asDouble) < 1e15 {
            let mine = number.double
            return mine < real.asDouble ? -1 : (mine > real.asDouble ? 1 : 0)
        }
        return Self.read(other).map { BigInteger.compare(number, $0) }
    }

    override func apply(_ operation: Arithmetic.Operation, _ other: Value, isLeft: Bool) throws(Stop) -> Value? {
        guard let given = Self.read(other) else { return nil }
        let (left, right) = isLeft ? (number, given) : (given, number)
        let result: BigInteger?
        switch operation {
        case .add: result = .sum(left, right)
        case .subtract: result = .sum(left, right.negated)
        case .multiply: result = .product(left, right)
        case .divide, .remainder:
            guard !right.isZero else {
                throw .runtime(
                    "RuntimeException", .notSpecified, "Attempted to divide by zero.",
                    inner: ExceptionObject("System.DivideByZeroException", "Attempted to divide by zero."))
            }
            let parts = BigInteger.divide(left, by: right)
            result = operation == .divide ? parts.quotient : parts.remainder
        }
        return .object(BigIntegerObject(try Self.checked(result)))
    }

    static func checked(_ result: BigInteger?) throws(Stop) -> BigInteger {
        guard let result else {
            throw .runtime(
                "System.OverflowException", .operationStopped, "Value was too large for a BigInteger.",
                exception: "System.OverflowException")
        }
        return result
    }

    /// `D`, `N` and `X` with a number of digits; `G`, `R` and none as they are.
    override func formatted(_ format: String) -> String? {
        guard let letter = format.first else { return text }
        let digits = Int(format.dropFirst())
        guard format.count == 1 || digits != nil, digits ?? 0 <= 1_000 else { return nil }
        let plain = number.magnitude.text
        let sign = number.isNegative ? "-" : ""
        switch letter {
        case "g", "G", "r", "R": return text
        case "d", "D": return sign + String(repeating: "0", count: max(0, (digits ?? 0) - plain.count)) + plain
        case "n", "N":
            var grouped = ""
            for (index, digit) in plain.enumerated() {
                if index > 0, (plain.count - index) % 3 == 0 { grouped.append(",") }
                grouped.append(digit)
            }
            let places = digits ?? 3
            return sign + grouped + (places > 0 ? "." + String(repeating: "0", count: places) : "")
        case "x", "X":
            guard !number.isNegative else { return nil }
            var text = ""
            for (index, limb) in number.limbs.reversed().enumerated() {
                let part = String(limb, radix: 16, uppercase: letter == "X")
                text += index == 0 ? part : String(repeating: "0", count: 8 - part.count) + part
            }
            // The leading digit keeps the sign readable.
            if text.first.map({ ("8"..."f").contains($0) || ("A"..."F").contains($0) }) ?? true { text = "0" + text }
            return String(repeating: "0", count: max(0, (digits ?? 0) - text.count)) + text
        default: return NumberFormat.text(.double(number.double), format)
        }
    }
}
