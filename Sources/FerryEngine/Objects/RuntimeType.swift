/// A type as scripts name it: `[int]`, `[string[]]`, `[Microsoft.HyperV.PowerShell.VirtualMachine]`.
package final class RuntimeType: Sendable {
    /// What conversions do with the type.
    package enum Kind: Sendable {
        case object, string, char, bool, switchParameter, number(Number.Kind)
        case array, list(ListObject.Kind), hashtable, ordered, dictionary
        case customObject, psObject, dateTime, timeSpan, guid, version, scriptBlock, type, regex, enumeration(EnumType)
        case nullable, void, exception, secureString, credential, uri, ipAddress, xml
        /// Known by name only: noun objects, statics-only types, anything a script may test with `-is`.
        case named
    }

    /// `System.Int32`, `System.Object[]`, ``System.Collections.Generic.List`1[System.String]``.
    package let fullName: String
    /// The full name, folded: what types are told apart and looked up by.
    package let key: String
    /// Names of the base types, nearest first, `System.Object` last.
    package let bases: [String]
    package let kind: Kind
    /// The element type of an array, the arguments of a generic type.
    package let arguments: [RuntimeType]

    package init(
        _ fullName: String, kind: Kind = .named, bases: [String] = ["System.Object"], arguments: [RuntimeType] = []
    ) {
        self.fullName = fullName
        key = fullName.folded
        self.kind = kind
        self.bases = bases
        self.arguments = arguments
    }

    /// The type of a noun or other object of that name.
    package convenience init(enum type: EnumType) {
        self.init(
            type.fullName, kind: .enumeration(type), bases: ["System.Enum", "System.ValueType", "System.Object"])
    }

    /// The last part: `Int32`, `Object[]`, ``List`1``.
    package var name: String {
        if case .array = kind { return arguments[0].name + "[]" }
        let head = fullName.prefix { $0 != "[" }
        return head.lastIndex(of: ".").map { String(head[head.index(after: $0)...]) } ?? String(head)
    }

    package var namespace: String {
        let head = fullName.prefix { $0 != "[" }
        return head.lastIndex(of: ".").map { String(head[..<$0]) } ?? ""
    }

    package var hierarchy: [String] { [fullName] + bases }

    /// Whether a value of this type is a value of `other` (same name, base, or `System.Object`).
    package func isA(_ other: RuntimeType) -> Bool {
        self === other || other.key == "system.object" || key == other.key
            || bases.contains { $0.equalsIgnoringCase(other.fullName) }
    }

    package var enumType: EnumType? {
        if case .enumeration(let type) = kind { type } else { nil }
    }

    package var isArray: Bool { if case .array = kind { true } else { false } }

    /// Whether the type is one of .NET's collections, arrays not among them.
    package var isCollection: Bool {
        switch kind {
        case .list, .hashtable, .ordered, .dictionary: true
        case .named: key.contains("collection")
        default: false
        }
    }

    /// How PowerShell writes the type in syntax and definitions: `int`, `string[]`, or the full name.
    package var shortName: String {
        if case .array = kind { return arguments[0].shortName + "[]" }
        return RuntimeType.accelerator(of: fullName) ?? fullName
    }

    private static func value(_ name: String, _ kind: Kind) -> RuntimeType {
        RuntimeType("System." + name, kind: kind, bases: ["System.ValueType", "System.Object"])
    }

    package static let object = RuntimeType("System.Object", kind: .object, bases: [])
    package static let string = RuntimeType("System.String", kind: .string)
    package static let char = value("Char", .char)
    package static let bool = value("Boolean", .bool)
    package static let sbyte = value("SByte", .number(.sbyte))
    package static let byte = value("Byte", .number(.byte))
    package static let int16 = value("Int16", .number(.short))
    package static let uint16 = value("UInt16", .number(.ushort))
    package static let int32 = value("Int32", .number(.int))
    package static let uint32 = value("UInt32", .number(.uint))
    package static let int64 = value("Int64", .number(.long))
    package static let uint64 = value("UInt64", .number(.ulong))
    package static let single = value("Single", .number(.single))
    package static let double = value("Double", .number(.double))
    package static let decimal = value("Decimal", .number(.decimal))
    package static let dateTime = value("DateTime", .dateTime)
    package static let timeSpan = value("TimeSpan", .timeSpan)
    package static let guid = value("Guid", .guid)
    package static let void = value("Void", .void)
    package static let version = RuntimeType("System.Version", kind: .version)
    package static let type = RuntimeType(
        "System.Type", kind: .type, bases: ["System.Reflection.TypeInfo", "System.Object"])
    package static let runtimeType = RuntimeType(
        "System.RuntimeType", kind: .type,
        bases: ["System.Reflection.TypeInfo", "System.Type", "System.Reflection.MemberInfo", "System.Object"])
    package static let hashtable = RuntimeType("System.Collections.Hashtable", kind: .hashtable)
    package static let ordered = RuntimeType("System.Collections.Specialized.OrderedDictionary", kind: .ordered)
    package static let arrayList = RuntimeType("System.Collections.ArrayList", kind: .list(.arrayList))
    package static let array = RuntimeType("System.Array", kind: .array, arguments: [.object])
    package static let customObject = RuntimeType("System.Management.Automation.PSCustomObject", kind: .customObject)
    package static let psObject = RuntimeType("System.Management.Automation.PSObject", kind: .psObject)
    package static let scriptBlock = RuntimeType("System.Management.Automation.ScriptBlock", kind: .scriptBlock)
    package static let switchParameter = RuntimeType(
        "System.Management.Automation.SwitchParameter", kind: .switchParameter,
        bases: ["System.ValueType", "System.Object"])
    package static let regex = RuntimeType("System.Text.RegularExpressions.Regex", kind: .regex)
    package static let exception = RuntimeType("System.Exception", kind: .exception)
    package static let errorRecord = RuntimeType("System.Management.Automation.ErrorRecord")
    package static let secureString = RuntimeType("System.Security.SecureString", kind: .secureString)
    package static let credential = RuntimeType("System.Management.Automation.PSCredential", kind: .credential)
    package static let uri = RuntimeType("System.Uri", kind: .uri)
    package static let ipAddress = RuntimeType("System.Net.IPAddress", kind: .ipAddress)
    package static let xml = RuntimeType("System.Xml.XmlDocument", kind: .xml)

    package static let objectArray = makeArray(of: .object)
    package static let stringArray = makeArray(of: .string)
    private static let int32Array = makeArray(of: .int32)
    private static let byteArray = makeArray(of: .byte)

    /// The array type of an element type; the ones scripts have most are made once.
    package static func array(of element: RuntimeType) -> RuntimeType {
        if element === RuntimeType.object { return objectArray }
        if element === RuntimeType.string { return stringArray }
        if element === RuntimeType.int32 { return int32Array }
        if element === RuntimeType.byte { return byteArray }
        return makeArray(of: element)
    }

    private static func makeArray(of element: RuntimeType) -> RuntimeType {
        RuntimeType(
            element.fullName + "[]", kind: .array, bases: ["System.Array", "System.Object"], arguments: [element])
    }

    package static func nullable(_ wrapped: RuntimeType) -> RuntimeType {
        RuntimeType("System.Nullable`1[\(wrapped.fullName)]", kind: .nullable, arguments: [wrapped])
    }

    /// A generic collection type; its kind follows from the name.
    package static func generic(_ name: String, _ arguments: [RuntimeType]) -> RuntimeType {
        let kind: Kind =
            switch name {
            case "System.Collections.Generic.List": .list(.list)
            case "System.Collections.ObjectModel.Collection": .list(.collection)
            case "System.Collections.Generic.Queue": .list(.queue)
            case "System.Collections.Generic.Stack": .list(.stack)
            case "System.Collections.Generic.HashSet": .list(.hashSet)
            case "System.Collections.Generic.Dictionary": .dictionary
            case "System.Nullable": .nullable
            default: .named
            }
        return RuntimeType(
            "\(name)`\(arguments.count)[\(arguments.map(\.fullName).joined(separator: ","))]", kind: kind,
            arguments: arguments)
    }
}

