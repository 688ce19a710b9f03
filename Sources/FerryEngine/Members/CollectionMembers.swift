/// Arrays, lists, queues, stacks, sets and dictionaries.
enum CollectionMembers {
    static let tables: [TypeMembers] = [array, list, queue, stack, dictionary, typeNames, properties, entry]

    private static func elements(_ value: Value) -> [Value] { value.elements ?? [] }

    private static func index(of item: Value, in elements: [Value]) -> Int {
        elements.firstIndex { Comparison.equal($0, item, caseSensitive: true) } ?? -1
    }

    private static func outOfRange(_ call: MethodCall) -> Stop {
        call.failed(
            "System.ArgumentOutOfRangeException",
            "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')"
        )
    }

    private static let array = TypeMembers("System.Array") {
        $0.property("Length", .int32) { .count(elements($0).count) }
        $0.property("Count", .int32) { .count(elements($0).count) }
        $0.property("LongLength", .int64) { .long(Int64(elements($0).count)) }
        $0.property("Rank", .int32) { _ in .int(1) }
        $0.property("IsFixedSize", .bool) { _ in .bool(true) }
        $0.property("IsReadOnly", .bool) { _ in .bool(false) }
        $0.property("SyncRoot", .object) { $0 }
        $0.method("Contains", "bool Contains(System.Object value)", 1...1) { call throws(Stop) in
            .bool(index(of: call.arguments[0], in: elements(call.target)) >= 0)
        }
        $0.method("IndexOf", "int IndexOf(System.Object value)", 1...1) { call throws(Stop) in
            .count(index(of: call.arguments[0], in: elements(call.target)))
        }
        $0.method("GetLength", "int GetLength(int dimension)", 1...1) { call throws(Stop) in
            .count(elements(call.target).count)
        }
        $0.method("GetUpperBound", "int GetUpperBound(int dimension)", 1...1) { call throws(Stop) in
            .count(elements(call.target).count - 1)
        }
        $0.method("GetValue", "System.Object GetValue(int index)", 1...1) { call throws(Stop) in
            let items = elements(call.target)
            let place = try call.int(0)
            guard items.indices.contains(place) else { throw outOfRange(call) }
            return items[place]
        }
        $0.method("SetValue", "void SetValue(System.Object value, int index)", 2...2) { call throws(Stop) in
            guard case .array(let array) = call.target, array.elements.indices.contains(try call.int(1)) else {
                throw outOfRange(call)
            }
            array.elements[try call.int(1)] = try Conversion.convert(
                call.arguments[0], to: array.elementType, call.runspace)
            return .nothing
        }
        $0.method("Clone", "System.Object Clone()", 0...0) { call throws(Stop) in
            guard case .array(let array) = call.target else { return call.target }
            return .array(ArrayObject(array.elements, of: array.elementType))
        }
        $0.method("CopyTo", "void CopyTo(array array, int index)", 2...2) { call throws(Stop) in
            guard case .array(let target) = call.arguments[0] else { throw call.noOverload() }
            let start = try call.int(1)
            let items = elements(call.target)
            guard start >= 0, start + items.count <= target.elements.count else { throw outOfRange(call) }
            for (offset, item) in items.enumerated() { target.elements[start + offset] = item }
            return .nothing
        }
        for name in ["Add", "Remove", "Insert", "RemoveAt", "Clear"] {
            $0.method(name, "\(name)(…)", 0...2) { call throws(Stop) in
                throw call.failed("System.NotSupportedException", "Collection was of a fixed size.")
            }
        }
        $0.method("GetEnumerator", "System.Collections.IEnumerator GetEnumerator()", 0...0) { call throws(Stop) in
            call.target
        }
        $0.staticMethod("Sort", "static void Sort(array array)", 1...2) { call throws(Stop) in
            switch call.arguments[0] {
            case .array(let array): array.elements.sort { Comparison.sortOrder($0, $1, caseSensitive: true) < 0 }
            case .list(let list): list.elements.sort { Comparison.sortOrder($0, $1, caseSensitive: true) < 0 }
            default: break
            }
            return .nothing
        }
        $0.staticMethod("Reverse", "static void Reverse(array array)", 1...1) { call throws(Stop) in
            if case .array(let array) = call.arguments[0] { array.elements.reverse() }
            return .nothing
        }
        $0.staticMethod("IndexOf", "static int IndexOf(array array, System.Object value)", 2...2) { call throws(Stop) in
            .count(index(of: call.arguments[1], in: elements(call.arguments[0])))
        }
        $0.staticMethod("Empty", "static T[] Empty[T]()", 0...0) { call throws(Stop) in .array([]) }
        $0.staticMethod("CreateInstance", "static array CreateInstance(type elementType, int length)", 2...2) {
            call throws(Stop) in
            guard case .type(let type) = try call.convert(0, .type) else { throw call.noOverload() }
            return try StaticMembers.make(.array(of: type), [call.arguments[1]], call.frame)
        }
    }

