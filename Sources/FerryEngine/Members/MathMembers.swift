import Foundation

/// `[math]`
enum MathMembers {
    static let tables: [TypeMembers] = [math]

    /// The argument as a number, kept as decimal or whole where it is.
    private static func number(_ call: MethodCall, _ index: Int) throws(Stop) -> Number {
        if let number = Arithmetic.operandNumber(call.arguments[index]) { return number }
        return .double(try call.double(index))
    }

    /// Banker's rounding unless a mode is given; digits count decimals.
    static func round(_ call: MethodCall) throws(Stop) -> Value {
        let value = try number(call, 0)
        var digits = 0
        var awayFromZero = false
        for argument in call.arguments.dropFirst() {
            if case .number(let number) = argument {
                digits = Int(number.asInt64 ?? 0)
            } else if argument.display.folded.contains("awayfromzero") {
                awayFromZero = true
            }
        }
        guard (0...15).contains(digits) || (0...28).contains(digits) && value.kind == .decimal else {
            throw call.failed(
                "System.ArgumentOutOfRangeException",
                "Rounding digits must be between 0 and 15, inclusive. (Parameter 'digits')")
        }
        if case .decimal(let decimal) = value {
            return .number(.decimal(decimal.rounded(digits, awayFromZero ? .halfAway : .halfEven)))
        }
        let real = value.asDouble
        guard real.isFinite, abs(real) < 1e15 else { return .double(real) }
        if digits == 0 { return .double(real.rounded(awayFromZero ? .toNearestOrAwayFromZero : .toNearestOrEven)) }
        // As .NET: scale, round, scale back.
        let scale = pow(10, Double(digits))
        return .double((real * scale).rounded(awayFromZero ? .toNearestOrAwayFromZero : .toNearestOrEven) / scale)
    }

    static func truncate(_ call: MethodCall) throws(Stop) -> Value {
        let value = try number(call, 0)
        if case .decimal(let decimal) = value {
            return .number(.decimal(decimal.rounded(0, .towardZero)))
        }
        return .double(value.asDouble.rounded(.towardZero))
    }

    static func floor(_ call: MethodCall) throws(Stop) -> Value {
        let value = try number(call, 0)
        if case .decimal(let decimal) = value { return .number(.decimal(decimal.rounded(0, .down))) }
        return .double(value.asDouble.rounded(.down))
    }

    private static func ceiling(_ call: MethodCall) throws(Stop) -> Value {
        let value = try number(call, 0)
        if case .decimal(let decimal) = value { return .number(.decimal(decimal.rounded(0, .up))) }
        return .double(value.asDouble.rounded(.up))
    }

    /// The greater or lesser of two, in the kind they have in common.
    private static func pick(_ call: MethodCall, greater: Bool) throws(Stop) -> Value {
        let (a, b) = (try number(call, 0), try number(call, 1))
        let order = Arithmetic.compare(a, b)
        let winner = (order >= 0) == greater ? a : b
        let kinds = [a.kind, b.kind]
        let kind: Number.Kind =
            kinds.contains(.decimal)
            ? .decimal
            : (kinds.contains(.double) || kinds.contains(.single)
                ? .double : (kinds.contains(.long) ? .long : winner.kind))
        return .number(Conversion.fit(winner, kind) ?? winner)
    }

    private static func absolute(_ call: MethodCall) throws(Stop) -> Value {
        switch try number(call, 0) {
        case .int(let value) where value != .min: return .int(Swift.abs(value))
        case .long(let value) where value != .min: return .long(Swift.abs(value))
        case .decimal(let value): return .number(.decimal(value.magnitude))
        case .int, .long:
            throw call.failed(
                "System.OverflowException", "Negating the minimum value of a twos complement number is invalid.")
        case let other: return .double(Swift.abs(other.asDouble))
        }
    }

