/// The children or attributes of a node, as they are when they are asked for, or nodes that were found.
package final class XMLNodes: Object, IndexableObject {
    enum Content {
        case children, attributes
        case found([XMLTree])
    }

    let owner: XMLObject
    private let content: Content

    init(_ content: Content, of owner: XMLObject) {
        self.owner = owner
        self.content = content
    }

    var nodes: [XMLTree] {
        switch content {
        case .children: owner.node.children
        case .attributes: owner.node.attributes
        case .found(let nodes): nodes
        }
    }

    private static let listType = RuntimeType("System.Xml.XmlNodeList", bases: ["System.Object"])
    private static let mapType = RuntimeType(
        "System.Xml.XmlAttributeCollection", bases: ["System.Xml.XmlNamedNodeMap", "System.Object"])

    package override var typeName: RuntimeType {
        if case .attributes = content { Self.mapType } else { Self.listType }
    }
    package override var enumerated: [Value]? { nodes.map { owner.wrap($0) } }

    package func item(_ index: Value) throws(Stop) -> Value {
        if case .attributes = content, case .string(let name) = index {
            return owner.wrap(owner.node.attribute(name))
        }
        if let places = index.elements {
            var found: [Value] = []
            for place in places {
                let value = try item(place)
                if !value.isNull { found.append(value) }
            }
            return .array(found)
        }
        guard case .number(let number) = try Conversion.convert(index, to: .int32), let position = number.asInt64 else {
            return .null
        }
        let all = nodes
        // Where there is none, .NET's lists answer null.
        let place = position < 0 ? all.count + Int(position) : Int(position)
        return all.indices.contains(place) ? owner.wrap(all[place]) : .null
    }

    package func setItem(_ index: Value, _ value: Value) throws(Stop) {
        throw .runtime(
            "PropertyAssignmentException", .invalidOperation,
            "Unable to assign to an index into an object of type \(typeName.fullName).")
    }
}
