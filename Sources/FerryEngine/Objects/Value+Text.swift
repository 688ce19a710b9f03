extension Value {
    /// The value as `[string]` makes it: invariant culture, collections joined by spaces.
    package var display: String { text(separator: " ") }

    /// As `display`, with `$OFS` between elements.
    package func text(separator: String) -> String {
        switch self {
        case .array(let array): Value.join(array.elements, separator)
        case .list(let list): Value.join(list.elements, separator)
        default: spokenText
        }
    }

    private static func join(_ elements: [Value], _ separator: String) -> String {
        elements.map(\.spokenText).joined(separator: separator)
    }

    /// As PowerShell's conversions say one object: a type by its short name, anything else as it says itself.
    private var spokenText: String {
        if case .type(let type) = self { type.spokenName } else { scalarText }
    }

    /// .NET's `ToString()` with the invariant culture: a collection is its type's name.
    package var scalarText: String {
        switch self {
        case .null, .nothing: ""
        case .bool(let flag): flag ? "True" : "False"
        case .number(let number): number.text
        case .char(let unit): String(units: [unit])
        case .string(let text): text
        case .array(let array): array.typeName.fullName
        case .list(let list): list.typeName.fullName
        case .table(let table): table.typeName.fullName
        case .symbol(let symbol): symbol.text
        case .date(let date): DateFormat.text(date, DateFormat.invariant)
        case .span(let span): span.text
        case .guid(let guid): guid.text
        case .version(let version): version.text
        case .type(let type): type.shownName
        case .object(let object): object.enumerated == nil ? object.text : object.typeName.fullName
        }
    }

    package var typeName: RuntimeType {
        switch self {
        case .null, .nothing: .object
        case .bool: .bool
        case .number(let number): number.typeName
        case .char: .char
        case .string: .string
        case .array(let array): array.typeName
        case .list(let list): list.typeName
        case .table(let table): table.typeName
        case .symbol(let symbol): RuntimeType(enum: symbol.type)
        case .date: .dateTime
        case .span: .timeSpan
        case .guid: .guid
        case .version: .version
        case .type: .runtimeType
        case .object(let object): object.typeName
        }
    }

    /// `PSTypeNames`.
    package var typeNames: [String] {
        if let keeper { return keeper.typeNames }
        return isNull ? [] : typeName.hierarchy
    }

    /// PowerShell's truth: null, zero, the empty string and an empty collection are false; a collection of one is its element.
    package var isTrue: Bool {
        switch self {
        case .null, .nothing: return false
        case .bool(let flag): return flag
        case .number(let number): return !number.isZero
        case .char(let unit): return unit != 0
        case .string(let text): return !text.isEmpty
        case .array(let array): return Value.isTrue(array.elements)
        case .list(let list): return Value.isTrue(list.elements)
        case .symbol(let symbol): return symbol.number != 0
        case .object(let object):
            if let toggle = object as? SwitchObject { return toggle.isPresent }
            if let base = object.baseValue { return base.isTrue }
            if let elements = object.enumerated { return Value.isTrue(elements) }
            return (object as? OperandObject)?.isTrue ?? !(object is NullStandIn)
        default: return true
        }
    }

    private static func isTrue(_ elements: [Value]) -> Bool {
        switch elements.count {
        case 0: false
        case 1:
            // A collection inside is only asked whether it has anything.
            elements[0].elements.map { !$0.isEmpty } ?? elements[0].isTrue
        default: true
        }
    }
}

extension RuntimeType {
    /// `Type.ToString()`: the full name, generic arguments in brackets.
    var shownName: String { fullName }

    /// As strings that a type is put into have it: `int`, `string[]`, `System.Collections.Generic.List[string]`.
    var spokenName: String {
        guard !arguments.isEmpty, !isArray else { return shortName }
        return fullName.prefix { $0 != "`" } + "[" + arguments.map(\.spokenName).joined(separator: ",") + "]"
    }
}

/// A bound switch: `-Force`, `-Force:$false`.
package final class SwitchObject: Object {
    package let isPresent: Bool
    package init(_ isPresent: Bool) { self.isPresent = isPresent }
    package override var typeName: RuntimeType { .switchParameter }
    package override var text: String { isPresent ? "True" : "False" }
    package override var propertyNames: [String] { ["IsPresent"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        name.folded == "ispresent" ? .bool(isPresent) : nil
    }
    package override func isEqual(to other: Object) -> Bool { (other as? SwitchObject)?.isPresent == isPresent }
}
