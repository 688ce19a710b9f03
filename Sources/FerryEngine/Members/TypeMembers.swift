/// The members scripts can use on values of one .NET type: a table of closures.
///
/// ```swift
/// TypeMembers("System.String") {
///     $0.property("Length", .int32) { .count(text($0).length) }
///     $0.method("ToUpper", "string ToUpper()", 0) { call throws(Stop) in .string(call.text.uppercased()) }
///     $0.staticMethod("IsNullOrEmpty", "bool IsNullOrEmpty(string value)", 1) { … }
/// }
/// ```
package final class TypeMembers: Sendable {
    package struct Property: Sendable {
        package let name: String
        package let type: RuntimeType
        let get: @Sendable (Value) -> Value
    }

    package struct Method: Sendable {
        package let name: String
        /// What `Get-Member` shows, one an overload.
        package let definitions: String
        let counts: ClosedRange<Int>
        let invoke: @Sendable (MethodCall) throws(Stop) -> Value
    }

    package let typeName: String
    package let properties: [Property]
    package let methods: [Method]
    package let staticProperties: [Property]
    package let staticMethods: [Method]
    let constructor: (@Sendable (MethodCall) throws(Stop) -> Value)?
    private let propertyIndex: [String: Int]
    private let methodIndex: [String: Int]
    private let staticPropertyIndex: [String: Int]
    private let staticMethodIndex: [String: Int]

    struct Builder {
        var properties: [Property] = []
        var methods: [Method] = []
        var staticProperties: [Property] = []
        var staticMethods: [Method] = []
        var constructor: (@Sendable (MethodCall) throws(Stop) -> Value)?

        mutating func property(_ name: String, _ type: RuntimeType, _ get: @escaping @Sendable (Value) -> Value) {
            properties.append(Property(name: name, type: type, get: get))
        }

        mutating func method(
            _ name: String, _ definitions: String, _ counts: ClosedRange<Int>,
            _ invoke: @escaping @Sendable (MethodCall) throws(Stop) -> Value
        ) {
            methods.append(Method(name: name, definitions: definitions, counts: counts, invoke: invoke))
        }

        mutating func constant(_ name: String, _ type: RuntimeType, _ get: @escaping @Sendable () -> Value) {
            staticProperties.append(Property(name: name, type: type) { _ in get() })
        }

        mutating func staticMethod(
            _ name: String, _ definitions: String, _ counts: ClosedRange<Int>,
            _ invoke: @escaping @Sendable (MethodCall) throws(Stop) -> Value
        ) {
            staticMethods.append(Method(name: name, definitions: definitions, counts: counts, invoke: invoke))
        }

        mutating func make(_ constructor: @escaping @Sendable (MethodCall) throws(Stop) -> Value) {
            self.constructor = constructor
        }
    }

    init(_ typeName: String, _ build: (inout Builder) -> Void) {
        self.typeName = typeName
        var builder = Builder()
        build(&builder)
        properties = builder.properties
        methods = builder.methods
        staticProperties = builder.staticProperties
        staticMethods = builder.staticMethods
        constructor = builder.constructor
        func index(_ names: [String]) -> [String: Int] {
            Dictionary(names.enumerated().map { ($1.folded, $0) }, uniquingKeysWith: { first, _ in first })
        }
        propertyIndex = index(properties.map(\.name))
        methodIndex = index(methods.map(\.name))
        staticPropertyIndex = index(staticProperties.map(\.name))
        staticMethodIndex = index(staticMethods.map(\.name))
    }

    func property(_ key: String) -> Property? { propertyIndex[key].map { properties[$0] } }
    func method(_ key: String) -> Method? { methodIndex[key].map { methods[$0] } }
    func staticProperty(_ key: String) -> Property? { staticPropertyIndex[key].map { staticProperties[$0] } }
    func staticMethod(_ key: String) -> Method? { staticMethodIndex[key].map { staticMethods[$0] } }
}