    private static func listOf(_ call: MethodCall) throws(Stop) -> ListObject {
        guard case .list(let list) = call.target else { throw call.noOverload() }
        return list
    }

    private static func converted(_ call: MethodCall, _ index: Int) throws(Stop) -> Value {
        try call.convert(index, try listOf(call).elementType)
    }

    private static let list = TypeMembers("System.Collections.IList") {
        $0.property("Count", .int32) { .count(elements($0).count) }
        $0.property("Capacity", .int32) { .count(max(4, elements($0).count)) }
        $0.property("IsReadOnly", .bool) { _ in .bool(false) }
        $0.property("IsFixedSize", .bool) { _ in .bool(false) }
        $0.method("Add", "int Add(System.Object value)", 1...1) { call throws(Stop) in
            let list = try listOf(call)
            let item = try converted(call, 0)
            if list.kind == .hashSet { return .bool(list.insert(item)) }
            list.elements.append(item)
            return list.kind == .arrayList ? .count(list.elements.count - 1) : .nothing
        }
        $0.method("AddRange", "void AddRange(System.Collections.ICollection c)", 1...1) { call throws(Stop) in
            let list = try listOf(call)
            for item in call.arguments[0].elements ?? [call.arguments[0]] {
                list.elements.append(try Conversion.convert(item, to: list.elementType, call.runspace))
            }
            return .nothing
        }
        $0.method("Insert", "void Insert(int index, System.Object value)", 2...2) { call throws(Stop) in
            let list = try listOf(call)
            let place = try call.int(0)
            guard (0...list.elements.count).contains(place) else { throw outOfRange(call) }
            list.elements.insert(try converted(call, 1), at: place)
            return .nothing
        }
        $0.method("Remove", "void Remove(System.Object obj)", 1...1) { call throws(Stop) in
            let list = try listOf(call)
            if list.kind == .hashSet { return .bool(list.remove(try converted(call, 0))) }
            let place = index(of: call.arguments[0], in: list.elements)
            if place >= 0 { list.elements.remove(at: place) }
            return list.kind == .arrayList ? .nothing : .bool(place >= 0)
        }
        $0.method("RemoveAt", "void RemoveAt(int index)", 1...1) { call throws(Stop) in
            let list = try listOf(call)
            let place = try call.int(0)
            guard list.elements.indices.contains(place) else { throw outOfRange(call) }
            list.elements.remove(at: place)
            return .nothing
        }
        $0.method("RemoveRange", "void RemoveRange(int index, int count)", 2...2) { call throws(Stop) in
            let list = try listOf(call)
            let (place, count) = (try call.int(0), try call.int(1))
            guard place >= 0, count >= 0, place + count <= list.elements.count else { throw outOfRange(call) }
            list.elements.removeSubrange(place..<place + count)
            return .nothing
        }
        $0.method("Clear", "void Clear()", 0...0) { call throws(Stop) in
            try listOf(call).elements.removeAll()
            return .nothing
        }
        $0.method("Contains", "bool Contains(System.Object item)", 1...1) { call throws(Stop) in
            if case .list(let list) = call.target, list.kind == .hashSet {
                return .bool(list.contains(try converted(call, 0)))
            }
            return .bool(index(of: call.arguments[0], in: elements(call.target)) >= 0)
        }
        $0.method("IndexOf", "int IndexOf(System.Object value)", 1...1) { call throws(Stop) in
            .count(index(of: call.arguments[0], in: elements(call.target)))
        }
        $0.method("ToArray", "System.Object[] ToArray()", 0...1) { call throws(Stop) in
            let list = try listOf(call)
            return .array(ArrayObject(list.elements, of: list.elementType))
        }
        $0.method("Sort", "void Sort()", 0...1) { call throws(Stop) in
            try listOf(call).elements.sort { Comparison.sortOrder($0, $1, caseSensitive: true) < 0 }
            return .nothing
        }
        $0.method("Reverse", "void Reverse()", 0...0) { call throws(Stop) in
            try listOf(call).elements.reverse()
            return .nothing
        }
        $0.method("GetRange", "GetRange(int index, int count)", 2...2) { call throws(Stop) in
            let list = try listOf(call)
            let (place, count) = (try call.int(0), try call.int(1))
            guard place >= 0, count >= 0, place + count <= list.elements.count else { throw outOfRange(call) }
            return .list(ListObject(Array(list.elements[place..<place + count]), kind: list.kind, of: list.elementType))
        }
        $0.method("Clone", "System.Object Clone()", 0...0) { call throws(Stop) in
            let list = try listOf(call)
            return .list(ListObject(list.elements, kind: list.kind, of: list.elementType))
        }
        $0.method("GetEnumerator", "System.Collections.IEnumerator GetEnumerator()", 0...0) { call throws(Stop) in
            call.target
        }
    }

