import Foundation

/// `-eq`, `-lt` and sorting.
package enum Comparison {
    /// Equality as `-eq` decides it: the left operand's type leads; what cannot be converted is unequal.
    package static func equal(_ left: Value, _ right: Value, caseSensitive: Bool = false, _ runspace: Runspace? = nil)
        -> Bool
    {
        let (left, right) = (left.plain, right.plain)
        switch (left, right) {
        case (.null, _), (.nothing, _): return right.countsAsNull
        case (_, .null), (_, .nothing): return left.countsAsNull
        case (.string(let a), .string(let b)): return caseSensitive ? a == b : a.equalsIgnoringCase(b)
        case (.number(let a), .number(let b)): return Arithmetic.compare(a, b) == 0
        case (.bool(let a), .bool(let b)): return a == b
        case (.char(let a), .char(let b)):
            return a == b || (!caseSensitive && String(units: [a]).equalsIgnoringCase(String(units: [b])))
        case (.date(let a), .date(let b)): return a == b
        case (.span(let a), .span(let b)): return a == b
        case (.guid(let a), .guid(let b)): return a == b
        case (.version(let a), .version(let b)): return a == b
        case (.type(let a), .type(let b)): return a == b
        case (.symbol(let a), .symbol(let b)):
            return a.type.fullName == b.type.fullName && a.number == b.number
        case (.array(let a), .array(let b)): return a === b
        case (.list(let a), .list(let b)): return a === b
        case (.table(let a), .table(let b)): return a === b
        case (.object(let a), .object(let b)):
            if a === b { return true }
            if a.isEqual(to: b) { return true }
            return false
        case (.string(let a), _): return equal(a, text(right), caseSensitive)
        case (.number, .string(let b)):
            guard let number = NumberText.literal(b) else { return false }
            if b.isEmpty { return equal(left, .int(0)) }
            return equal(left, .number(number))
        case (.char(let a), .string(let b)): return equal(String(units: [a]), b, caseSensitive)
        case (.symbol(let a), .string(let b)):
            if let symbol = a.type.value(named: b) { return symbol.number == a.number }
            return false
        case (.bool(let a), _): return a == right.isTrue
        case (.object(let a as SemanticVersionObject), _):
            return SemanticVersionObject.read(right).map { a.isEqual(to: $0) } ?? false
        case (.object(let a as OperandObject), _): return a.order(right) == 0
        case (.number, .object(let b as OperandObject)): return b.order(left) == 0
        default:
            guard let converted = Conversion.attempt(right, to: left.typeName, runspace), !converted.isNull else {
                return false
            }
            if case .object = converted, case .object = left { return false }
            return sameKind(left, converted) && equal(left, converted, caseSensitive: caseSensitive, runspace)
        }
    }

    private static func equal(_ a: String, _ b: String, _ caseSensitive: Bool) -> Bool {
        caseSensitive ? a == b : a.equalsIgnoringCase(b)
    }

    private static func text(_ value: Value) -> String { value.display }

    /// Guards against a conversion that changed nothing, which would compare for ever.
    private static func sameKind(_ a: Value, _ b: Value) -> Bool {
        switch (a, b) {
        case (.number, .number), (.char, .char), (.date, .date), (.span, .span), (.guid, .guid), (.version, .version),
            (.type, .type), (.symbol, .symbol), (.table, .table), (.array, .array), (.list, .list):
            true
        default: false
        }
    }

    /// Order as `-lt` decides it: negative, zero or positive. Throws what PowerShell throws for things that have no order.
    package static func order(
        _ left: Value, _ right: Value, caseSensitive: Bool = false, _ runspace: Runspace? = nil
    ) throws(Stop) -> Int {
        let (left, right) = (left.plain, right.plain)
        switch (left, right) {
        case (.null, .null): return 0
        case (.nothing, _) where right.isNull: return 0
        case (.null, _), (.nothing, _): return try nullOrder(right)
        case (_, .null), (_, .nothing): return -(try nullOrder(left))
        case (.string(let a), .string(let b)): return Collation.compare(a, b, caseSensitive: caseSensitive)
        case (.number(let a), .number(let b)): return Arithmetic.compare(a, b)
        case (.date(let a), .date(let b)): return a < b ? -1 : (a > b ? 1 : 0)
        case (.span(let a), .span(let b)): return a < b ? -1 : (a > b ? 1 : 0)
        case (.version(let a), .version(let b)): return a < b ? -1 : (a > b ? 1 : 0)
        case (.bool(let a), .bool(let b)): return (a ? 1 : 0) - (b ? 1 : 0)
        case (.char(let a), .char(let b)):
            return Collation.compare(String(units: [a]), String(units: [b]), caseSensitive: caseSensitive)
        case (.guid(let a), .guid(let b)): return Collation.compare(a.text, b.text, caseSensitive: false)
        case (.symbol(let a), .symbol(let b)) where a.type.fullName == b.type.fullName:
            return a.number < b.number ? -1 : (a.number > b.number ? 1 : 0)
        case (.string(let a), _): return Collation.compare(a, right.display, caseSensitive: caseSensitive)
        case (.object(let a as SemanticVersionObject), _):
            if let b = SemanticVersionObject.read(right) { return a.order(b) }
        case (.object(let a as OperandObject), _):
            if let order = a.order(right) { return order }
        case (.number, .object(let b as OperandObject)):
            if let order = b.order(left) { return -order }
        default: break
        }
        switch left {
        case .array, .list, .table, .object, .type:
            if case .object(let a) = left, case .object(let b) = right, a === b || a.isEqual(to: b) { return 0 }
            throw .runtime(
                "NotIcomparable", .invalidOperation,
                "Cannot compare \"\(left.display)\" because it is not IComparable.",
                exception: "System.Management.Automation.ExtendedTypeSystemException")
        default: break
        }
        let converted: Value
        do throws(Stop) {
            converted = try operand(right, as: left.typeName, runspace)
        } catch {
            let reason = error.record?.exception.message ?? ""
            throw .runtime(
                "ComparisonFailure", .invalidOperation,
                "Could not compare \"\(left.display)\" to \"\(right.display)\". Error: \"\(reason)\"",
                exception: "System.Management.Automation.ExtendedTypeSystemException",
                inner: error.record?.exception)
        }
        return try order(left, converted, caseSensitive: caseSensitive, runspace)
    }

    private static func operand(_ value: Value, as type: RuntimeType, _ runspace: Runspace?) throws(Stop) -> Value {
        // `5 -lt '5.5'` compares numbers: the string keeps its fraction.
        if case .number = type.kind, case .string(let text) = value, let number = NumberText.literal(text) {
            return .number(number)
        }
        return try Conversion.convert(value, to: type, runspace)
    }

    /// Null is below everything except negative numbers.
    private static func nullOrder(_ other: Value) throws(Stop) -> Int {
        if case .number(let number) = other { return number.asDouble < 0 ? 1 : -1 }
        return -1
    }

    /// A total order for `Sort-Object` and `-Unique`: values without an order compare by type, then by text.
    package static func sortOrder(_ left: Value, _ right: Value, caseSensitive: Bool = false) -> Int {
        switch (left, right) {
        case (.symbol, .string), (.string, .symbol): break
        default:
            if let order = try? order(left, right, caseSensitive: caseSensitive) { return order }
        }
        return Collation.compare(left.display, right.display, caseSensitive: caseSensitive)
    }
}

