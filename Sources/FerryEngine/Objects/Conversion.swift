import Foundation

/// `[type]value`: PowerShell's conversions, with .NET's texts for what cannot be done.
///
/// Source of the rules: the public LanguagePrimitives behaviour (about_Type_Conversion, the language specification 6.x) and
/// measured results published for Windows PowerShell 5.1.
package enum Conversion {
    /// Converts, or throws the error a cast shows. `strictBool`: parameters of type bool take only booleans and numbers.
    package static func convert(
        _ value: Value, to type: RuntimeType, _ runspace: Runspace? = nil, strictBool: Bool = false
    ) throws(Stop) -> Value {
        switch type.kind {
        case .object: return value.isNothing ? .null : value
        case .psObject: return value
        default: break
        }
        let value = value.plain
        switch type.kind {
        case .object, .psObject: return value
        case .void: return .nothing
        case .string: return .string(text(value, runspace))
        case .bool:
            if strictBool { try checkBool(value, type) }
            return .bool(value.isTrue)
        case .switchParameter:
            if case .object(let object) = value, object is SwitchObject { return value }
            if strictBool { try checkBool(value, type) }
            return .object(SwitchObject(value.isTrue))
        case .number(let kind): return .number(try number(value, kind, type, runspace))
        case .char: return try char(value, type)
        case .array: return try array(value, type, runspace, strictBool: strictBool)
        case .list(let kind): return try list(value, kind, type, runspace)
        case .hashtable, .ordered, .dictionary: return try table(value, type)
        case .customObject: return customObject(value)
        case .dateTime: return try dateTime(value, type)
        case .timeSpan: return try timeSpan(value, type)
        case .guid: return try guid(value, type)
        case .version: return try version(value, type)
        case .scriptBlock: return try scriptBlock(value, type)
        case .type: return try typeLiteral(value, type)
        case .regex: return try regex(value, type)
        case .enumeration(let target): return .symbol(try symbol(value, target, type))
        case .nullable: return value.isNull ? .null : try convert(value, to: type.arguments[0], runspace)
        case .exception: return try exception(value, type)
        case .xml: return value.isNull ? .null : try XMLObject.document(value, type)
        case .secureString, .credential, .uri, .ipAddress, .named: return try named(value, type, runspace)
        }
    }

    /// `-as`: `nil` where a cast would throw.
    package static func attempt(_ value: Value, to type: RuntimeType, _ runspace: Runspace? = nil) -> Value? {
        try? convert(value, to: type, runspace)
    }

    /// Whether the value is already of the type, so that binding needs no coercion.
    package static func matches(_ value: Value, _ type: RuntimeType) -> Bool {
        switch type.kind {
        case .object, .psObject: return true
        case .array:
            guard case .array(let array) = value else { return false }
            if case .object = type.arguments[0].kind { return true }
            return array.elementType == type.arguments[0]
        case .nullable: return value.isNull || matches(value, type.arguments[0])
        default:
            guard !value.isNull else { return false }
            if value.typeName.isA(type) { return true }
            return value.keeper?.insertedTypeNames.contains { $0.folded == type.key } ?? false
        }
    }

    // MARK: Failures

    /// `Cannot convert value "abc" to type "System.Int32". Error: "…"`
    static func failed(_ value: Value, _ type: RuntimeType, _ reason: String, id: String, inner: String) -> Stop {
        let message = "Cannot convert value \"\(value.display)\" to type \"\(type.fullName)\". Error: \"\(reason)\""
        return .runtime(
            id, .invalidArgument, message, inner: refusal(message, id, inner: ExceptionObject(inner, reason)))
    }

    private static func refusal(_ message: String, _ id: String, inner: ExceptionObject? = nil) -> ExceptionObject {
        let exception = ExceptionObject(
            "System.Management.Automation.PSInvalidCastException", message, inner: inner)
        exception.errorID = id
        return exception
    }

    /// `Cannot convert the "a" value of type "System.String" to type "System.X".`
    static func impossible(
        _ value: Value, _ type: RuntimeType, id: String = "ConvertToFinalInvalidCastException"
    ) -> Stop {
        let message =
            value.isNull
            ? "Cannot convert null to type \"\(type.fullName)\"."
            : "Cannot convert the \"\(value.scalarText)\" value of type \"\(value.typeName.fullName)\" to type "
                + "\"\(type.fullName)\"."
        let id = value.isNull ? "InvalidCastFromNull" : id
        return .runtime(id, .invalidArgument, message, inner: refusal(message, id))
    }

    // MARK: Scalars

    static func text(_ value: Value, _ runspace: Runspace?) -> String {
        switch value {
        case .string(let text): text
        default: value.text(separator: runspace?.outputFieldSeparator ?? " ")
        }
    }

    private static func checkBool(_ value: Value, _ type: RuntimeType) throws(Stop) {
        switch value {
        case .bool, .number: return
        case .object(let object) where object is SwitchObject: return
        default:
            let message =
                "Cannot convert value \"\(value.typeName.fullName)\" to type \"\(type.fullName)\". Boolean parameters accept only "
                + "Boolean values and numbers, such as $True, $False, 1 or 0."
            throw .runtime(
                "ParameterArgumentTransformationError", .invalidArgument, message,
                inner: ExceptionObject("System.Management.Automation.PSInvalidCastException", message))
        }
    }

    private static func number(_ value: Value, _ kind: Number.Kind, _ type: RuntimeType, _ runspace: Runspace?)
        throws(Stop) -> Number
    {
        switch value {
        case .null, .nothing: return fit(.int(0), kind) ?? .int(0)
        case .number(let number):
            if number.kind == kind { return number }
            if let fitted = fit(number, kind) { return fitted }
            throw failed(
                value, type, "Value was either too large or too small for \(limitName(kind)).",
                id: "InvalidCastIConvertible",
                inner: "System.OverflowException")
        case .bool(let flag): return fit(.int(flag ? 1 : 0), kind) ?? .int(0)
        case .char(let unit): return try number(.number(.int(Int32(unit))), kind, type, runspace)
        case .symbol(let symbol): return try number(.long(symbol.number), kind, type, runspace)
        case .string(let text): return try number(text: text, kind, type)
        case .date, .span: throw impossible(value, type)
        case .object(let object):
            if let toggle = object as? SwitchObject { return fit(.int(toggle.isPresent ? 1 : 0), kind) ?? .int(0) }
            if let big = object as? BigIntegerObject {
                if let fitted = fitting(big.number, kind) { return fitted }
                throw failed(
                    value, type, "Value was either too large or too small for \(limitName(kind)).",
                    id: "InvalidCastIConvertible", inner: "System.OverflowException")
            }
            throw impossible(value, type)
        default:
            throw impossible(value, type)
        }
    }

    private static func fitting(_ big: BigInteger, _ kind: Number.Kind) -> Number? {
        switch kind {
        case .double: return .double(big.double)
        case .single: return .single(Float(big.double))
        case .decimal: return DecimalNumber(big.text).map { .decimal($0) }
        case .ulong: return big.uint64.map { .ulong($0) }
        default: return big.int64.flatMap { fit(.long($0), kind) }
        }
    }

    private static func number(text: String, _ kind: Number.Kind, _ type: RuntimeType) throws(Stop) -> Number {
        let id =
            switch kind {
            case .single, .double: "InvalidCastFromStringToDoubleOrSingle"
            case .decimal: "InvalidCastFromStringToDecimal"
            default: "InvalidCastFromStringToInteger"
            }
        if text.isEmpty { return fit(.int(0), kind) ?? .int(0) }
        // Made when they are needed only: a record costs many times the conversion.
        func malformed() -> Stop {
            failed(
                .string(text), type, "The input string '\(text)' was not in a correct format.", id: id,
                inner: "System.FormatException")
        }
        func overflow() -> Stop {
            failed(
                .string(text), type, "Value was either too large or too small for \(limitName(kind)).", id: id,
                inner: "System.OverflowException")
        }
        if let bits = NumberText.hexadecimal(text) {
            if let number = bitPattern(bits, kind) { return number }
            throw overflow()
        }
        switch kind {
        case .double:
            switch text.trimmed.lowercased() {
            case "nan": return .double(.nan)
            case "infinity", "∞": return .double(.infinity)
            case "-infinity", "-∞": return .double(-.infinity)
            default: break
            }
            guard let value = NumberText.double(text) else { throw malformed() }
            return .double(value)
        case .single:
            guard let value = NumberText.double(text) else { throw malformed() }
            return .single(Float(value))
        case .decimal:
            guard let value = NumberText.decimal(text) else { throw malformed() }
            return .decimal(value)
        default:
            let digits = text.trimmed
            if let whole = Int64(digits) {
                if let number = fit(.long(whole), kind) { return number }
                throw overflow()
            }
            if let whole = UInt64(digits) {
                if let number = fit(.ulong(whole), kind) { return number }
                throw overflow()
            }
            // `[int]'7.5'` and `[int]'1e3'` go by way of a real number, except for the small types.
            guard let real = NumberText.double(text) else { throw malformed() }
            switch kind {
            case .int, .long, .uint, .ulong: break
            default:
                let hasThousands = text.contains(",") && !text.contains(".") && !text.lowercased().contains("e")
                if !hasThousands && (text.lowercased().contains("e")) { throw malformed() }
            }
            if let number = fit(.double(real), kind) { return number }
            throw overflow()
        }
    }

    private static func bitPattern(_ bits: UInt64, _ kind: Number.Kind) -> Number? {
        switch kind {
        case .sbyte: UInt8(exactly: bits).map { .sbyte(Int8(bitPattern: $0)) }
        case .byte: UInt8(exactly: bits).map { .byte($0) }
        case .short: UInt16(exactly: bits).map { .short(Int16(bitPattern: $0)) }
        case .ushort: UInt16(exactly: bits).map { .ushort($0) }
        case .int: UInt32(exactly: bits).map { .int(Int32(bitPattern: $0)) }
        case .uint: UInt32(exactly: bits).map { .uint($0) }
        case .long: .long(Int64(bitPattern: bits))
        case .ulong: .ulong(bits)
        case .single: .single(Float(bits))
        case .double: .double(Double(bits))
        case .decimal: .decimal(DecimalNumber(bits))
        }
    }

    private static func limitName(_ kind: Number.Kind) -> String {
        switch kind {
        case .sbyte: "a signed byte"
        case .byte: "an unsigned byte"
        case .short: "an Int16"
        case .ushort: "a UInt16"
        case .int: "an Int32"
        case .uint: "a UInt32"
        case .long: "an Int64"
        case .ulong: "a UInt64"
        case .single: "a Single"
        case .double: "a Double"
        case .decimal: "a Decimal"
        }
    }

    /// The number in another kind, rounding half to even; `nil` when it does not fit.
    static func fit(_ number: Number, _ kind: Number.Kind) -> Number? {
        switch kind {
        case .double: return .double(number.asDouble)
        case .single: return .single(Float(number.asDouble))
        case .decimal: return number.asDecimal.map { .decimal($0) }
        case .ulong:
            if case .ulong = number { return number }
            if let whole = number.roundedInt64 { return UInt64(exactly: whole).map { .ulong($0) } }
            return UInt64(exactly: number.asDouble.rounded(.toNearestOrEven)).map { .ulong($0) }
        default: break
        }
        guard let whole = number.roundedInt64 else { return nil }
        switch kind {
        case .sbyte: return Int8(exactly: whole).map { .sbyte($0) }
        case .byte: return UInt8(exactly: whole).map { .byte($0) }
        case .short: return Int16(exactly: whole).map { .short($0) }
        case .ushort: return UInt16(exactly: whole).map { .ushort($0) }
        case .int: return Int32(exactly: whole).map { .int($0) }
        case .uint: return UInt32(exactly: whole).map { .uint($0) }
        default: return .long(whole)
        }
    }

    private static func char(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        switch value {
        case .char: return value
        case .null, .nothing: return .char(0)
        case .string(let text):
            guard text.length == 1, let unit = text.utf16.first else {
                throw failed(
                    value, type, "String must be exactly one character long.", id: "InvalidCastParseTargetInvocation",
                    inner: "System.FormatException")
            }
            return .char(unit)
        case .number(let number):
            guard number.kind.isWhole else { throw impossible(value, type) }
            guard let whole = number.asInt64, let unit = UInt16(exactly: whole) else {
                throw failed(
                    value, type, "Value was either too large or too small for a character.",
                    id: "InvalidCastIConvertible",
                    inner: "System.OverflowException")
            }
            return .char(unit)
        default: throw impossible(value, type)
        }
    }
}