    private static let queue = TypeMembers("list:queue") {
        $0.method("Enqueue", "void Enqueue(System.Object obj)", 1...1) { call throws(Stop) in
            try listOf(call).elements.append(try converted(call, 0))
            return .nothing
        }
        $0.method("Dequeue", "System.Object Dequeue()", 0...0) { call throws(Stop) in
            let list = try listOf(call)
            guard !list.elements.isEmpty else { throw call.failed("System.InvalidOperationException", "Queue empty.") }
            return list.elements.removeFirst()
        }
        $0.method("Peek", "System.Object Peek()", 0...0) { call throws(Stop) in
            guard let first = try listOf(call).elements.first else {
                throw call.failed("System.InvalidOperationException", "Queue empty.")
            }
            return first
        }
    }

    /// The top of a stack is its first element: that is the order it enumerates in.
    private static let stack = TypeMembers("list:stack") {
        $0.method("Push", "void Push(System.Object obj)", 1...1) { call throws(Stop) in
            try listOf(call).elements.insert(try converted(call, 0), at: 0)
            return .nothing
        }
        $0.method("Pop", "System.Object Pop()", 0...0) { call throws(Stop) in
            let list = try listOf(call)
            guard !list.elements.isEmpty else { throw call.failed("System.InvalidOperationException", "Stack empty.") }
            return list.elements.removeFirst()
        }
        $0.method("Peek", "System.Object Peek()", 0...0) { call throws(Stop) in
            guard let first = try listOf(call).elements.first else {
                throw call.failed("System.InvalidOperationException", "Stack empty.")
            }
            return first
        }
    }

    private static func tableOf(_ value: Value) -> TableObject? {
        if case .table(let table) = value { table } else { nil }
    }

    private static func key(_ call: MethodCall, _ table: TableObject) throws(Stop) -> Value {
        let key = call.arguments[0]
        guard !key.isNull else {
            throw call.failed("System.ArgumentNullException", "Value cannot be null. (Parameter 'key')")
        }
        return table.kind == .dictionary ? try call.convert(0, table.keyType) : key
    }