extension RuntimeType: Hashable {
    package static func == (left: RuntimeType, right: RuntimeType) -> Bool {
        left === right || left.key == right.key
    }
    package func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension RuntimeType {
    /// PowerShell's type accelerators, key folded.
    package static let accelerators: [String: RuntimeType] = [
        "object": .object, "string": .string, "char": .char, "bool": .bool, "sbyte": .sbyte, "byte": .byte,
        "int16": .int16, "short": .int16, "uint16": .uint16, "ushort": .uint16, "int": .int32, "int32": .int32,
        "uint": .uint32, "uint32": .uint32, "long": .int64, "int64": .int64, "ulong": .uint64, "uint64": .uint64,
        "float": .single, "single": .single, "double": .double, "decimal": .decimal, "datetime": .dateTime,
        "timespan": .timeSpan, "guid": .guid, "version": .version, "void": .void, "type": .type,
        "hashtable": .hashtable, "ordered": .ordered, "array": .array, "pscustomobject": .customObject,
        "psobject": .psObject, "scriptblock": .scriptBlock, "switch": .switchParameter, "regex": .regex,
        "exception": .exception, "securestring": .secureString, "pscredential": .credential, "uri": .uri,
        "semver": SemanticVersionObject.type, "bigint": BigIntegerObject.type,
        "ipaddress": .ipAddress, "xml": .xml,
        "powershell": PowerShellObject.type,
        "runspace": RuntimeType("System.Management.Automation.Runspaces.Runspace"),
        "runspacefactory": RuntimeType("System.Management.Automation.Runspaces.RunspaceFactory"),
        "math": RuntimeType("System.Math"), "convert": RuntimeType("System.Convert"),
        "environment": RuntimeType("System.Environment"),
        "cultureinfo": RuntimeType("System.Globalization.CultureInfo"),
    ]

    /// The preferred accelerator of a full name: `int` for `System.Int32`.
    fileprivate static func accelerator(of fullName: String) -> String? {
        switch fullName {
        case "System.Int16": "short"
        case "System.UInt16": "ushort"
        case "System.Int32": "int"
        case "System.UInt32": "uint"
        case "System.Int64": "long"
        case "System.UInt64": "ulong"
        case "System.Single": "float"
        default: preferredAccelerators[fullName]
        }
    }

    private static let preferredAccelerators: [String: String] = Dictionary(
        accelerators.filter { $0.key != "array" && $0.key != "environment" && $0.key != "math" && $0.key != "convert" }
            .map { ($0.value.fullName, $0.key) }, uniquingKeysWith: { min($0, $1) })
}
