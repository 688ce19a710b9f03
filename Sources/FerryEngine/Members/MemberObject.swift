/// `[psnoteproperty]::new('Name', 5)` and its kin: a member on its own, to be added to an object.
package final class MemberObject: Object {
    let name: String
    private(set) var member: PropertyBag.Member
    private let type: RuntimeType

    init(_ name: String, _ member: PropertyBag.Member, _ type: RuntimeType) {
        self.name = name
        self.member = member
        self.type = type
    }

    deinit { ReleaseQueue.release(&member, leaving: .alias("")) }

    package override var typeName: RuntimeType { type }
    package override var propertyNames: [String] { ["MemberType", "Value", "TypeNameOfValue", "Name", "IsInstance"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": return .string(self.name)
        case "membertype": return .string(String(type.name.dropFirst(2)))
        case "isinstance": return .bool(true)
        case "value", "typenameofvalue":
            guard case .note(let value) = member else { return .null }
            return name.folded == "value"
                ? value : .string(value.isNull ? "System.Object" : value.typeName.fullName)
        default: return nil
        }
    }

    /// The accelerators: `psnoteproperty` for `System.Management.Automation.PSNoteProperty`.
    static let types: [String: RuntimeType] = Dictionary(
        uniqueKeysWithValues: ["PSNoteProperty", "PSAliasProperty", "PSScriptProperty", "PSScriptMethod"].map { name in
            (
                name.folded,
                RuntimeType(
                    "System.Management.Automation." + name,
                    bases: [
                        "System.Management.Automation.PSPropertyInfo", "System.Management.Automation.PSMemberInfo",
                        "System.Object",
                    ])
            )
        })

    static let members: [TypeMembers] = types.map { key, type in
        TypeMembers(type.fullName) {
            $0.make { call throws(Stop) in
                guard (2...3).contains(call.count) else { throw call.noOverload() }
                let name = try call.string(0)
                let given = call.arguments[1]
                let member: PropertyBag.Member
                switch key {
                case "psnoteproperty": member = .note(given)
                case "psaliasproperty": member = .alias(given.display)
                case "psscriptmethod":
                    guard let block = given.asScriptBlock else { throw call.noOverload() }
                    member = .method(block)
                default:
                    guard let block = given.asScriptBlock else { throw call.noOverload() }
                    member = .script(get: block, set: call.count > 2 ? call.arguments[2].asScriptBlock : nil)
                }
                return .object(MemberObject(name, member, type))
            }
        }
    }

    /// What `$x.PSObject` can do, and `[psobject]::AsPSObject`.
    static let view = TypeMembers(RuntimeType.psObject.fullName) {
        $0.method("Copy", "psobject Copy()", 0...0) { call throws(Stop) in
            guard let view = call.target.asObject as? PSObjectView else { return call.target }
            switch view.value {
            case .table(let table): return .table(table.clone())
            case .array(let array): return .array(ArrayObject(array.elements, of: array.elementType))
            case .object(let object as CustomObject):
                return .object(CustomObject(object.added ?? PropertyBag(), typeNames: object.insertedTypeNames))
            default: return view.value
            }
        }
        $0.staticMethod("AsPSObject", "static psobject AsPSObject(System.Object obj)", 1...1) { call throws(Stop) in
            call.arguments[0].extensible
        }
    }
}
