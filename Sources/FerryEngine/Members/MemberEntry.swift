/// One member of an object as `Get-Member` lists it.
package struct MemberEntry {
    package let name: String
    /// `Property`, `NoteProperty`, `AliasProperty`, `ScriptProperty`, `Method`, `ScriptMethod`, `ParameterizedProperty`.
    package let kind: String
    package let definition: String

    package init(name: String, kind: String, definition: String) {
        self.name = name
        self.kind = kind
        self.definition = definition
    }
}

extension Members {
    /// The members of a value: methods first, then properties, each kind by name, as `Get-Member` shows them.
    package static func entries(of value: Value, _ runspace: Runspace) -> [MemberEntry] {
        var found: [String: MemberEntry] = [:]
        func add(_ name: String, _ kind: String, _ definition: String) {
            if found[name.folded] == nil {
                found[name.folded] = MemberEntry(name: name, kind: kind, definition: definition)
            }
        }
        func add(_ member: PropertyBag.Member, _ name: String) {
            switch member {
            case .note(let note):
                add(name, "NoteProperty", "\(shortType(of: note)) \(name)=\(note.isNull ? "null" : note.display)")
            case .alias(let other): add(name, "AliasProperty", "\(name) = \(other)")
            case .script(let getter, let setter):
                let get = getter.map { "get={\($0.text)};" } ?? ""
                let set = setter.map { "set={\($0.text)};" } ?? ""
                add(name, "ScriptProperty", "System.Object \(name) {\(get)\(set)}")
            case .method: add(name, "ScriptMethod", "System.Object \(name)();")
            }
        }
        // An object of another session has lost its methods; what is left is the copy's own.
        let isCopy = value.asObject is SnapshotObject
        for (name, member) in value.keeper?.added?.all ?? [] { add(member, name) }
        if case .date(let date) = value.plain, let hint = date.displayHint {
            let name = "DisplayHint"
            add(name, "NoteProperty", "\(name)Type \(name)=\(hint.rawValue)")
        }
        if let object = value.asObject {
            if let noun = object as? AnyNounObject {
                for property in noun.propertyDescriptions {
                    if let alias = property.alias {
                        add(property.name, "AliasProperty", "\(property.name) = \(alias)")
                    } else {
                        add(property.name, "Property", "\(property.type.shortName) \(property.name) {get;}")
                    }
                }
            } else {
                for name in object.propertyNames {
                    let own = (try? object.property(name)) ?? nil
                    add(name, "Property", "\(shortType(of: own ?? .null)) \(name) {\(isCopy ? "get;set;" : "get;")}")
                }
            }
        }
        for name in runspace.types.names(of: value.typeNames) {
            if let member = runspace.types.member(name, of: value.typeNames) { add(member, name) }
        }
        for table in TypeCatalog.members(of: value) {
            for property in table.properties {
                add(property.name, "Property", "\(property.type.shortName) \(property.name) {get;}")
            }
            for method in table.methods {
                if isCopy, !["GetType", "ToString"].contains(method.name) { continue }
                // Objects have it for Sort-Object's sake, not in .NET.
                if method.name == "CompareTo", value.asObject != nil { continue }
                add(method.name, "Method", method.definitions.split(separator: "\n").joined(separator: ", "))
            }
        }
        return sorted(Array(found.values))
    }

    /// The static members of a type.
    package static func staticEntries(of type: RuntimeType) -> [MemberEntry] {
        var found: [MemberEntry] = []
        if let enumeration = type.enumType {
            found += enumeration.members.map {
                MemberEntry(name: $0.name, kind: "Property", definition: "static \(type.fullName) \($0.name) {get;}")
            }
        }
        if case .number(let kind) = type.kind {
            for name in ["MaxValue", "MinValue"] where NumberMembers.limit(name.folded, kind) != nil {
                found.append(
                    MemberEntry(name: name, kind: "Property", definition: "static \(type.shortName) \(name) {get;}"))
            }
        }
        if let table = TypeCatalog.table(of: type) {
            found += table.staticProperties.map {
                MemberEntry(
                    name: $0.name, kind: "Property", definition: "static \($0.type.shortName) \($0.name) {get;}")
            }
            found += table.staticMethods.map { method in
                let lines = method.definitions.split(separator: "\n").map {
                    $0.hasPrefix("static ") ? String($0) : "static " + $0
                }
                return MemberEntry(name: method.name, kind: "Method", definition: lines.joined(separator: ", "))
            }
        }
        return sorted(found)
    }

    private static func shortType(of value: Value) -> String { value.isNull ? "object" : value.typeName.shortName }

    private static func sorted(_ entries: [MemberEntry]) -> [MemberEntry] {
        let order = [
            "AliasProperty", "Method", "NoteProperty", "ParameterizedProperty", "Property", "ScriptMethod",
            "ScriptProperty",
        ]
        return entries.sorted { left, right in
            let a = order.firstIndex(of: left.kind) ?? order.count
            let b = order.firstIndex(of: right.kind) ?? order.count
            return a == b ? left.name.folded < right.name.folded : a < b
        }
    }
}
