/// What `List<T>` and `HashSet<T>` have beyond other lists.
enum ListMembers {
    static let tables: [TypeMembers] = [list, set]

    private static func elements(_ call: MethodCall) -> [Value] { call.target.elements ?? [] }

    /// A predicate: a script block that sees the element as `$_` and as its first argument.
    private static func holds(_ call: MethodCall, _ element: Value) throws(Stop) -> Bool {
        guard let block = call.arguments[0].asScriptBlock else { throw call.noOverload() }
        try call.runspace.interrupt.check()
        return Value.array(try block.collect(call.frame, item: element, arguments: [element])).isTrue
    }

    private static func first(_ call: MethodCall, _ elements: [Value]) throws(Stop) -> Int? {
        for (index, element) in elements.enumerated() where try holds(call, element) { return index }
        return nil
    }

    private static let list = TypeMembers("list:list") {
        $0.method("Find", "T Find(System.Predicate[T] match)", 1...1) { call throws(Stop) in
            let all = elements(call)
            return try first(call, all).map { all[$0] } ?? .null
        }
        $0.method("FindLast", "T FindLast(System.Predicate[T] match)", 1...1) { call throws(Stop) in
            let all = Array(elements(call).reversed())
            return try first(call, all).map { all[$0] } ?? .null
        }
        $0.method("FindIndex", "int FindIndex(System.Predicate[T] match)", 1...1) { call throws(Stop) in
            .count(try first(call, elements(call)) ?? -1)
        }
        $0.method("FindAll", "System.Collections.Generic.List[T] FindAll(System.Predicate[T] match)", 1...1) {
            call throws(Stop) in
            var found: [Value] = []
            for element in elements(call) where try holds(call, element) { found.append(element) }
            guard case .list(let list) = call.target else { return .array(found) }
            return .list(ListObject(found, kind: .list, of: list.elementType))
        }
        $0.method("Exists", "bool Exists(System.Predicate[T] match)", 1...1) { call throws(Stop) in
            .bool(try first(call, elements(call)) != nil)
        }
        $0.method("TrueForAll", "bool TrueForAll(System.Predicate[T] match)", 1...1) { call throws(Stop) in
            for element in elements(call) where try !holds(call, element) { return .bool(false) }
            return .bool(true)
        }
        $0.method("RemoveAll", "int RemoveAll(System.Predicate[T] match)", 1...1) { call throws(Stop) in
            guard case .list(let list) = call.target else { return .int(0) }
            var kept: [Value] = []
            for element in list.elements where try !holds(call, element) { kept.append(element) }
            let removed = list.elements.count - kept.count
            list.elements = kept
            return .count(removed)
        }
    }

    /// The argument's elements as the set's own would be.
    private static func other(_ call: MethodCall, _ list: ListObject) throws(Stop) -> [Value] {
        var other: [Value] = []
        for value in call.arguments[0].elements ?? [call.arguments[0]] {
            other.append(try Conversion.convert(value, to: list.elementType, call.runspace))
        }
        return other
    }

    private static func change(_ call: MethodCall, _ body: (ListObject, [Value]) -> Void) throws(Stop) -> Value {
        guard case .list(let list) = call.target else { return .nothing }
        body(list, try other(call, list))
        return .nothing
    }

    private static let set = TypeMembers("list:hashset") {
        $0.method("UnionWith", "void UnionWith(System.Collections.Generic.IEnumerable[T] other)", 1...1) {
            call throws(Stop) in
            try change(call) { mine, other in for value in other { _ = mine.insert(value) } }
        }
        $0.method("IntersectWith", "void IntersectWith(System.Collections.Generic.IEnumerable[T] other)", 1...1) {
            call throws(Stop) in
            try change(call) { mine, other in
                let kept = Set(other.map { ValueIdentity($0) })
                mine.elements.removeAll { !kept.contains(ValueIdentity($0)) }
            }
        }
        $0.method("ExceptWith", "void ExceptWith(System.Collections.Generic.IEnumerable[T] other)", 1...1) {
            call throws(Stop) in
            try change(call) { mine, other in
                let dropped = Set(other.map { ValueIdentity($0) })
                mine.elements.removeAll { dropped.contains(ValueIdentity($0)) }
            }
        }
        $0.method(
            "SymmetricExceptWith", "void SymmetricExceptWith(System.Collections.Generic.IEnumerable[T] other)", 1...1
        ) { call throws(Stop) in
            try change(call) { mine, other in
                let added = other.filter { !mine.contains($0) }
                let dropped = Set(other.map { ValueIdentity($0) })
                mine.elements.removeAll { dropped.contains(ValueIdentity($0)) }
                for value in added { _ = mine.insert(value) }
            }
        }
        for (name, test) in relations {
            $0.method(name, "bool \(name)(System.Collections.Generic.IEnumerable[T] other)", 1...1) {
                call throws(Stop) in
                guard case .list(let list) = call.target else { return .bool(false) }
                return .bool(
                    test(
                        Set(list.elements.map { ValueIdentity($0) }),
                        Set(try other(call, list).map { ValueIdentity($0) })))
            }
        }
    }

    private static let relations: [(String, @Sendable (Set<ValueIdentity>, Set<ValueIdentity>) -> Bool)] = [
        ("IsSubsetOf", { mine, other in mine.isSubset(of: other) }),
        ("IsSupersetOf", { mine, other in mine.isSuperset(of: other) }),
        ("Overlaps", { mine, other in !mine.isDisjoint(with: other) }),
        ("SetEquals", { mine, other in mine == other }),
    ]
}
