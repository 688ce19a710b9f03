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

    /// A record of a type of its own, as commands return them: `GetType()` and `-is` know it by that.
    package convenience init(_ pairs: [(String, Value)], type: RuntimeType) {
        self.init(PropertyBag(pairs))
        ownType = type
    }

    /// Takes the place of all type names, the type's own too.
    package func replaceTypeNames(_ names: [String]) { replacedTypeNames = names }

    private var replacedTypeNames: [String]?
    package override var typeNames: [String] { insertedTypeNames + (replacedTypeNames ?? typeName.hierarchy) }
    private var ownType = RuntimeType.customObject
    package override var typeName: RuntimeType { ownType }

    /// `@{Name=web01; State=Running}`; of a type of its own the type's name, as .NET's objects without a text say.
    package override var text: String {
        if ownType !== RuntimeType.customObject { return ownType.fullName }
        guard let added, !added.all.isEmpty else { return "" }
        let pairs = added.all.map { name, member in
            guard case .note(let value) = member, !(value.asObject is CustomObject) else { return "\(name)=" }
            return "\(name)=\(value.scalarText)"
        }
        return "@{" + pairs.joined(separator: "; ") + "}"
    }
}