    private static func refuse(_ table: TableObject, _ key: Value, _ value: Value?) throws(Stop) {
        guard let reason = table.refusal?.reason(key, value) else { return }
        throw .runtime(
            "ArgumentException", .notSpecified, reason,
            exception: "System.Management.Automation.MethodInvocationException",
            inner: ExceptionObject("System.ArgumentException", reason))
    }

    private static let dictionary = TypeMembers("System.Collections.IDictionary") {
        $0.property("Count", .int32) { .count(tableOf($0)?.count ?? 0) }
        $0.property("Keys", .object) { .list(ListObject(tableOf($0)?.keys ?? [], kind: .collection)) }
        $0.property("Values", .object) { .list(ListObject(tableOf($0)?.values ?? [], kind: .collection)) }
        $0.property("IsReadOnly", .bool) { _ in .bool(false) }
        $0.property("IsFixedSize", .bool) { _ in .bool(false) }
        $0.property("IsSynchronized", .bool) { _ in .bool(false) }
        $0.property("SyncRoot", .object) { $0 }
        for name in ["ContainsKey", "Contains"] {
            $0.method(name, "bool \(name)(System.Object key)", 1...1) { call throws(Stop) in
                guard let table = tableOf(call.target) else { return .bool(false) }
                return .bool(table[try key(call, table)] != nil)
            }
        }
        $0.method("ContainsValue", "bool ContainsValue(System.Object value)", 1...1) { call throws(Stop) in
            .bool(index(of: call.arguments[0], in: tableOf(call.target)?.values ?? []) >= 0)
        }
        $0.method("Add", "void Add(System.Object key, System.Object value)", 2...2) { call throws(Stop) in
            guard let table = tableOf(call.target) else { return .nothing }
            let key = try key(call, table)
            try refuse(table, key, call.arguments[1])
            if table[key] != nil {
                throw call.failed(
                    "System.ArgumentException",
                    table.kind == .dictionary
                        ? "An item with the same key has already been added. Key: \(key.display)"
                        : "Item has already been added. Key in dictionary: '\(key.display)'  Key being added: '\(key.display)'"
                )
            }
            table[key] = table.kind == .dictionary ? try call.convert(1, table.valueType) : call.arguments[1]
            return .nothing
        }
        $0.method("Remove", "void Remove(System.Object key)", 1...1) { call throws(Stop) in
            guard let table = tableOf(call.target) else { return .nothing }
            let key = try key(call, table)
            try refuse(table, key, nil)
            let had = table[key] != nil
            table[key] = nil
            return table.kind == .dictionary ? .bool(had) : .nothing
        }
        $0.method("RemoveAt", "void RemoveAt(int index)", 1...1) { call throws(Stop) in
            guard let table = tableOf(call.target), table.kind == .ordered, table.keys.indices.contains(try call.int(0))
            else {
                throw outOfRange(call)
            }
            table[table.keys[try call.int(0)]] = nil
            return .nothing
        }
        $0.method("Insert", "void Insert(int index, System.Object key, System.Object value)", 3...3) {
            call throws(Stop) in
            guard let table = tableOf(call.target), table.kind == .ordered, (0...table.count).contains(try call.int(0)),
                table[call.arguments[1]] == nil
            else { throw outOfRange(call) }
            table.insert(call.arguments[1], call.arguments[2], at: try call.int(0))
            return .nothing
        }
        $0.method("Clear", "void Clear()", 0...0) { call throws(Stop) in
            tableOf(call.target)?.removeAll()
            return .nothing
        }
        $0.method("Clone", "System.Object Clone()", 0...0) { call throws(Stop) in
            tableOf(call.target).map { .table($0.clone()) } ?? .null
        }
        $0.method("TryGetValue", "bool TryGetValue(key, [ref] value)", 2...2) { call throws(Stop) in
            guard let table = tableOf(call.target), let reference = call.arguments[1].asObject as? ReferenceObject
            else {
                throw call.noOverload()
            }
            let found = table[try key(call, table)]
            try reference.variable.assign(found ?? .null, call.runspace)
            return .bool(found != nil)
        }
        $0.method("GetEnumerator", "System.Collections.IDictionaryEnumerator GetEnumerator()", 0...0) {
            call throws(Stop) in
            .list(
                ListObject(
                    (tableOf(call.target)?.pairs ?? []).map { .object(EntryObject($0.key, $0.value)) },
                    kind: .collection))
        }
        $0.method("get_Item", "System.Object get_Item(System.Object key)", 1...1) { call throws(Stop) in
            guard let table = tableOf(call.target) else { return .null }
            return table[try key(call, table)] ?? .null
        }
        $0.method("set_Item", "void set_Item(System.Object key, System.Object value)", 2...2) { call throws(Stop) in
            guard let table = tableOf(call.target) else { return .nothing }
            table[try key(call, table)] = call.arguments[1]
            return .nothing
        }
    }

