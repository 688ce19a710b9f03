/// Members that modules or scripts add to whole types: what `Update-TypeData` and `.types.ps1xml` files do.
package final class ExtendedTypes {
    package struct Extension {
        package var members = PropertyBag()
        package var displayProperties: [String] = []
        package init() {}
    }

    private var extensions: [String: Extension] = [:]
    /// The names of all members, folded: nearly every access is to another.
    private var memberKeys: Set<String> = []

    package func add(_ name: String, _ member: PropertyBag.Member, to typeName: String) {
        extensions[typeName.folded, default: Extension()].members[name] = member
        memberKeys.insert(name.folded)
    }

    package func setDisplayProperties(_ names: [String], of typeName: String) {
        extensions[typeName.folded, default: Extension()].displayProperties = names
    }

    var isEmpty: Bool { extensions.isEmpty }

    /// The member of a folded name that the types of a value were given.
    func member(_ key: String, of value: Value) -> PropertyBag.Member? {
        memberKeys.contains(key) ? member(key, of: value.typeNames) : nil
    }

    package func member(_ name: String, of typeNames: [String]) -> PropertyBag.Member? {
        if extensions.isEmpty { return nil }
        for typeName in typeNames {
            if let member = extensions[typeName.folded]?.members[name] { return member }
        }
        return nil
    }

    package func names(of typeNames: [String]) -> [String] {
        if extensions.isEmpty { return [] }
        return typeNames.flatMap { extensions[$0.folded]?.members.names ?? [] }
    }

    package func displayProperties(of typeNames: [String]) -> [String]? {
        if extensions.isEmpty { return nil }
        for typeName in typeNames {
            if let found = extensions[typeName.folded]?.displayProperties, !found.isEmpty { return found }
        }
        return nil
    }
}
