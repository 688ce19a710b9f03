/// A list of named members in order, looked up without regard to case.
package struct PropertyBag {
    package enum Member {
        case note(Value)
        case alias(String)
        /// A script property: getter and optional setter run with `$this`.
        case script(get: ScriptBlock?, set: ScriptBlock?)
        case method(ScriptBlock)
    }

    package private(set) var names: [String] = []
    private var members: [Member] = []
    private var index: [String: Int] = [:]
    private var box: StandardBox?

    /// Few objects have it: it takes a pointer's room in the others.
    private final class StandardBox {
        let members: StandardMembers
        init(_ members: StandardMembers) { self.members = members }
    }

    /// What `Add-Member MemberSet PSStandardMembers` said about this object alone.
    package var standard: StandardMembers? {
        get { box?.members }
        set { box = newValue.map(StandardBox.init) }
    }

    package init() {}

    package init(_ pairs: [(String, Value)]) {
        for (name, value) in pairs { self[name] = .note(value) }
    }

    package var count: Int { names.count }
    package var isEmpty: Bool { names.isEmpty }

    package subscript(name: String) -> Member? {
        get { index[name.folded].map { members[$0] } }
        set {
            let key = name.folded
            if let newValue {
                if let position = index[key] {
                    members[position] = newValue
                } else {
                    index[key] = names.count
                    names.append(name)
                    members.append(newValue)
                }
            } else if let position = index.removeValue(forKey: key) {
                names.remove(at: position)
                members.remove(at: position)
                for (key, place) in index where place > position { index[key] = place - 1 }
            }
        }
    }

    /// A name as the bag has it, whatever its case.
    package func spelling(of name: String) -> String? { index[name.folded].map { names[$0] } }

    /// The value of a note property.
    package func note(_ name: String) -> Value? {
        if case .note(let value)? = self[name] { value } else { nil }
    }

    package var all: [(name: String, member: Member)] { Array(zip(names, members)).map { (name: $0, member: $1) } }
}
