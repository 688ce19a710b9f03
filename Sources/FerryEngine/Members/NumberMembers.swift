import Foundation

/// Numbers: limits and tests. `Parse` and `TryParse` are common to all types.
enum NumberMembers {
    static let tables: [TypeMembers] = [real, decimal]

    /// `[int]::MaxValue` and its kin.
    static func limit(_ key: String, _ kind: Number.Kind) -> Value? {
        func limits<T: FixedWidthInteger>(_ type: T.Type, _ make: (T) -> Number) -> Value? {
            switch key {
            case "maxvalue": .number(make(T.max))
            case "minvalue": .number(make(T.min))
            default: nil
            }
        }
        switch kind {
        case .sbyte: return limits(Int8.self) { .sbyte($0) }
        case .byte: return limits(UInt8.self) { .byte($0) }
        case .short: return limits(Int16.self) { .short($0) }
        case .ushort: return limits(UInt16.self) { .ushort($0) }
        case .int: return limits(Int32.self) { .int($0) }
        case .uint: return limits(UInt32.self) { .uint($0) }
        case .long: return limits(Int64.self) { .long($0) }
        case .ulong: return limits(UInt64.self) { .ulong($0) }
        case .single:
            switch key {
            case "maxvalue": return .number(.single(.greatestFiniteMagnitude))
            case "minvalue": return .number(.single(-.greatestFiniteMagnitude))
            case "epsilon": return .number(.single(.leastNonzeroMagnitude))
            case "nan": return .number(.single(.nan))
            case "positiveinfinity": return .number(.single(.infinity))
            case "negativeinfinity": return .number(.single(-.infinity))
            default: return nil
            }
        case .double:
            switch key {
            case "maxvalue": return .double(.greatestFiniteMagnitude)
            case "minvalue": return .double(-.greatestFiniteMagnitude)
            case "epsilon": return .double(.leastNonzeroMagnitude)
            case "nan": return .double(.nan)
            case "positiveinfinity": return .double(.infinity)
            case "negativeinfinity": return .double(-.infinity)
            default: return nil
            }
        case .decimal:
            let largest = DecimalNumber.largest
            switch key {
            case "maxvalue": return .number(.decimal(largest))
            case "minvalue": return .number(.decimal(largest.negated))
            case "zero": return .number(.decimal(DecimalNumber(Int64(0))))
            case "one": return .number(.decimal(DecimalNumber(Int64(1))))
            case "minusone": return .number(.decimal(DecimalNumber(Int64(-1))))
            default: return nil
            }
        }
    }

    private static let real = TypeMembers("System.Double") {
        $0.staticMethod("IsNaN", "static bool IsNaN(double d)", 1...1) { call throws(Stop) in
            .bool(try call.double(0).isNaN)
        }
        $0.staticMethod("IsInfinity", "static bool IsInfinity(double d)", 1...1) { call throws(Stop) in
            .bool(try call.double(0).isInfinite)
        }
    }

    private static let decimal = TypeMembers("System.Decimal") {
        $0.staticMethod("Round", "static decimal Round(decimal d, int decimals)", 1...3) { call throws(Stop) in
            try MathMembers.round(call)
        }
        $0.staticMethod("Truncate", "static decimal Truncate(decimal d)", 1...1) { call throws(Stop) in
            try MathMembers.truncate(call)
        }
        $0.staticMethod("Floor", "static decimal Floor(decimal d)", 1...1) { call throws(Stop) in
            try MathMembers.floor(call)
        }
    }
}
