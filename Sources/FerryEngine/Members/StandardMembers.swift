/// What is said about a type for the commands that show and store its objects: `$object.PSStandardMembers`.
package struct StandardMembers {
    package var displayProperty: String?
    package var displayProperties: [String]?
    package var keyProperties: [String]?
    package var serializationMethod: String?
    package var serializationProperties: [String]?
    package var inheritsSerialization: Bool?
    package var stringSource: String?
    package var target: RuntimeType?
    package var depth: Int?

    package init() {}

    /// Those that are said, by the names scripts know them by.
    package var names: [String] {
        let known: [(String, Bool)] = [
            ("SerializationMethod", serializationMethod != nil), ("TargetTypeForDeserialization", target != nil),
            ("SerializationDepth", depth != nil), ("DefaultDisplayProperty", displayProperty != nil),
            ("InheritPropertySerializationSet", inheritsSerialization != nil),
            ("StringSerializationSource", stringSource != nil),
            ("DefaultDisplayPropertySet", displayProperties != nil), ("DefaultKeyPropertySet", keyProperties != nil),
            ("PropertySerializationSet", serializationProperties != nil),
        ]
        return known.filter(\.1).map(\.0)
    }

    package var isEmpty: Bool { names.isEmpty }

    mutating func add(_ other: StandardMembers) {
        displayProperty = other.displayProperty ?? displayProperty
        displayProperties = other.displayProperties ?? displayProperties
        keyProperties = other.keyProperties ?? keyProperties
        serializationMethod = other.serializationMethod ?? serializationMethod
        serializationProperties = other.serializationProperties ?? serializationProperties
        inheritsSerialization = other.inheritsSerialization ?? inheritsSerialization
        stringSource = other.stringSource ?? stringSource
        target = other.target ?? target
        depth = other.depth ?? depth
    }

    func clash(with other: StandardMembers) -> String? { other.names.first(where: names.contains) }

    /// One as `PSStandardMembers` of an object has it.
    func property(_ name: String, of value: Value, _ runspace: Runspace) throws(Stop) -> Value? {
        switch name.folded {
        case "serializationmethod": return serializationMethod.map { .string($0) }
        case "targettypefordeserialization": return target.map { .type($0) }
        case "serializationdepth": return depth.map { .count($0) }
        case "defaultdisplayproperty": return displayProperty.map { .string($0) }
        case "inheritpropertyserializationset": return inheritsSerialization.map { .bool($0) }
        case "stringserializationsource":
            return try stringSource.flatMap { name throws(Stop) in try Members.property(name, of: value, runspace) }
        case "defaultdisplaypropertyset": return PropertySet("DefaultDisplayPropertySet", displayProperties)?.value
        case "defaultkeypropertyset": return PropertySet("DefaultKeyPropertySet", keyProperties)?.value
        case "propertyserializationset":
            return PropertySet("PropertySerializationSet", serializationProperties)?.value
        default: return nil
        }
    }
}

/// `$object.PSStandardMembers`
final class StandardMembersView: HostedBody {
    private let members: StandardMembers
    private let owner: Value
    private let runspace: Runspace

    init(_ members: StandardMembers, of owner: Value, _ runspace: Runspace) {
        self.members = members
        self.owner = owner
        self.runspace = runspace
    }

    private static let type = RuntimeType("System.Management.Automation.PSMemberSet")
    var typeName: RuntimeType { Self.type }
    var text: String { "PSStandardMembers {" + members.names.joined(separator: ", ") + "}" }
    var propertyNames: [String] { members.names }
    func property(_ name: String) throws(Stop) -> Value? { try members.property(name, of: owner, runspace) }
}