    private static let entry = TypeMembers("System.Collections.DictionaryEntry") { _ in }

    private static let typeNames = TypeMembers(TypeNameList.type.fullName) {
        $0.property("Count", .int32) { .count($0.elements?.count ?? 0) }
        $0.method("Insert", "void Insert(int index, string item)", 2...2) { call throws(Stop) in
            guard let list = call.target.asObject as? TypeNameList else { return .nothing }
            let place = min(try call.int(0), list.object.insertedTypeNames.count)
            list.object.insertedTypeNames.insert(try call.string(1), at: max(0, place))
            return .nothing
        }
        $0.method("Add", "void Add(string item)", 1...1) { call throws(Stop) in
            (call.target.asObject as? TypeNameList)?.object.insertedTypeNames.append(try call.string(0))
            return .nothing
        }
        $0.method("Clear", "void Clear()", 0...0) { call throws(Stop) in
            (call.target.asObject as? TypeNameList)?.object.insertedTypeNames.removeAll()
            return .nothing
        }
        $0.method("Contains", "bool Contains(string item)", 1...1) { call throws(Stop) in
            let wanted = try call.string(0)
            return .bool(call.target.elements?.contains { $0.display == wanted } ?? false)
        }
    }

    private static let properties = TypeMembers(PropertyCollection.type.fullName) {
        $0.method("Remove", "void Remove(string name)", 1...1) { call throws(Stop) in
            (call.target.asObject as? PropertyCollection)?.view.value.keeper?.added?[try call.string(0)] = nil
            return .nothing
        }
        $0.method("Add", "void Add(System.Management.Automation.PSPropertyInfo member)", 1...2) { call throws(Stop) in
            guard let object = (call.target.asObject as? PropertyCollection)?.view.value.makeKeeper(),
                let note = call.arguments[0].asObject
            else { throw call.noOverload() }
            if object.added == nil { object.added = PropertyBag() }
            if let member = note as? MemberObject {
                object.added?[member.name] = member.member
                return .nothing
            }
            let name = try note.property("Name")?.display ?? ""
            object.added?[name] = .note(try note.property("Value") ?? .null)
            return .nothing
        }
        $0.method("Item", "Item(string name)", 1...1) { call throws(Stop) in
            try (call.target.asObject as? PropertyCollection)?.item(call.arguments[0]) ?? .null
        }
        $0.method("Match", "Match(string name)", 1...1) { call throws(Stop) in
            guard let collection = call.target.asObject as? PropertyCollection else { return .array([]) }
            let pattern = WildcardPattern(try call.string(0))
            return .object(
                PropertyCollection(collection.view, chosen: collection.names.filter { pattern.matches($0) }))
        }
    }
}

/// `DictionaryEntry`: what enumerating a hashtable gives.
package final class EntryObject: Object {
    private let key: Value
    private var value: Value
    package init(_ key: Value, _ value: Value) {
        self.key = key
        self.value = value
    }
    deinit { ReleaseQueue.release(&value, leaving: .null) }
    private static let type = RuntimeType(
        "System.Collections.DictionaryEntry", bases: ["System.ValueType", "System.Object"])
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["Name", "Key", "Value"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "key", "name": key
        case "value": value
        default: nil
        }
    }
}
