/// Members that modules or scripts add to whole types: what `Update-TypeData` and `.types.ps1xml` files do.
package final class ExtendedTypes {
    package struct Extension {
        package var members = PropertyBag()
        package var displayProperties: [String] = []
        package init() {}
    }

    private var extensions: [String: Extension] = [:]

    package func add(_ name: String, _ member: PropertyBag.Member, to typeName: String) {
        extensions[typeName.folded, default: Extension()].members[name] = member
    }

    package func setDisplayProperties(_ names: [String], of typeName: String) {
        extensions[typeName.folded, default: Extension()].displayProperties = names
    }

    var isEmpty: Bool { extensions.isEmpty }

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
