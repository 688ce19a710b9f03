/// A .NET array: fixed size, `Object[]` unless typed.
package final class ArrayObject {
    package var elements: [Value]
    package let elementType: RuntimeType
    /// Members and type names added to this one array.
    var extras: Object?

    package init(_ elements: [Value], of elementType: RuntimeType = .object) {
        self.elements = elements
        self.elementType = elementType
    }

    deinit { if !elements.isEmpty { ReleaseQueue.release(&elements, leaving: []) } }

    package var typeName: RuntimeType { .array(of: elementType) }
}

/// A growable collection: `ArrayList`, `List<T>`, `Collection<T>`, queues, stacks and sets.
package final class ListObject {
    package enum Kind: Sendable { case arrayList, list, collection, queue, stack, hashSet }

    private var storage: [Value]
    /// What a set holds, from the first question until somebody changes its elements otherwise.
    private var members: Set<ValueIdentity>?
    package let kind: Kind
    package let elementType: RuntimeType
    package var isReadOnly = false
    /// Members and type names added to this one list.
    var extras: Object?

    package init(_ elements: [Value] = [], kind: Kind = .list, of elementType: RuntimeType = .object) {
        storage = elements
        self.kind = kind
        self.elementType = elementType
        guard kind == .hashSet else { return }
        var known: Set<ValueIdentity> = []
        storage = elements.filter { known.insert(ValueIdentity($0)).inserted }
        members = known
    }

    deinit {
        members = nil
        if !storage.isEmpty { ReleaseQueue.release(&storage, leaving: []) }
    }

    package var elements: [Value] {
        get { storage }
        _modify {
            members = nil
            yield &storage
        }
    }

    // MARK: Sets

    private var known: Set<ValueIdentity> {
        if let members { return members }
        let made = Set(storage.map { ValueIdentity($0) })
        members = made
        return made
    }

    /// Whether a set has the value, by .NET's equality.
    package func contains(_ value: Value) -> Bool { known.contains(ValueIdentity(value)) }

    /// Adds a value to a set; `false` if it has it already.
    package func insert(_ value: Value) -> Bool {
        if members == nil { _ = known }
        guard members?.insert(ValueIdentity(value)).inserted == true else { return false }
        storage.append(value)
        return true
    }

    /// Takes a value out of a set; `false` if it does not have it.
    package func remove(_ value: Value) -> Bool {
        if members == nil { _ = known }
        let identity = ValueIdentity(value)
        guard members?.remove(identity) != nil, let place = storage.firstIndex(where: { ValueIdentity($0) == identity })
        else { return false }
        storage.remove(at: place)
        return true
    }

    /// Made when it is first asked for.
    package private(set) lazy var typeName: RuntimeType =
        switch kind {
        case .arrayList: .arrayList
        case .list: .generic("System.Collections.Generic.List", [elementType])
        case .collection: .generic("System.Collections.ObjectModel.Collection", [elementType])
        case .queue: .generic("System.Collections.Generic.Queue", [elementType])
        case .stack: .generic("System.Collections.Generic.Stack", [elementType])
        case .hashSet: .generic("System.Collections.Generic.HashSet", [elementType])
        }
}
