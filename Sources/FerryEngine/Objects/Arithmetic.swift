/// `+ - * / %` and the bit operators on two operands.
package enum Arithmetic {
    package enum Operation: String, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case remainder = "%"

        var methodName: String {
            switch self {
            case .add: "op_Addition"
            case .subtract: "op_Subtraction"
            case .multiply: "op_Multiply"
            case .divide: "op_Division"
            case .remainder: "op_Modulus"
            }
        }
    }

    package static func apply(_ operation: Operation, _ left: Value, _ right: Value, _ runspace: Runspace? = nil)
        throws(Stop) -> Value
    {
        switch (left, right) {
        case (.number(let a), .number(let b)): return .number(try numbers(operation, a, b))
        default: break
        }
        let (left, right) = (left.plain, right.plain)
        if case .object(let object as OperandObject) = left {
            if let result = try object.apply(operation, right, isLeft: true) { return result }
        } else if case .number = left, case .object(let object as OperandObject) = right,
            let result = try object.apply(operation, left, isLeft: false)
        {
            return result
        }
        switch operation {
        case .add: return try add(left, right, runspace)
        case .subtract: return try subtract(left, right, runspace)
        case .multiply: return try multiply(left, right, runspace)
        case .divide, .remainder: return try numeric(operation, left, right)
        }
    }

    private static func add(_ left: Value, _ right: Value, _ runspace: Runspace?) throws(Stop) -> Value {
        switch left {
        case .string(let text): return .string(text + Conversion.text(right, runspace))
        case .char(let unit): return .string(String(units: [unit]) + Conversion.text(right, runspace))
        case .array(let array):
            return .array(ArrayObject(array.elements + (right.elements ?? [right.isNothing ? .null : right])))
        case .list(let list): return .array(ArrayObject(list.elements + (right.elements ?? [right])))
        case .table(let table):
            if case .table(let other) = right {
                let sum = table.clone()
                for (key, value) in other.pairs {
                    if sum[key] != nil {
                        throw .runtime(
                            "System.ArgumentException", .operationStopped,
                            "Item has already been added. Key in dictionary: '\(key.display)'  Key being added: "
                                + "'\(key.display)'",
                            inner: ExceptionObject("System.ArgumentException", "Item has already been added."))
                    }
                    sum[key] = value
                }
                return .table(sum)
            }
            if right.isNull { return .table(table.clone()) }
            throw .runtime(
                "AddHashTableToNonHashTable", .invalidOperation,
                "A hash table can only be added to another hash table.", target: right)
        case .null, .nothing:
            switch right {
            case .number: break
            case .bool: break
            default: return right.isNothing ? .null : right
            }
        case .date(let date):
            if case .span(let span) = right {
                guard let sum = date.adding(span) else { throw outOfRange() }
                return .date(sum)
            }
            if case .string(let text) = right, let span = TimeSpan(text), let sum = date.adding(span) {
                return .date(sum)
            }
        case .span(let span):
            if case .span(let other) = right {
                let (ticks, overflow) = span.ticks.addingReportingOverflow(other.ticks)
                if overflow { throw tooLong() }
                return .span(TimeSpan(ticks: ticks))
            }
            if case .string(let text) = right, let other = TimeSpan(text) {
                return try add(left, .span(other), runspace)
            }
        case .object(let object) where object.enumerated != nil:
            return .array(ArrayObject((object.enumerated ?? []) + (right.elements ?? [right])))
        default: break
        }
        return try numeric(.add, left, right)
    }

    private static func subtract(_ left: Value, _ right: Value, _ runspace: Runspace?) throws(Stop) -> Value {
        switch (left, right) {
        case (.date(let a), .date(let b)): return .span(TimeSpan(ticks: a.ticks - b.ticks))
        case (.date(let a), .span(let b)):
            guard let date = a.adding(TimeSpan(ticks: 0 &- b.ticks)) else { throw outOfRange() }
            return .date(date)
        case (.date(let a), .string(let text)):
            if let date = DateFormat.parse(text) { return .span(TimeSpan(ticks: a.ticks - date.ticks)) }
        case (.span(let a), .span(let b)):
            let (ticks, overflow) = a.ticks.subtractingReportingOverflow(b.ticks)
            if overflow { throw tooLong() }
            return .span(TimeSpan(ticks: ticks))
        default: break
        }
        return try numeric(.subtract, left, right)
    }

    /// The most elements or characters repetition may make.
    private static let repetitionLimit = 1 << 28

    private static func multiply(_ left: Value, _ right: Value, _ runspace: Runspace?) throws(Stop) -> Value {
        switch left {
        case .null, .nothing: return .null
        case .string(let text):
            let times = try count(right)
            guard text.utf8.count * times <= repetitionLimit else { throw outOfMemory() }
            return .string(String(repeating: text, count: times))
        case .array(let array):
            let times = try count(right)
            guard array.elements.count * times <= repetitionLimit else { throw outOfMemory() }
            return .array(
                ArrayObject(Array(repeatElement(array.elements, count: times).joined()), of: array.elementType))
        case .list(let list):
            let times = try count(right)
            guard list.elements.count * times <= repetitionLimit else { throw outOfMemory() }
            return .array(ArrayObject(Array(repeatElement(list.elements, count: times).joined())))
        case .span(let span):
            if let factor = operandNumber(right) {
                return .span(TimeSpan(seconds: span.total(per: TimeSpan.ticksPerSecond) * factor.asDouble))
            }
        default: break
        }
        return try numeric(.multiply, left, right)
    }

    private static func count(_ value: Value) throws(Stop) -> Int {
        let converted = try Conversion.convert(value, to: .int32)
        guard case .number(let number) = converted, let times = number.asInt64 else { return 0 }
        guard times >= 0 else {
            throw .runtime(
                "System.ArgumentOutOfRangeException", .operationStopped,
                "Specified argument was out of the range of valid values. (Parameter 'times')",
                inner: ExceptionObject("System.ArgumentOutOfRangeException", "Specified argument was out of the range.")
            )
        }
        return Int(times)
    }

    private static func outOfMemory() -> Stop {
        .runtime(
            "System.OutOfMemoryException", .operationStopped,
            "Insufficient memory to continue the execution of the program.",
            exception: "System.OutOfMemoryException")
    }

    private static func outOfRange() -> Stop {
        .runtime(
            "System.ArgumentOutOfRangeException", .operationStopped,
            "The added or subtracted value results in an un-representable DateTime.",
            exception: "System.ArgumentOutOfRangeException")
    }

    private static func tooLong() -> Stop {
        .runtime(
            "System.OverflowException", .operationStopped,
            "TimeSpan overflowed because the duration is too long.", exception: "System.OverflowException")
    }

    // MARK: Numbers

    /// A scalar as the number arithmetic takes it for; `nil` if it has none.
    static func operandNumber(_ value: Value) -> Number? {
        switch value.plain {
        case .number(let number): number
        case .null, .nothing: .int(0)
        case .bool(let flag): .int(flag ? 1 : 0)
        case .char(let unit): .int(Int32(unit))
        case .string(let text): NumberText.literal(text)
        case .symbol(let symbol): Int32(exactly: symbol.number).map { .int($0) } ?? .long(symbol.number)
        case .object(let object): (object as? SwitchObject).map { .int($0.isPresent ? 1 : 0) }
        default: nil
        }
    }

    private static func numeric(_ operation: Operation, _ left: Value, _ right: Value) throws(Stop) -> Value {
        switch left {
        case .number, .bool, .null, .nothing, .string, .symbol: break
        case .span(let a):
            if operation == .divide {
                if case .span(let b) = right, b.ticks != 0 { return .double(Double(a.ticks) / Double(b.ticks)) }
                if let b = operandNumber(right), !b.isZero {
                    return .span(TimeSpan(seconds: a.total(per: TimeSpan.ticksPerSecond) / b.asDouble))
                }
            }
            throw undefined(operation, left, right)
        default: throw undefined(operation, left, right)
        }
        if case .string(let text) = left, NumberText.literal(text) == nil { throw notANumber(text) }
        if case .string(let text) = right, NumberText.literal(text) == nil { throw notANumber(text) }
        guard let a = operandNumber(left), let b = operandNumber(right) else {
            throw undefined(operation, left, right)
        }
        return .number(try numbers(operation, a, b))
    }

    private static func notANumber(_ text: String) -> Stop {
        Conversion.failed(
            .string(text), .int32, "The input string '\(text)' was not in a correct format.",
            id: "InvalidCastFromStringToInteger", inner: "System.FormatException")
    }

    private static func undefined(_ operation: Operation, _ left: Value, _ right: Value) -> Stop {
        let leftType = left.typeName.fullName
        func isPrimitive(_ value: Value) -> Bool {
            switch value {
            case .null, .nothing, .bool, .char, .number: true
            default: false
            }
        }
        // Whose operator is missing: the left operand's, or the right one's where the left is a plain number.
        let owner = isPrimitive(left) ? right : left
        switch owner {
        case .array, .table, .object, .date, .guid, .version, .list, .type:
            return .runtime(
                "MethodNotFound", .invalidOperation,
                "Method invocation failed because [\(owner.typeName.fullName)] does not contain a method named "
                    + "'\(operation.methodName)'.")
        default:
            return .runtime(
                "NotADefinedOperationForType", .invalidOperation,
                "The operation '[\(leftType)] \(operation.rawValue) [\(right.typeName.fullName)]' is not defined.")
        }
    }

    /// The kind two numbers meet in.
    private static func common(_ a: Number.Kind, _ b: Number.Kind) -> Number.Kind {
        if a == .decimal || b == .decimal { return .decimal }
        if a == .double || b == .double { return .double }
        if a == .single || b == .single { return .double }
        if a == .ulong || b == .ulong { return .ulong }
        if a == .long || b == .long { return .long }
        if a == .uint || b == .uint { return a == b ? .uint : .long }
        return .int
    }

    static func numbers(_ operation: Operation, _ a: Number, _ b: Number) throws(Stop) -> Number {
        switch (a, b) {
        case (.int(let x), .int(let y)): return try whole32(operation, x, y)
        case (.double(let x), .double(let y)): return try reals(operation, x, y)
        case (.double(let x), .int(let y)): return try reals(operation, x, Double(y))
        case (.int(let x), .double(let y)): return try reals(operation, Double(x), y)
        default: break
        }
        switch common(a.kind, b.kind) {
        case .decimal: return try decimals(operation, a, b)
        case .double, .single: return try reals(operation, a.asDouble, b.asDouble)
        case .ulong: return try unsigned(operation, a, b)
        case .int:
            return try whole32(operation, Int32(a.asInt64 ?? 0), Int32(b.asInt64 ?? 0))
        default: return try whole64(operation, a.asInt64 ?? 0, b.asInt64 ?? 0)
        }
    }

    private static func dividedByZero() -> Stop {
        .runtime(
            "RuntimeException", .notSpecified, "Attempted to divide by zero.",
            inner: ExceptionObject("System.DivideByZeroException", "Attempted to divide by zero."))
    }

    @inline(__always)
    private static func whole32(_ operation: Operation, _ x: Int32, _ y: Int32) throws(Stop) -> Number {
        let wide: Int64
        switch operation {
        case .add: wide = Int64(x) + Int64(y)
        case .subtract: wide = Int64(x) - Int64(y)
        case .multiply: wide = Int64(x) * Int64(y)
        case .divide:
            if y == 0 { throw dividedByZero() }
            if Int64(x) % Int64(y) == 0 { wide = Int64(x) / Int64(y) } else { return .double(Double(x) / Double(y)) }
        case .remainder:
            if y == 0 { throw dividedByZero() }
            wide = Int64(x) % Int64(y)
        }
        return Int32(exactly: wide).map { .int($0) } ?? .double(Double(wide))
    }

    private static func whole64(_ operation: Operation, _ x: Int64, _ y: Int64) throws(Stop) -> Number {
        let (value, overflow): (Int64, Bool)
        switch operation {
        case .add: (value, overflow) = x.addingReportingOverflow(y)
        case .subtract: (value, overflow) = x.subtractingReportingOverflow(y)
        case .multiply: (value, overflow) = x.multipliedReportingOverflow(by: y)
        case .divide:
            if y == 0 { throw dividedByZero() }
            if y == -1, x == .min { return .double(-Double(x)) }
            if x % y != 0 { return .double(Double(x) / Double(y)) }
            (value, overflow) = (x / y, false)
        case .remainder:
            if y == 0 { throw dividedByZero() }
            (value, overflow) = y == -1 ? (0, false) : (x % y, false)
        }
        return overflow ? try reals(operation, Double(x), Double(y)) : .long(value)
    }

    private static func unsigned(_ operation: Operation, _ a: Number, _ b: Number) throws(Stop) -> Number {
        func wide(_ number: Number) -> UInt64? {
            if case .ulong(let value) = number { return value }
            return number.asInt64.flatMap { UInt64(exactly: $0) }
        }
        guard let x = wide(a), let y = wide(b) else { return try reals(operation, a.asDouble, b.asDouble) }
        let (value, overflow): (UInt64, Bool)
        switch operation {
        case .add: (value, overflow) = x.addingReportingOverflow(y)
        case .subtract: (value, overflow) = x.subtractingReportingOverflow(y)
        case .multiply: (value, overflow) = x.multipliedReportingOverflow(by: y)
        case .divide:
            if y == 0 { throw dividedByZero() }
            if x % y != 0 { return .double(Double(x) / Double(y)) }
            (value, overflow) = (x / y, false)
        case .remainder:
            if y == 0 { throw dividedByZero() }
            (value, overflow) = (x % y, false)
        }
        return overflow ? try reals(operation, Double(x), Double(y)) : .ulong(value)
    }

    private static func reals(_ operation: Operation, _ x: Double, _ y: Double) throws(Stop) -> Number {
        switch operation {
        case .add: .double(x + y)
        case .subtract: .double(x - y)
        case .multiply: .double(x * y)
        case .divide: .double(x / y)
        case .remainder: .double(x.truncatingRemainder(dividingBy: y))
        }
    }

    private static func decimals(_ operation: Operation, _ a: Number, _ b: Number) throws(Stop) -> Number {
        guard let x = a.asDecimal, let y = b.asDecimal else {
            throw .runtime(
                "RuntimeException", .notSpecified, "Value was either too large or too small for a Decimal.",
                inner: ExceptionObject(
                    "System.OverflowException", "Value was either too large or too small for a Decimal."))
        }
        let result: DecimalNumber?
        switch operation {
        case .add: result = .sum(x, y)
        case .subtract: result = .sum(x, y.negated)
        case .multiply: result = .product(x, y)
        case .divide:
            if y.isZero { throw dividedByZero() }
            result = .quotient(x, y)
        case .remainder:
            if y.isZero { throw dividedByZero() }
            result = .remainder(x, y)
        }
        guard let result else {
            throw .runtime(
                "RuntimeException", .notSpecified, "Value was either too large or too small for a Decimal.",
                inner: ExceptionObject(
                    "System.OverflowException", "Value was either too large or too small for a Decimal."))
        }
        return .decimal(result)
    }

    package static func compare(_ a: Number, _ b: Number) -> Int {
        if case .int(let x) = a, case .int(let y) = b { return x < y ? -1 : (x > y ? 1 : 0) }
        if let x = a.asInt64, let y = b.asInt64 { return x < y ? -1 : (x > y ? 1 : 0) }
        if a.kind == .decimal || b.kind == .decimal, let x = a.asDecimal, let y = b.asDecimal {
            return x.compare(y)
        }
        if case .ulong(let x) = a, case .ulong(let y) = b { return x < y ? -1 : (x > y ? 1 : 0) }
        let (x, y) = (a.asDouble, b.asDouble)
        return x < y ? -1 : (x > y ? 1 : (x == y ? 0 : -1))
    }

    // MARK: Signs, bits

    package static func negate(_ value: Value) throws(Stop) -> Value { try apply(.subtract, .int(0), value) }

    package enum BitOperation: Sendable { case and, or, xor, shiftLeft, shiftRight }

    package static func bits(_ operation: BitOperation, _ left: Value, _ right: Value) throws(Stop) -> Value {
        guard let a = wholeOperand(left), let b = wholeOperand(right) else {
            let bad = wholeOperand(left) == nil ? left : right
            if case .string(let text) = bad { throw notANumber(text) }
            throw .runtime(
                "NotADefinedOperationForType", .invalidOperation,
                "The operation '[\(left.typeName.fullName)] \(operation) [\(right.typeName.fullName)]' is not defined.")
        }
        if case .symbol(let symbol) = left, operation != .shiftLeft, operation != .shiftRight {
            let other = b.asInt64 ?? 0
            let number =
                switch operation {
                case .and: symbol.number & other
                case .or: symbol.number | other
                default: symbol.number ^ other
                }
            return .symbol(symbol.type.value(number))
        }
        switch operation {
        case .shiftLeft, .shiftRight:
            let distance = b.asInt64 ?? 0
            switch a {
            case .int(let x):
                let shift = Int32(truncatingIfNeeded: distance & 31)
                return .int(operation == .shiftLeft ? x << shift : x >> shift)
            case .uint(let x):
                let shift = UInt32(truncatingIfNeeded: distance & 31)
                return .number(.uint(operation == .shiftLeft ? x << shift : x >> shift))
            case .ulong(let x):
                let shift = UInt64(distance & 63)
                return .number(.ulong(operation == .shiftLeft ? x << shift : x >> shift))
            default:
                let x = a.asInt64 ?? 0
                return .long(operation == .shiftLeft ? x << (distance & 63) : x >> (distance & 63))
            }
        case .and, .or, .xor: break
        }
        func combine<T: FixedWidthInteger>(_ x: T, _ y: T) -> T {
            switch operation {
            case .and: x & y
            case .or: x | y
            default: x ^ y
            }
        }
        if case .int(let x) = a, case .int(let y) = b { return .int(combine(x, y)) }
        if case .ulong(let x) = a { return .number(.ulong(combine(x, UInt64(bitPattern: b.asInt64 ?? 0)))) }
        if case .ulong(let y) = b { return .number(.ulong(combine(UInt64(bitPattern: a.asInt64 ?? 0), y))) }
        if case .uint(let x) = a, case .uint(let y) = b { return .number(.uint(combine(x, y))) }
        return .long(combine(a.asInt64 ?? 0, b.asInt64 ?? 0))
    }

    package static func complement(_ value: Value) throws(Stop) -> Value {
        guard let number = wholeOperand(value) else {
            throw .runtime(
                "NotADefinedOperationForType", .invalidOperation,
                "The operation '-bnot [\(value.typeName.fullName)]' is not defined.")
        }
        switch number {
        case .int(let x): return .int(~x)
        case .uint(let x): return .number(.uint(~x))
        case .ulong(let x): return .number(.ulong(~x))
        default: return .long(~(number.asInt64 ?? 0))
        }
    }

    /// Bit operators take whole numbers; reals are rounded, small kinds widened to Int32.
    private static func wholeOperand(_ value: Value) -> Number? {
        guard let number = operandNumber(value) else { return nil }
        switch number {
        case .int, .uint, .long, .ulong: return number
        case .sbyte, .byte, .short, .ushort: return .int(Int32(number.asInt64 ?? 0))
        default:
            guard let whole = number.roundedInt64 else { return nil }
            return Int32(exactly: whole).map { .int($0) } ?? .long(whole)
        }
    }
}
