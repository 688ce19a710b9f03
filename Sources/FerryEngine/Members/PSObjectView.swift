/// `$x.PSObject`: the object's properties, methods and type names as objects.
package final class PSObjectView: Object {
    private(set) var value: Value
    let runspace: Runspace
    init(_ value: Value, _ runspace: Runspace) {
        self.value = value
        self.runspace = runspace
    }
    deinit { ReleaseQueue.release(&value, leaving: .null) }
    package override var typeName: RuntimeType { .psObject }
    package override var text: String { value.display }
    package override var propertyNames: [String] {
        ["Properties", "Members", "Methods", "TypeNames", "BaseObject", "ImmediateBaseObject"]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "properties", "members": return .object(PropertyCollection(self))
        case "methods":
            return .object(MethodCollection(value))
        case "typenames":
            guard let keeper = value.makeKeeper() else { return .array(value.typeNames.map { .string($0) }) }
            return .object(TypeNameList(keeper))
        case "baseobject", "immediatebaseobject": return value.plain
        default: return nil
        }
    }
}

/// `PSObject.TypeNames`: a list that writes back.
package final class TypeNameList: Object {
    let object: Object
    init(_ object: Object) { self.object = object }
    static let type = RuntimeType("System.Collections.ObjectModel.Collection`1[System.String]")
    package override var typeName: RuntimeType { Self.type }
    package override var enumerated: [Value]? { object.typeNames.map { .string($0) } }
}

/// `PSObject.Properties`: enumerable, indexed by name, with `Add`, `Remove` and `Match`.
package final class PropertyCollection: Object, IndexableObject {
    let view: PSObjectView
    /// Only those, where they were matched.
    private let chosen: [String]?
    init(_ view: PSObjectView, chosen: [String]? = nil) {
        self.view = view
        self.chosen = chosen
    }
    static let type = RuntimeType("System.Management.Automation.PSMemberInfoIntegratingCollection`1")
    package override var typeName: RuntimeType { Self.type }

    var names: [String] {
        if let chosen { return chosen }
        if case .table(let table) = view.value {
            return table.keys.map(\.display) + (table.extras?.added?.names ?? [])
        }
        return Members.propertyNames(of: view.value, view.runspace)
    }

    package override var enumerated: [Value]? { names.map { .object(PropertyObject($0, view)) } }

    package func item(_ index: Value) throws(Stop) -> Value {
        if case .number(let number) = index, let position = number.asInt64 {
            let names = names
            return position >= 0 && position < names.count ? .object(PropertyObject(names[Int(position)], view)) : .null
        }
        let wanted = index.display.folded
        guard let name = names.first(where: { $0.folded == wanted }) else { return .null }
        return .object(PropertyObject(name, view))
    }

    package func setItem(_ index: Value, _ value: Value) throws(Stop) {
        throw .runtime("CannotIndex", .invalidOperation, "Properties cannot be assigned through an index.")
    }
}

/// `PSObject.Methods`: enumerable, indexed by name.
package final class MethodCollection: Object, IndexableObject {
    private var value: Value
    init(_ value: Value) { self.value = value }
    deinit { ReleaseQueue.release(&value, leaving: .null) }
    package override var typeName: RuntimeType { PropertyCollection.type }
    package override var enumerated: [Value]? {
        TypeCatalog.members(of: value).flatMap { $0.methods }.map { .object(MethodObject($0, value)) }
    }

    package func item(_ index: Value) throws(Stop) -> Value {
        if case .number = index.plain {
            let methods = enumerated ?? []
            guard let place = try Indexing.offset(index, methods.count) else { return .null }
            return methods[place]
        }
        return TypeCatalog.method(index.display.folded, of: value).map { .object(MethodObject($0, value)) } ?? .null
    }

    package func setItem(_ index: Value, _ value: Value) throws(Stop) {
        throw .runtime("CannotIndex", .invalidOperation, "Methods cannot be assigned through an index.")
    }
}

/// One property: `Name`, `Value` (writable), `TypeNameOfValue`, `MemberType`.
package final class PropertyObject: Object {
    private let name: String
    private let view: PSObjectView
    init(_ name: String, _ view: PSObjectView) {
        self.name = name
        self.view = view
    }
    private static let type = RuntimeType(
        "System.Management.Automation.PSNoteProperty",
        bases: [
            "System.Management.Automation.PSPropertyInfo", "System.Management.Automation.PSMemberInfo", "System.Object",
        ])
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { "\(kind.lowercased()) \(name)" }
    package override var propertyNames: [String] {
        ["MemberType", "IsSettable", "IsGettable", "Value", "TypeNameOfValue", "Name", "IsInstance"]
    }

    private var kind: String {
        switch view.value.keeper?.added?[name] {
        case .note?: return "NoteProperty"
        case .alias?: return "AliasProperty"
        case .script?: return "ScriptProperty"
        case .method?: return "ScriptMethod"
        case nil:
            if let noun = view.value.asObject as? AnyNounObject,
                noun.propertyDescriptions.contains(where: { $0.name.folded == name.folded && $0.alias != nil })
            {
                return "AliasProperty"
            }
            return "Property"
        }
    }

    package override func property(_ wanted: String) throws(Stop) -> Value? {
        switch wanted.folded {
        case "name": return .string(name)
        case "value": return try Members.property(name, of: view.value, view.runspace) ?? .null
        case "typenameofvalue":
            let value = try Members.property(name, of: view.value, view.runspace) ?? .null
            return .string(value.isNull ? "System.Object" : value.typeName.fullName)
        case "membertype": return .string(kind)
        case "issettable": return .bool(kind == "NoteProperty")
        case "isgettable", "isinstance": return .bool(true)
        default: return nil
        }
    }

    package override func setProperty(_ wanted: String, to value: Value) throws(Stop) -> Bool {
        guard wanted.folded == "value" else { return false }
        try Members.set(name, of: view.value, to: value, isStatic: false, view.runspace.globalFrame)
        return true
    }
}
