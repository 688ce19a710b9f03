/// A Swift type a cmdlet can declare a parameter as. The binder converts the argument to `parameterType` first, so reading
/// never fails.
package protocol ParameterValue {
    static var parameterType: RuntimeType { get }
    /// What reading an unbound parameter gives: `nil`, empty, zero, `false`.
    static var unbound: Self { get }
    /// From a value that already has `parameterType`.
    static func read(_ value: Value) -> Self?
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
    package static var parameterType: RuntimeType { Wrapped.parameterType }
    package static var unbound: Self { nil }
    package static func read(_ value: Value) -> Self? { .some(value.isNull ? nil : Wrapped.read(value)) }
}

extension Array: ParameterValue where Element: ParameterValue {
    package static var parameterType: RuntimeType { .array(of: Element.parameterType) }
    package static var unbound: Self { [] }
    package static func read(_ value: Value) -> Self? {
        (value.elements ?? (value.isNull ? [] : [value])).compactMap { Element.read($0) }
    }
}

/// `System.Object`: the argument as it came.
extension Value: ParameterValue {
    package static var parameterType: RuntimeType { .object }
    package static var unbound: Value { .null }
    package static func read(_ value: Value) -> Value? { value }
}

extension String: ParameterValue {
    package static var parameterType: RuntimeType { .string }
    package static var unbound: String { "" }
    package static func read(_ value: Value) -> String? { value.display }
}

/// `System.Boolean`; with `Parameter.switch` a switch.
extension Bool: ParameterValue {
    package static var parameterType: RuntimeType { .bool }
    package static var unbound: Bool { false }
    package static func read(_ value: Value) -> Bool? { value.isTrue }
}

/// `System.Int32`.
extension Int: ParameterValue {
    package static var parameterType: RuntimeType { .int32 }
    package static var unbound: Int { 0 }
    package static func read(_ value: Value) -> Self? {
        guard case .number(let number) = value, let whole = number.roundedInt64 else { return nil }
        return Int(whole)
    }
}

extension Int64: ParameterValue {
    package static var parameterType: RuntimeType { .int64 }
    package static var unbound: Int64 { 0 }
    package static func read(_ value: Value) -> Self? {
        guard case .number(let number) = value, let whole = number.roundedInt64 else { return nil }
        return whole
    }
}

extension UInt32: ParameterValue {
    package static var parameterType: RuntimeType { .uint32 }
    package static var unbound: UInt32 { 0 }
    package static func read(_ value: Value) -> Self? {
        guard case .number(let number) = value, let whole = number.asInt64 else { return nil }
        return UInt32(clamping: whole)
    }
}

extension UInt64: ParameterValue {
    package static var parameterType: RuntimeType { .uint64 }
    package static var unbound: UInt64 { 0 }
    package static func read(_ value: Value) -> Self? {
        guard case .number(let number) = value else { return nil }
        if case .ulong(let whole) = number { return whole } else { return UInt64(clamping: number.asInt64 ?? 0) }
    }
}

extension Double: ParameterValue {
    package static var parameterType: RuntimeType { .double }
    package static var unbound: Double { 0 }
    package static func read(_ value: Value) -> Self? {
        guard case .number(let number) = value else { return nil }
        return number.asDouble
    }
}

extension DateTime: ParameterValue {
    package static var parameterType: RuntimeType { .dateTime }
    package static var unbound: DateTime { DateTime(ticks: 0) }
    package static func read(_ value: Value) -> Self? {
        guard case .date(let date) = value else { return nil }
        return date
    }
}

extension TimeSpan: ParameterValue {
    package static var parameterType: RuntimeType { .timeSpan }
    package static var unbound: TimeSpan { TimeSpan(ticks: 0) }
    package static func read(_ value: Value) -> Self? {
        guard case .span(let span) = value else { return nil }
        return span
    }
}

extension GUID: ParameterValue {
    package static var parameterType: RuntimeType { .guid }
    package static var unbound: GUID { .empty }
    package static func read(_ value: Value) -> Self? {
        guard case .guid(let guid) = value else { return nil }
        return guid
    }
}

extension VersionNumber: ParameterValue {
    package static var parameterType: RuntimeType { .version }
    package static var unbound: VersionNumber { VersionNumber(0, 0) }
    package static func read(_ value: Value) -> Self? {
        guard case .version(let version) = value else { return nil }
        return version
    }
}

/// A hashtable argument, e.g. `-Vhds @{…}`. Declare as `TableObject?`.
extension TableObject: ParameterValue {
    package static var parameterType: RuntimeType { .hashtable }
    package static var unbound: TableObject { TableObject() }
    package static func read(_ value: Value) -> TableObject? {
        if case .table(let table) = value { table } else { nil }
    }
}

extension ScriptBlock: ParameterValue {
    package static var parameterType: RuntimeType { .scriptBlock }
    /// Never read: declare script block parameters as arrays or optionals.
    package static var unbound: ScriptBlock { ScriptBlock.empty }
    package static func read(_ value: Value) -> ScriptBlock? { value.asScriptBlock }
}

extension ScriptEnum {
    package static var parameterType: RuntimeType { RuntimeType(enum: enumType) }
    package static var unbound: Self { allCases[allCases.startIndex] }
    package static func read(_ value: Value) -> Self? {
        guard case .symbol(let symbol) = value else { return nil }
        return Self(rawValue: symbol.text)
    }
}

extension Noun {
    package static var parameterType: RuntimeType { nounType.name }
    /// Never read: declare noun parameters as arrays or optionals.
    package static var unbound: Self {
        preconditionFailure("\(nounType.name.fullName): declare the parameter as an array or an optional")
    }
    package static func read(_ value: Value) -> Self? {
        guard let object = value.asObject as? NounObject<Self> else { return nil }
        return object.payload
    }
}
