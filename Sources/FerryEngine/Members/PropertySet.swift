/// `PSPropertySet`: names of properties under a name of their own.
package final class PropertySet: HostedBody {
    package let name: String
    package let properties: [String]

    package init(name: String, properties: [String]) {
        self.name = name
        self.properties = properties
    }

    /// Nil where there are no names.
    convenience init?(_ name: String, _ properties: [String]?) {
        guard let properties else { return nil }
        self.init(name: name, properties: properties)
    }

    package static let type = RuntimeType(
        "System.Management.Automation.PSPropertySet",
        bases: ["System.Management.Automation.PSMemberInfo", "System.Object"])
    package var typeName: RuntimeType { Self.type }
    package var text: String { "\(name) {\(properties.joined(separator: ", "))}" }
    package var isImmutable: Bool { true }
    package var propertyNames: [String] {
        ["MemberType", "ReferencedPropertyNames", "Value", "TypeNameOfValue", "Name", "IsInstance"]
    }
    package func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "membertype": .string("PropertySet")
        case "referencedpropertynames", "referencedproperties":
            .array(ArrayObject(properties.map { .string($0) }, of: .string))
        case "value": self.value
        case "typenameofvalue": .string(Self.type.fullName)
        case "name": .string(self.name)
        case "isinstance": .bool(false)
        default: nil
        }
    }

    static let members = TypeMembers("System.Management.Automation.PSPropertySet") {
        $0.make { call throws(Stop) in
            guard call.count == 2 else { throw call.noOverload() }
            let names = call.arguments[1].elements ?? [call.arguments[1]]
            return PropertySet(name: try call.string(0), properties: names.map(\.display)).value
        }
    }
}