/// A method call in progress: the object and the arguments, with the conversions .NET's overloads would do.
package struct MethodCall {
    let name: String
    let target: Value
    let arguments: [Value]
    let frame: Frame
    /// The type of a static call or constructor.
    let type: RuntimeType

    var count: Int { arguments.count }
    var runspace: Runspace { frame.runspace }

    func convert(_ index: Int, _ type: RuntimeType) throws(Stop) -> Value {
        let value = arguments[index]
        do throws(Stop) {
            return try Conversion.convert(value, to: type, frame.runspace)
        } catch {
            throw .runtime(
                "MethodArgumentConversionInvalidCastArgument", .notSpecified,
                "Cannot convert argument \"\(parameterName(index))\", with value: \"\(value.display)\", for \"\(name)\" to type "
                    + "\"\(type.fullName)\": \"\(error.record?.exception.message ?? "")\"",
                exception: "System.Management.Automation.MethodException", inner: error.record?.exception)
        }
    }

    /// What the overload for this many arguments calls one of them; its number where none says.
    private func parameterName(_ index: Int) -> String {
        let definitions: String? =
            if case .type(let type) = target {
                TypeCatalog.table(of: type)?.staticMethod(name.folded)?.definitions
            } else {
                TypeCatalog.method(name.folded, of: target)?.definitions
            }
        for definition in (definitions ?? "").split(separator: ")") {
            guard let open = definition.firstIndex(of: "(") else { continue }
            let parameters = definition[definition.index(after: open)...].split(separator: ",")
            guard parameters.count == count, let name = parameters[index].split(separator: " ").last else { continue }
            // The generic collections share ArrayList's table, whose word for an element is another.
            let isGeneric = target.typeName.fullName.hasPrefix("System.Collections.Generic.")
            return isGeneric && name == "value" ? "item" : String(name)
        }
        return "\(index)"
    }

    func string(_ index: Int) throws(Stop) -> String {
        if case .string(let text) = arguments[index] { return text }
        return Conversion.text(arguments[index], frame.runspace)
    }

    func int(_ index: Int) throws(Stop) -> Int {
        guard case .number(let number) = try convert(index, .int32) else { return 0 }
        return Int(number.asInt64 ?? 0)
    }

    func long(_ index: Int) throws(Stop) -> Int64 {
        guard case .number(let number) = try convert(index, .int64) else { return 0 }
        return number.asInt64 ?? 0
    }

    func double(_ index: Int) throws(Stop) -> Double {
        guard case .number(let number) = try convert(index, .double) else { return 0 }
        return number.asDouble
    }

    func bool(_ index: Int) throws(Stop) -> Bool { arguments[index].isTrue }

    func isString(_ index: Int) -> Bool {
        if index < count, case .string = arguments[index].plain { true } else { false }
    }

    /// The target's text.
    var text: String { target.scalarText }

    /// What .NET throws from inside the method, as PowerShell wraps it.
    func failed(_ exception: String, _ message: String) -> Stop {
        MethodCall.failed(name, count, exception, message)
    }

    static func failed(_ name: String, _ count: Int, _ exception: String, _ message: String) -> Stop {
        let id = exception.split(separator: ".").last.map(String.init) ?? exception
        return .runtime(
            id, .notSpecified, "Exception calling \"\(name)\" with \"\(count)\" argument(s): \"\(message)\"",
            exception: "System.Management.Automation.MethodInvocationException",
            inner: ExceptionObject(exception, message))
    }

    func noOverload() -> Stop { MethodCall.noOverload(name, count) }

    static func noOverload(_ name: String, _ count: Int) -> Stop {
        .runtime(
            "MethodCountCouldNotFindBest", .notSpecified,
            "Cannot find an overload for \"\(name)\" and the argument count: \"\(count)\".",
            exception: "System.Management.Automation.MethodException")
    }
}