    private static func function(
        _ builder: inout TypeMembers.Builder, _ name: String, _ body: @escaping @Sendable (Double) -> Double
    ) {
        builder.staticMethod(name, "static double \(name)(double d)", 1...1) { call throws(Stop) in
            .double(body(try call.double(0)))
        }
    }

    private static let math = TypeMembers("System.Math") {
        $0.constant("PI", .double) { .double(.pi) }
        $0.constant("E", .double) { .double(M_E) }
        $0.staticMethod("Round", "static double Round(double a)\nstatic double Round(double value, int digits)", 1...3)
        { call throws(Stop) in
            try round(call)
        }
        $0.staticMethod("Truncate", "static double Truncate(double d)", 1...1) { call throws(Stop) in try truncate(call)
        }
        $0.staticMethod("Floor", "static double Floor(double d)", 1...1) { call throws(Stop) in try floor(call) }
        $0.staticMethod("Ceiling", "static double Ceiling(double a)", 1...1) { call throws(Stop) in try ceiling(call) }
        $0.staticMethod("Min", "static int Min(int val1, int val2)", 2...2) { call throws(Stop) in
            try pick(call, greater: false)
        }
        $0.staticMethod("Max", "static int Max(int val1, int val2)", 2...2) { call throws(Stop) in
            try pick(call, greater: true)
        }
        $0.staticMethod("Clamp", "static int Clamp(int value, int min, int max)", 3...3) { call throws(Stop) in
            let (value, low, high) = (try number(call, 0), try number(call, 1), try number(call, 2))
            guard Arithmetic.compare(low, high) <= 0 else {
                throw call.failed(
                    "System.ArgumentException",
                    "'\(Value.number(low).scalarText)' cannot be greater than \(Value.number(high).scalarText).")
            }
            if Arithmetic.compare(value, low) < 0 { return .number(low) }
            return .number(Arithmetic.compare(value, high) > 0 ? high : value)
        }
        $0.staticMethod("Abs", "static int Abs(int value)", 1...1) { call throws(Stop) in try absolute(call) }
        $0.staticMethod("Sign", "static int Sign(double value)", 1...1) { call throws(Stop) in
            let value = try call.double(0)
            return .int(value > 0 ? 1 : (value < 0 ? -1 : 0))
        }
        $0.staticMethod("Pow", "static double Pow(double x, double y)", 2...2) { call throws(Stop) in
            .double(pow(try call.double(0), try call.double(1)))
        }
        $0.staticMethod("Log", "static double Log(double d, double newBase)", 1...2) { call throws(Stop) in
            let value = log(try call.double(0))
            return .double(try call.count > 1 ? value / log(call.double(1)) : value)
        }
        $0.staticMethod("Atan2", "static double Atan2(double y, double x)", 2...2) { call throws(Stop) in
            .double(atan2(try call.double(0), try call.double(1)))
        }
        $0.staticMethod("DivRem", "static int DivRem(int a, int b, [ref] int result)", 2...3) { call throws(Stop) in
            let (a, b) = (try call.long(0), try call.long(1))
            guard b != -1 || a != .min else {
                throw call.failed("System.OverflowException", "Arithmetic operation resulted in an overflow.")
            }
            guard b != 0 else { throw call.failed("System.DivideByZeroException", "Attempted to divide by zero.") }
            if call.count > 2, let reference = call.arguments[2].asObject as? ReferenceObject {
                try reference.variable.assign(.count(Int(a % b)), call.runspace)
            }
            return .count(Int(a / b))
        }
        function(&$0, "Sqrt") { $0.squareRoot() }
        function(&$0, "Cbrt") { cbrt($0) }
        function(&$0, "Exp") { exp($0) }
        function(&$0, "Log10") { log10($0) }
        function(&$0, "Log2") { log2($0) }
        function(&$0, "Sin") { sin($0) }
        function(&$0, "Cos") { cos($0) }
        function(&$0, "Tan") { tan($0) }
        function(&$0, "Asin") { asin($0) }
        function(&$0, "Acos") { acos($0) }
        function(&$0, "Atan") { atan($0) }
    }
}
