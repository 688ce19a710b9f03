/// `System.Management.Automation.Runspaces.TypeData`: what is known of a type beside its own members.
package final class TypeDataObject: HostedBody {
    package let said: ExtendedTypes.Extension

    package init(_ said: ExtendedTypes.Extension) { self.said = said }

    private static let space = "System.Management.Automation.Runspaces."
    package static let type = RuntimeType(space + "TypeData")
    static let memberTypes = [note, alias, script, method, set]
    fileprivate static let note = member("NotePropertyData")
    fileprivate static let alias = member("AliasPropertyData")
    fileprivate static let script = member("ScriptPropertyData")
    fileprivate static let method = member("ScriptMethodData")
    fileprivate static let set = member("PropertySetData")

    private static func member(_ name: String) -> RuntimeType {
        RuntimeType(space + name, bases: [space + "TypeMemberData", "System.Object"])
    }

    package var typeName: RuntimeType { Self.type }
    package var propertyNames: [String] {
        [
            "TypeName", "Members", "TypeConverter", "TypeAdapter", "IsOverride", "SerializationMethod",
            "TargetTypeForDeserialization", "SerializationDepth", "DefaultDisplayProperty",
            "InheritPropertySerializationSet", "StringSerializationSource", "StringSerializationSourceProperty",
            "DefaultDisplayPropertySet", "DefaultKeyPropertySet", "PropertySerializationSet",
        ]
    }

    package func property(_ name: String) throws(Stop) -> Value? {
        let standard = said.standard
        switch name.folded {
        case "typename": return .string(said.name)
        case "members":
            let table = TableObject(kind: .dictionary)
            for (name, member) in said.members.all { table[.string(name)] = TypeMemberData(name, member).value }
            return .table(table)
        case "typeconverter", "typeadapter", "stringserializationsourceproperty": return .null
        case "isoverride": return .bool(false)
        case "serializationmethod": return .optional(standard.serializationMethod)
        case "targettypefordeserialization": return standard.target.map { .type($0) } ?? .null
        case "serializationdepth": return .number(.uint(UInt32(clamping: standard.depth ?? 0)))
        case "defaultdisplayproperty": return .optional(standard.displayProperty)
        case "inheritpropertyserializationset": return .bool(standard.inheritsSerialization ?? false)
        case "stringserializationsource": return .optional(standard.stringSource)
        case "defaultdisplaypropertyset": return Self.set(standard.displayProperties)
        case "defaultkeypropertyset": return Self.set(standard.keyProperties)
        case "propertyserializationset": return Self.set(standard.serializationProperties)
        default: return nil
        }
    }

    private static func set(_ names: [String]?) -> Value {
        names.map { TypeMemberData("", nil, references: $0).value } ?? .null
    }
}

/// One member of a `TypeData`.
final class TypeMemberData: HostedBody {
    private let name: String
    /// Nil for a set of properties.
    private let member: PropertyBag.Member?
    private let references: [String]

    init(_ name: String, _ member: PropertyBag.Member?, references: [String] = []) {
        self.name = name
        self.member = member
        self.references = references
    }

    var typeName: RuntimeType {
        switch member {
        case .note: TypeDataObject.note
        case .alias: TypeDataObject.alias
        case .script: TypeDataObject.script
        case .method: TypeDataObject.method
        case nil: TypeDataObject.set
        }
    }

    var propertyNames: [String] {
        switch member {
        case .note: ["Value", "IsHidden", "Name"]
        case .alias: ["ReferencedMemberName", "MemberType", "IsHidden", "Name"]
        case .script: ["GetScriptBlock", "SetScriptBlock", "IsHidden", "Name"]
        case .method: ["Script", "Name"]
        case nil: ["ReferencedProperties", "Name"]
        }
    }

    func property(_ wanted: String) throws(Stop) -> Value? {
        let key = wanted.folded
        if key == "name" { return .string(name) }
        switch (member, key) {
        case (.note(let value), "value"): return value
        case (.alias(let other), "referencedmembername"): return .string(other)
        case (.alias, "membertype"): return .null
        case (.script(let get, _), "getscriptblock"): return get.map { .object($0) } ?? .null
        case (.script(_, let set), "setscriptblock"): return set.map { .object($0) } ?? .null
        case (.method(let block), "script"): return .object(block)
        case (.note, "ishidden"), (.alias, "ishidden"), (.script, "ishidden"): return .bool(false)
        case (nil, "referencedproperties"): return .array(ArrayObject(references.map { .string($0) }, of: .string))
        default: return nil
        }
    }
}
