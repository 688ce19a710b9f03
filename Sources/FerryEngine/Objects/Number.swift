import Foundation

/// A .NET number. `int`, `long` and `double` are what scripts meet; the others come from casts, suffixes and typed properties.
package enum Number {
    case sbyte(Int8)
    case byte(UInt8)
    case short(Int16)
    case ushort(UInt16)
    case int(Int32)
    case uint(UInt32)
    case long(Int64)
    case ulong(UInt64)
    case single(Float)
    case double(Double)
    indirect case decimal(DecimalNumber)

    package enum Kind: Sendable, Hashable, CaseIterable {
        case sbyte, byte, short, ushort, int, uint, long, ulong, single, double, decimal

        package var isWhole: Bool {
            switch self {
            case .single, .double, .decimal: false
            default: true
            }
        }

        package var typeName: RuntimeType {
            switch self {
            case .sbyte: .sbyte
            case .byte: .byte
            case .short: .int16
            case .ushort: .uint16
            case .int: .int32
            case .uint: .uint32
            case .long: .int64
            case .ulong: .uint64
            case .single: .single
            case .double: .double
            case .decimal: .decimal
            }
        }
    }

    package var kind: Kind {
        switch self {
        case .sbyte: .sbyte
        case .byte: .byte
        case .short: .short
        case .ushort: .ushort
        case .int: .int
        case .uint: .uint
        case .long: .long
        case .ulong: .ulong
        case .single: .single
        case .double: .double
        case .decimal: .decimal
        }
    }

    package var isZero: Bool { asDouble == 0 }

    package var asDouble: Double {
        switch self {
        case .sbyte(let value): Double(value)
        case .byte(let value): Double(value)
        case .short(let value): Double(value)
        case .ushort(let value): Double(value)
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .long(let value): Double(value)
        case .ulong(let value): Double(value)
        case .single(let value): Double(value)
        case .double(let value): value
        case .decimal(let value): value.doubleValue
        }
    }

    /// The whole number, if it is one of the whole kinds and fits.
    package var asInt64: Int64? {
        switch self {
        case .sbyte(let value): Int64(value)
        case .byte(let value): Int64(value)
        case .short(let value): Int64(value)
        case .ushort(let value): Int64(value)
        case .int(let value): Int64(value)
        case .uint(let value): Int64(value)
        case .long(let value): value
        case .ulong(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// Exact for whole kinds; rounded half to even for the others; `nil` outside the range.
    package var roundedInt64: Int64? {
        switch self {
        case .decimal(let value): return value.rounded(0, .halfEven).int64Value
        case .single, .double: return Int64(exactly: asDouble.rounded(.toNearestOrEven))
        default: return asInt64
        }
    }

    package var asDecimal: DecimalNumber? {
        switch self {
        case .decimal(let value): return value
        case .single(let value):
            guard value.isFinite, abs(value) < 7.9e28 else { return nil }
            return DecimalNumber(String(format: "%.7g", value)).map { DecimalNumber($0.key) ?? $0 }
        case .double(let value):
            guard value.isFinite, abs(value) < 7.9e28 else { return nil }
            return DecimalNumber(String(format: "%.15g", value)).map { DecimalNumber($0.key) ?? $0 }
        case .ulong(let value): return DecimalNumber(value)
        default: return asInt64.map { DecimalNumber($0) }
        }
    }

    package var typeName: RuntimeType { kind.typeName }
}

extension Number {
    /// The invariant text, .NET's shortest round-trip form.
    package var text: String {
        switch self {
        case .sbyte(let value): String(value)
        case .byte(let value): String(value)
        case .short(let value): String(value)
        case .ushort(let value): String(value)
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .long(let value): String(value)
        case .ulong(let value): String(value)
        case .single(let value): Number.shortest(value)
        case .double(let value): Number.shortest(value)
        case .decimal(let value): value.text
        }
    }

    /// Shortest digits that read back the same, in .NET's layout: plain up to 15 digits (7 for single), then `1E+15`.
    static func shortest<T: BinaryFloatingPoint & CustomStringConvertible>(_ value: T) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        var digits = value.magnitude.description.lowercased()
        var exponent = 0
        if let mark = digits.firstIndex(of: "e") {
            exponent = Int(digits[digits.index(after: mark)...]) ?? 0
            digits = String(digits[..<mark])
        }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(parts[0])
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        var all = Array(whole + fraction)
        // The decimal point sits after `point` digits of `all`.
        var point = whole.count + exponent
        while all.count > 1, all.last == "0" { all.removeLast() }
        while all.count > 1, all.first == "0" {
            all.removeFirst()
            point -= 1
        }
        let sign = value < 0 ? "-" : ""
        let scientific = point - 1
        let limit = T.self == Float.self ? 7 : 15
        if scientific >= limit || scientific <= -5 {
            let mantissa = String(all[0]) + (all.count > 1 ? "." + String(all[1...]) : "")
            let power = abs(scientific)
            return "\(sign)\(mantissa)E\(scientific < 0 ? "-" : "+")\(power < 10 ? "0" : "")\(power)"
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + String(all) }
        if point >= all.count { return sign + String(all) + String(repeating: "0", count: point - all.count) }
        return sign + String(all[..<point]) + "." + String(all[point...])
    }
}
