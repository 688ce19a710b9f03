/// `PSCustomObject`: a bag of properties in the order they were given.
package final class CustomObject: Object {
    package init(_ properties: PropertyBag = PropertyBag(), typeNames: [String] = []) {
        super.init()
        added = properties
        insertedTypeNames = typeNames
    }

    package convenience init(_ pairs: [(String, Value)], typeNames: [String] = []) {
        self.init(PropertyBag(pairs), typeNames: typeNames)
    }

    package override var typeName: RuntimeType { .customObject }

    /// `@{Name=web01; State=Running}`
    package override var text: String {
        guard let added else { return "" }
        let pairs = added.all.map { name, member in
            guard case .note(let value) = member, !(value.asObject is CustomObject) else { return "\(name)=" }
            return "\(name)=\(value.scalarText)"
        }
        return "@{" + pairs.joined(separator: "; ") + "}"
    }
}
