/// A .NET array: fixed size, `Object[]` unless typed.
package final class ArrayObject {
    package var elements: [Value]
    package let elementType: RuntimeType

    package init(_ elements: [Value], of elementType: RuntimeType = .object) {
        self.elements = elements
        self.elementType = elementType
    }

    package var typeName: RuntimeType { .array(of: elementType) }
}

/// A growable collection: `ArrayList`, `List<T>`, `Collection<T>`, queues, stacks and sets.
package final class ListObject {
    package enum Kind: Sendable { case arrayList, list, collection, queue, stack, hashSet }

    package var elements: [Value]
    package let kind: Kind
    package let elementType: RuntimeType
    package var isReadOnly = false

    package init(_ elements: [Value] = [], kind: Kind = .list, of elementType: RuntimeType = .object) {
        self.elements = elements
        self.kind = kind
        self.elementType = elementType
    }

    package var typeName: RuntimeType {
        switch kind {
        case .arrayList: .arrayList
        case .list: .generic("System.Collections.Generic.List", [elementType])
        case .collection: .generic("System.Collections.ObjectModel.Collection", [elementType])
        case .queue: .generic("System.Collections.Generic.Queue", [elementType])
        case .stack: .generic("System.Collections.Generic.Stack", [elementType])
        case .hashSet: .generic("System.Collections.Generic.HashSet", [elementType])
        }
    }
}
