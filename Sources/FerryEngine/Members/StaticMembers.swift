/// `[T]::Name`, `[T]::Method(…)`, `[T]::new(…)`
package enum StaticMembers {
    private static func type(_ value: Value) throws(Stop) -> RuntimeType {
        switch value {
        case .type(let type): return type
        case .string(let text): if let type = TypeCatalog.resolve(text) { return type }
        default: break
        }
        return value.typeName
    }

    static func get(_ name: String, of value: Value, _ frame: Frame) throws(Stop) -> Value {
        let type = try type(value)
        if let enumType = type.enumType, let symbol = enumType.members.first(where: { $0.name.folded == name.folded }) {
            return .symbol(enumType.value(symbol.value))
        }
        if let property = TypeCatalog.table(of: type)?.staticProperty(name.folded) { return property.get(.type(type)) }
        if type.fullName == ConsoleMembers.typeName, let value = try ConsoleMembers.property(name.folded, frame) {
            return value
        }
        if case .number(let kind) = type.kind, let limit = NumberMembers.limit(name.folded, kind) { return limit }
        if let method = TypeCatalog.table(of: type)?.staticMethod(name.folded) {
            return .object(MethodObject(method, .type(type)))
        }
        if let strict = frame.runspace.strictVersion(frame), strict >= 2 {
            throw .runtime(
                "PropertyNotFoundStrict", .notSpecified,
                "The property '\(name)' cannot be found on this object. Verify that the property exists.",
                exception: "System.Management.Automation.PropertyNotFoundException")
        }
        return .null
    }

    static func set(_ name: String, of value: Value, to new: Value, _ frame: Frame) throws(Stop) {
        let type = try type(value)
        // `[Console]::OutputEncoding = …` and its like are settings of a Windows console: accepted, output is UTF-8 always.
        if type.fullName == ConsoleMembers.typeName { return try ConsoleMembers.set(name.folded, to: new, frame) }
        if type.fullName == "System.Net.ServicePointManager" { return }
        throw .runtime(
            "PropertyAssignmentException", .invalidOperation,
            "The property '\(name)' cannot be found on this object. Verify that the property exists and can be set.")
    }

    static func invoke(_ name: String, on value: Value, _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value {
        let type = try type(value)
        let key = name.folded
        if key == "new" { return try make(type, arguments, frame) }
        if let method = TypeCatalog.table(of: type)?.staticMethod(key) {
            guard method.counts.contains(arguments.count) else {
                throw MethodCall.noOverload(method.name, arguments.count)
            }
            return try method.invoke(
                MethodCall(name: method.name, target: .type(type), arguments: arguments, frame: frame, type: type))
        }
        if let result = try common(key, type, arguments, frame) { return result }
        throw .runtime(
            "MethodNotFound", .invalidOperation,
            "Method invocation failed because [\(type.fullName)] does not contain a method named '\(name)'.",
            target: .string(name))
    }

    /// `Parse`, `TryParse` and `Equals` of every type text converts to.
    private static func common(_ key: String, _ type: RuntimeType, _ arguments: [Value], _ frame: Frame) throws(Stop)
        -> Value?
    {
        switch key {
        case "parse":
            guard let text = arguments.first else { throw MethodCall.noOverload("Parse", 0) }
            do throws(Stop) {
                if let symbol = type.enumType, let found = symbol.value(named: text.display) { return .symbol(found) }
                return try Conversion.convert(.string(text.display), to: type, frame.runspace)
            } catch {
                let inner = error.record?.exception.inner
                throw MethodCall.failed(
                    "Parse", arguments.count, inner?.inner?.exceptionType.fullName ?? "System.FormatException",
                    inner?.inner?.message ?? error.record?.exception.message ?? "")
            }
        case "tryparse":
            guard arguments.count >= 2, let reference = arguments.last?.asObject as? ReferenceObject else {
                throw MethodCall.noOverload("TryParse", arguments.count)
            }
            guard !arguments[0].display.isEmpty,
                let parsed = Conversion.attempt(.string(arguments[0].display), to: type, frame.runspace)
            else {
                try reference.variable.assign(defaultValue(type), frame.runspace)
                return .bool(false)
            }
            try reference.variable.assign(parsed, frame.runspace)
            return .bool(true)
        case "equals":
            guard arguments.count == 2 else { return nil }
            return .bool(Comparison.equal(arguments[0], arguments[1], caseSensitive: true))
        case "referenceequals":
            guard arguments.count == 2, case .object(let a) = arguments[0], case .object(let b) = arguments[1] else {
                return .bool(false)
            }
            return .bool(a === b)
        default: return nil
        }
    }

    /// What a value of the type is that nobody set; null for classes.
    package static func defaultValue(_ type: RuntimeType) -> Value {
        switch type.kind {
        case .number(let kind): Conversion.fit(.int(0), kind).map { .number($0) } ?? .null
        case .bool: .bool(false)
        case .dateTime: .date(DateTime(ticks: 0))
        case .timeSpan: .span(TimeSpan(ticks: 0))
        case .guid: .guid(.empty)
        default: .null
        }
    }

    /// A constructor call: `::new(…)` and `New-Object`.
    package static func make(_ type: RuntimeType, _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value {
        let call = MethodCall(name: type.name, target: .type(type), arguments: arguments, frame: frame, type: type)
        if let constructor = TypeCatalog.table(of: type)?.constructor { return try constructor(call) }
        if let constructor = frame.runspace.constructors[type.key] {
            guard let made = try constructor(arguments) else { throw call.noOverload() }
            return made
        }
        switch type.kind {
        case .list(let kind):
            let list = ListObject([], kind: kind, of: type.arguments.first ?? .object)
            if let source = arguments.first?.elements {
                for item in source {
                    list.elements.append(try Conversion.convert(item, to: list.elementType, frame.runspace))
                }
            }
            return .list(list)
        case .dictionary:
            let isText = if case .string = type.arguments[0].kind { true } else { false }
            let ignoresCase = arguments.contains { $0.display.folded.contains("ignorecase") }
            return .table(
                TableObject(
                    kind: .dictionary, caseSensitive: isText && !ignoresCase, keyType: type.arguments[0],
                    valueType: type.arguments[1]))
        case .hashtable: return .table(TableObject(caseSensitive: true))
        case .ordered: return .table(TableObject(kind: .ordered, caseSensitive: true))
        case .array:
            guard let size = arguments.first, case .number(let number) = try Conversion.convert(size, to: .int32),
                let count = number.asInt64, count >= 0, count < 1 << 28
            else { throw call.noOverload() }
            let element = type.arguments[0]
            return .array(
                ArrayObject(Array(repeating: StaticMembers.defaultValue(element), count: Int(count)), of: element))
        case .exception:
            return .object(ExceptionObject.made(type.fullName, arguments))
        case .customObject, .psObject: return .object(CustomObject())
        case .object: return .object(Object())
        case .version, .guid, .timeSpan, .dateTime, .regex, .uri, .ipAddress, .string, .number, .bool, .char:
            guard arguments.count == 1 else { throw call.noOverload() }
            do throws(Stop) {
                return try Conversion.convert(arguments[0], to: type, frame.runspace)
            } catch {
                // The constructor's own exception, where one says why.
                guard let cause = error.record?.exception.inner?.inner else { throw error }
                throw MethodCall.failed(".ctor", 1, cause.exceptionType.fullName, cause.message)
            }
        default: break
        }
        if arguments.count == 1, let made = try TypeCatalog.construct(type, from: arguments[0]) { return made }
        if arguments.isEmpty, let made = try TypeCatalog.construct(type, from: .string("")) { return made }
        throw .runtime(
            "ConstructorInvokedThrowException", .notSpecified,
            "A constructor was not found. Cannot find an appropriate constructor for type \(type.fullName).",
            exception: "System.Management.Automation.PSArgumentException")
    }
}
