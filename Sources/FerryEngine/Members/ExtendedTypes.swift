/// Members that modules or scripts add to whole types: what `Update-TypeData` and `.types.ps1xml` files do.
///
/// What files say is kept by file, so that it can be taken away again; what scripts say comes after all files.
package final class ExtendedTypes {
    /// What one type was given.
    package struct Extension {
        /// The type's full name as it was written.
        package let name: String
        package var members = PropertyBag()
        package var standard = StandardMembers()

        package init(_ name: String) { self.name = name }

        package var isEmpty: Bool { members.isEmpty && standard.isEmpty }

        /// Takes over what `other` says; what both say is its.
        mutating func add(_ other: Extension) {
            for (name, member) in other.members.all { members[name] = member }
            standard.add(other.standard)
        }

        /// The first member that `other` says, too; nil when there is none.
        package func clash(with other: Extension) -> String? {
            other.members.names.first { members[$0] != nil } ?? standard.clash(with: other.standard)
        }
    }

    private var files: [(path: String, extensions: [Extension])] = []
    private var own: [String: Extension] = [:]
    /// Of files and scripts together, by folded name.
    private var extensions: [String: Extension] = [:]
    /// The names of all members, folded: nearly every access is to another.
    private var memberKeys: Set<String> = []

    // MARK: Changes

    /// What a script says about a type, in addition to what is known of it.
    package func update(_ change: Extension) {
        own[change.name.folded, default: Extension(change.name)].add(change)
        extensions[change.name.folded, default: Extension(change.name)].add(change)
        for name in change.members.names { memberKeys.insert(name.folded) }
    }

    /// What a file says; a file that is known is read again in its place.
    func update(file path: String, _ said: [Extension], first: Bool = false) {
        if let place = files.firstIndex(where: { $0.path == path }) {
            files[place].extensions = said
        } else {
            files.insert((path, said), at: first ? 0 : files.count)
        }
        rebuild()
    }

    /// Returns `false` for a file that was not loaded.
    package func remove(file path: String) -> Bool {
        guard files.contains(where: { $0.path == path }) else { return false }
        files.removeAll { $0.path == path }
        rebuild()
        return true
    }

    /// Takes away all that is said about a type. Returns `false` when nothing was.
    package func remove(type name: String) -> Bool {
        guard extensions[name.folded] != nil else { return false }
        own[name.folded] = nil
        for place in files.indices { files[place].extensions.removeAll { $0.name.folded == name.folded } }
        rebuild()
        return true
    }

    private func rebuild() {
        extensions = [:]
        for said in files.flatMap(\.extensions) + own.values {
            extensions[said.name.folded, default: Extension(said.name)].add(said)
        }
        memberKeys = Set(extensions.values.flatMap { $0.members.names.map(\.folded) })
    }

    // MARK: What is known

    /// By name.
    package var all: [Extension] { extensions.values.sorted { $0.name.folded < $1.name.folded } }

    package subscript(name: String) -> Extension? { extensions[name.folded] }

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

    /// What the types of an object say together, the most derived type first.
    func standard(of typeNames: [String]) -> StandardMembers? {
        if extensions.isEmpty { return nil }
        var found: StandardMembers?
        for typeName in typeNames.reversed() {
            guard let standard = extensions[typeName.folded]?.standard, !standard.isEmpty else { continue }
            found = found ?? StandardMembers()
            found?.add(standard)
        }
        return found
    }
}
