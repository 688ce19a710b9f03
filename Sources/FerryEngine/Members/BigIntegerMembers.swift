/// `[bigint]`
enum BigIntegerMembers {
    private static func number(_ call: MethodCall, _ index: Int) throws(Stop) -> BigInteger {
        guard let number = BigIntegerObject.read(try call.convert(index, BigIntegerObject.type)) else {
            throw call.noOverload()
        }
        return number
    }

    private static func made(_ number: BigInteger?) throws(Stop) -> Value {
        .object(BigIntegerObject(try BigIntegerObject.checked(number)))
    }

    private static func mine(_ call: MethodCall) throws(Stop) -> BigInteger {
        guard let number = BigIntegerObject.read(call.target) else { throw call.noOverload() }
        return number
    }

    static let members = TypeMembers(BigIntegerObject.type.fullName) {
        for (name, value) in [("Zero", Int64(0)), ("One", 1), ("MinusOne", -1)] {
            $0.constant(name, BigIntegerObject.type) { .object(BigIntegerObject(BigInteger(value))) }
        }
        for (name, operation) in [
            ("Add", Arithmetic.Operation.add), ("Subtract", .subtract), ("Multiply", .multiply), ("Divide", .divide),
            ("Remainder", .remainder),
        ] {
            $0.staticMethod(name, "static bigint \(name)(bigint left, bigint right)", 2...2) { call throws(Stop) in
                let left = BigIntegerObject(try number(call, 0))
                return try left.apply(operation, .object(BigIntegerObject(try number(call, 1))), isLeft: true) ?? .null
            }
        }
        $0.staticMethod("Pow", "static bigint Pow(bigint value, int exponent)", 2...2) { call throws(Stop) in
            let exponent = try call.int(1)
            guard exponent >= 0 else {
                throw call.failed(
                    "System.ArgumentOutOfRangeException",
                    "The number must be greater than or equal to zero. (Parameter 'exponent')")
            }
            return try made(.power(try number(call, 0), exponent))
        }
        $0.staticMethod("ModPow", "static bigint ModPow(bigint value, bigint exponent, bigint modulus)", 3...3) {
            call throws(Stop) in
            let (exponent, modulus) = (try number(call, 1), try number(call, 2))
            guard !exponent.isNegative else {
                throw call.failed(
                    "System.ArgumentOutOfRangeException",
                    "The number must be greater than or equal to zero. (Parameter 'exponent')")
            }
            guard !modulus.isZero else {
                throw call.failed("System.DivideByZeroException", "Attempted to divide by zero.")
            }
            return try made(.power(try number(call, 0), exponent, modulo: modulus))
        }
        $0.staticMethod(
            "GreatestCommonDivisor", "static bigint GreatestCommonDivisor(bigint left, bigint right)", 2...2
        ) {
            call throws(Stop) in try made(.greatestCommonDivisor(try number(call, 0), try number(call, 1)))
        }
        $0.staticMethod("Abs", "static bigint Abs(bigint value)", 1...1) { call throws(Stop) in
            try made(try number(call, 0).magnitude)
        }
        $0.staticMethod("Negate", "static bigint Negate(bigint value)", 1...1) { call throws(Stop) in
            try made(try number(call, 0).negated)
        }
        for (name, wanted) in [("Max", 1), ("Min", -1)] {
            $0.staticMethod(name, "static bigint \(name)(bigint left, bigint right)", 2...2) { call throws(Stop) in
                let (a, b) = (try number(call, 0), try number(call, 1))
                return try made(BigInteger.compare(a, b).signum() == -wanted ? b : a)
            }
        }
        $0.staticMethod("Compare", "static int Compare(bigint left, bigint right)", 2...2) { call throws(Stop) in
            .count(BigInteger.compare(try number(call, 0), try number(call, 1)))
        }
        $0.staticMethod("Parse", "static bigint Parse(string value)", 1...1) { call throws(Stop) in
            let text = try call.string(0)
            guard let number = BigInteger(text.trimmed) else {
                throw call.failed("System.FormatException", "The value could not be parsed.")
            }
            return try made(number)
        }
        $0.method("CompareTo", "int CompareTo(bigint other)", 1...1) { call throws(Stop) in
            .count(BigInteger.compare(try mine(call), try number(call, 0)))
        }
        $0.method("ToString", "string ToString()\nstring ToString(string format)", 0...2) { call throws(Stop) in
            let object = BigIntegerObject(try mine(call))
            let format = call.count > 0 ? try call.string(0) : ""
            guard let text = object.formatted(format) else {
                throw call.failed("System.FormatException", "Format specifier was invalid.")
            }
            return .string(text)
        }
        $0.make { call throws(Stop) in
            guard call.count == 1 else { throw call.noOverload() }
            return try call.convert(0, BigIntegerObject.type)
        }
    }
}
