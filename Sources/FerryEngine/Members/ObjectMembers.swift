/// What every value has, and types, enumerations and exceptions.
enum ObjectMembers {
    static let tables: [TypeMembers] = [object, type, enumeration, exception, char, bool]

    private static let object = TypeMembers("System.Object") {
        $0.method("ToString", "string ToString()", 0...2) { call throws(Stop) in
            if call.count > 0, !call.arguments[0].isNull {
                return .string(try CompositeFormat.text(call.target, format: try call.string(0), call.runspace))
            }
            if case .date(let date) = call.target { return .string(DateFormat.text(date, "G")) }
            return .string(try Members.text(call.target, call.frame))
        }
        $0.method("GetType", "type GetType()", 0...0) { call throws(Stop) in
            if let word = call.target.asObject as? ParameterWord { return .type(word.typeName) }
            return .type(call.target.typeName)
        }
        $0.method("Equals", "bool Equals(System.Object obj)", 1...1) { call throws(Stop) in
            let other = call.arguments[0]
            guard call.target.typeName == other.typeName else { return .bool(false) }
            return .bool(Comparison.equal(call.target, other, caseSensitive: true))
        }
        $0.method("GetHashCode", "int GetHashCode()", 0...0) { call throws(Stop) in
            var hasher = Hasher()
            hasher.combine(call.target.display)
            return .int(Int32(truncatingIfNeeded: hasher.finalize()))
        }
        $0.method("CompareTo", "int CompareTo(System.Object value)", 1...1) { call throws(Stop) in
            .count(try Comparison.order(call.target, call.arguments[0], caseSensitive: true, call.runspace).signum())
        }
    }

    private static func typeOf(_ value: Value) -> RuntimeType {
        if case .type(let type) = value { type } else { .object }
    }

    private static let type = TypeMembers("System.Type") {
        $0.property("Name", .string) { .string(typeOf($0).name) }
        $0.property("FullName", .string) { .string(typeOf($0).fullName) }
        $0.property("Namespace", .string) { .string(typeOf($0).namespace) }
        $0.property("BaseType", .type) { value in
            typeOf(value).bases.first.map { .type(TypeCatalog.resolve($0) ?? RuntimeType($0)) } ?? .null
        }
        $0.property("IsArray", .bool) { .bool(typeOf($0).isArray) }
        $0.property("IsEnum", .bool) { .bool(typeOf($0).enumType != nil) }
        $0.property("IsValueType", .bool) { .bool(typeOf($0).bases.contains("System.ValueType")) }
        $0.property("IsPublic", .bool) { _ in .bool(true) }
        $0.property("IsSerializable", .bool) { _ in .bool(true) }
        $0.property("UnderlyingSystemType", .type) { $0 }
        $0.method("ToString", "string ToString()", 0...0) { call throws(Stop) in .string(typeOf(call.target).shownName)
        }
        $0.method("GetElementType", "type GetElementType()", 0...0) { call throws(Stop) in
            let type = typeOf(call.target)
            return type.isArray ? .type(type.arguments[0]) : .null
        }
        $0.method("GetGenericArguments", "type[] GetGenericArguments()", 0...0) { call throws(Stop) in
            let type = typeOf(call.target)
            return .array(ArrayObject(type.isArray ? [] : type.arguments.map { .type($0) }, of: .type))
        }
        $0.method("IsInstanceOfType", "bool IsInstanceOfType(System.Object o)", 1...1) { call throws(Stop) in
            .bool(TypeCatalog.value(call.arguments[0], isA: typeOf(call.target)))
        }
        $0.method("IsAssignableFrom", "bool IsAssignableFrom(type c)", 1...1) { call throws(Stop) in
            guard case .type(let other) = call.arguments[0] else { return .bool(false) }
            return .bool(other.isA(typeOf(call.target)))
        }
        $0.method("GetEnumNames", "string[] GetEnumNames()", 0...0) { call throws(Stop) in
            .array(ArrayObject((typeOf(call.target).enumType?.members ?? []).map { .string($0.name) }, of: .string))
        }
        $0.method("GetEnumValues", "array GetEnumValues()", 0...0) { call throws(Stop) in
            guard let type = typeOf(call.target).enumType else { return .array([]) }
            return .array(type.members.map { .symbol(type.value($0.value)) })
        }
    }

    private static func enumArgument(_ call: MethodCall) throws(Stop) -> EnumType {
        guard case .type(let type) = try call.convert(0, .type), let found = type.enumType else {
            throw call.failed("System.ArgumentException", "Type provided must be an Enum. (Parameter 'enumType')")
        }
        return found
    }