/// The order of strings: like ICU's root collation, punctuation before digits before letters, case only as a tie-break.
package enum Collation {
    package static func compare(_ left: String, _ right: String, caseSensitive: Bool) -> Int {
        var cases = 0
        var first = left.utf8.makeIterator()
        var second = right.utf8.makeIterator()
        while true {
            let (x, y) = (first.next(), second.next())
            guard let x, let y else {
                if x == nil, y == nil { return caseSensitive ? cases : 0 }
                return x == nil ? -1 : 1
            }
            if x | y >= 0x80 { return compareScalars(left, right, caseSensitive: caseSensitive) }
            if x == y { continue }
            let difference = Int(asciiWeights[Int(x)]) - Int(asciiWeights[Int(y)])
            if difference != 0 { return difference < 0 ? -1 : 1 }
            if cases == 0 { cases = x > y ? -1 : 1 }
        }
    }

    private static let asciiWeights: [UInt16] = (0..<128).map { UInt16(weight(Unicode.Scalar(UInt8($0)))) }

    private static func compareScalars(_ left: String, _ right: String, caseSensitive: Bool) -> Int {
        let a = Array(left.unicodeScalars)
        let b = Array(right.unicodeScalars)
        // Accents decide before case, and either only when the letters themselves are the same throughout.
        var accents = 0
        var cases = 0
        for index in 0..<min(a.count, b.count) where a[index] != b[index] {
            let (x, y) = (a[index], b[index])
            let difference = weight(x) - weight(y)
            if difference != 0 { return difference < 0 ? -1 : 1 }
            let (lowerX, lowerY) = (x.properties.lowercaseMapping, y.properties.lowercaseMapping)
            if lowerX != lowerY {
                if accents == 0 { accents = lowerX < lowerY ? -1 : 1 }
            } else if cases == 0 {
                cases = x.properties.isLowercase ? -1 : 1
            }
        }
        if a.count != b.count { return a.count < b.count ? -1 : 1 }
        return accents != 0 ? accents : (caseSensitive ? cases : 0)
    }

    private static let punctuation: [Unicode.Scalar: Int] = {
        let order = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
        return Dictionary(uniqueKeysWithValues: order.unicodeScalars.enumerated().map { ($1, 100 + $0) })
    }()

    private static func weight(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII {
            switch scalar.value {
            case 48...57: return 1000 + Int(scalar.value - 48)
            case 65...90: return 2000 + Int(scalar.value - 65) * 16
            case 97...122: return 2000 + Int(scalar.value - 97) * 16
            default: return punctuation[scalar] ?? Int(scalar.value)
            }
        }
        // An accented Latin letter sorts with its base.
        let base = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.first ?? scalar
        if base.isASCII, base != scalar { return weight(base) }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
        return 10_000 + Int(lower.value)
    }
}