    private static let enumeration = TypeMembers("System.Enum") {
        $0.property("value__", .int32) { value in
            if case .symbol(let symbol) = value { .count(Int(symbol.number)) } else { .null }
        }
        $0.method("HasFlag", "bool HasFlag(System.Enum flag)", 1...1) { call throws(Stop) in
            guard case .symbol(let own) = call.target else { return .bool(false) }
            let flag = try Conversion.symbol(call.arguments[0], own.type, RuntimeType(enum: own.type))
            return .bool(own.number & flag.number == flag.number)
        }
        $0.staticMethod("GetNames", "static string[] GetNames(type enumType)", 0...1) { call throws(Stop) in
            let type = try call.count == 0 && call.type.enumType != nil ? call.type.enumType! : enumArgument(call)
            return .array(ArrayObject(type.members.map { .string($0.name) }, of: .string))
        }
        $0.staticMethod("GetValues", "static array GetValues(type enumType)", 0...1) { call throws(Stop) in
            let type = try call.count == 0 && call.type.enumType != nil ? call.type.enumType! : enumArgument(call)
            return .array(type.members.map { .symbol(type.value($0.value)) })
        }
        $0.staticMethod("Parse", "static System.Object Parse(type enumType, string value, bool ignoreCase)", 1...3) {
            call throws(Stop) in
            let type = try call.count == 1 && call.type.enumType != nil ? call.type.enumType! : enumArgument(call)
            let text = try call.string(call.count == 1 ? 0 : 1)
            guard let symbol = type.value(named: text) else {
                throw call.failed("System.ArgumentException", "Requested value '\(text)' was not found.")
            }
            return .symbol(symbol)
        }
        $0.staticMethod("IsDefined", "static bool IsDefined(type enumType, System.Object value)", 2...2) {
            call throws(Stop) in
            let type = try enumArgument(call)
            let text = try call.string(1)
            return .bool(type.members.contains { $0.name == text || String($0.value) == text })
        }
        $0.staticMethod("ToObject", "static System.Object ToObject(type enumType, int value)", 2...2) {
            call throws(Stop) in
            .symbol(try enumArgument(call).value(try call.long(1)))
        }
    }

    private static let exception = TypeMembers("System.Exception") {
        $0.method("GetBaseException", "System.Exception GetBaseException()", 0...0) { call throws(Stop) in
            guard var current = call.target.asObject as? ExceptionObject else { return .null }
            while let inner = current.inner { current = inner }
            return .object(current)
        }
        $0.make { call throws(Stop) in
            .object(ExceptionObject.made(call.type.fullName, call.arguments))
        }
    }

    private static func scalar(_ call: MethodCall) throws(Stop) -> Character {
        guard case .char(let unit) = try call.convert(0, .char) else { return "\u{0}" }
        return String(units: [unit]).first ?? "\u{0}"
    }

    private static let char = TypeMembers("System.Char") {
        $0.staticMethod("IsDigit", "static bool IsDigit(char c)", 1...2) { call throws(Stop) in
            .bool(try scalar(call).unicodeScalars.first?.properties.generalCategory == .decimalNumber)
        }
        $0.staticMethod("IsLetter", "static bool IsLetter(char c)", 1...2) { call throws(Stop) in
            .bool(try scalar(call).isLetter)
        }
        $0.staticMethod("IsLetterOrDigit", "static bool IsLetterOrDigit(char c)", 1...2) { call throws(Stop) in
            let character = try scalar(call)
            return .bool(character.isLetter || character.isNumber)
        }
        $0.staticMethod("IsWhiteSpace", "static bool IsWhiteSpace(char c)", 1...2) { call throws(Stop) in
            .bool(try scalar(call).isWhitespace)
        }
        $0.staticMethod("IsUpper", "static bool IsUpper(char c)", 1...2) { call throws(Stop) in
            .bool(try scalar(call).isUppercase)
        }
        $0.staticMethod("IsLower", "static bool IsLower(char c)", 1...2) { call throws(Stop) in
            .bool(try scalar(call).isLowercase)
        }
        $0.staticMethod("IsPunctuation", "static bool IsPunctuation(char c)", 1...2) { call throws(Stop) in
            .bool(try scalar(call).isPunctuation)
        }
        $0.staticMethod("IsControl", "static bool IsControl(char c)", 1...2) { call throws(Stop) in
            .bool(try scalar(call).unicodeScalars.first?.properties.generalCategory == .control)
        }
        $0.staticMethod("ToUpper", "static char ToUpper(char c)", 1...2) { call throws(Stop) in
            .char(try scalar(call).uppercased().utf16.first ?? 0)
        }
        $0.staticMethod("ToLower", "static char ToLower(char c)", 1...2) { call throws(Stop) in
            .char(try scalar(call).lowercased().utf16.first ?? 0)
        }
        $0.staticMethod("GetNumericValue", "static double GetNumericValue(char c)", 1...2) { call throws(Stop) in
            .double(try scalar(call).wholeNumberValue.map(Double.init) ?? -1)
        }
    }

    private static let bool = TypeMembers("System.Boolean") {
        $0.constant("TrueString", .string) { .string("True") }
        $0.constant("FalseString", .string) { .string("False") }
        $0.staticMethod("Parse", "static bool Parse(string value)", 1...1) { call throws(Stop) in
            let text = try call.string(0)
            switch text.trimmed.folded {
            case "true": return .bool(true)
            case "false": return .bool(false)
            default:
                throw call.failed("System.FormatException", "String '\(text)' was not recognized as a valid Boolean.")
            }
        }
    }
}
