/// Properties and methods of arrays, lists and dictionaries.
enum CollectionMembers {
    static let propertyNames = ["Count", "Length", "Rank", "IsFixedSize", "IsReadOnly"]
    static let tablePropertyNames = [
        "Count", "Keys", "Values", "IsReadOnly", "IsFixedSize", "IsSynchronized", "SyncRoot",
    ]

    static func property(_ name: String, of array: ArrayObject) -> Value? {
        switch name.folded {
        case "length", "count", "longlength": .count(array.elements.count)
        case "rank": .int(1)
        case "isfixedsize": .bool(true)
        case "isreadonly", "issynchronized": .bool(false)
        default: nil
        }
    }

    static func property(_ name: String, of list: ListObject) -> Value? {
        switch name.folded {
        case "count": .count(list.elements.count)
        case "capacity": .count(max(4, list.elements.count))
        case "isfixedsize", "isreadonly": .bool(list.isReadOnly)
        default: nil
        }
    }

    /// A key is found before the dictionary's own properties.
    static func property(_ name: String, of table: TableObject) -> Value? {
        if let value = table[.string(name)] { return value }
        return switch name.folded {
        case "count": .count(table.count)
        case "keys": .list(readOnly(table.keys))
        case "values": .list(readOnly(table.values))
        case "isreadonly", "isfixedsize", "issynchronized": .bool(false)
        default: nil
        }
    }

    private static func readOnly(_ values: [Value]) -> ListObject {
        let list = ListObject(values, kind: .collection)
        list.isReadOnly = true
        return list
    }

    // MARK: Arrays

    static func invoke(_ name: String, on array: ArrayObject, _ arguments: [Value], _ frame: Frame) throws(Stop)
        -> Value?
    {
        switch (name.folded, arguments.count) {
        case ("clone", 0): return .array(ArrayObject(array.elements, of: array.elementType))
        case ("getlength", 1), ("getlonglength", 1): return .count(array.elements.count)
        case ("getupperbound", 1): return .count(array.elements.count - 1)
        case ("getlowerbound", 1): return .int(0)
        case ("getvalue", 1): return try Indexing.get(.array(array), arguments[0], frame)
        case ("setvalue", 2):
            try Indexing.set(.array(array), arguments[1], to: arguments[0], frame)
            return .nothing
        case ("add", 1), ("remove", 1), ("insert", 2), ("removeat", 1), ("clear", 0):
            throw Members.exception("System.NotSupportedException", "Collection was of a fixed size.")
        default: return try shared(name, array.elements, arguments, frame)
        }
    }

    /// What arrays and lists both have, PowerShell's own `Where` and `ForEach` included.
    private static func shared(_ name: String, _ elements: [Value], _ arguments: [Value], _ frame: Frame) throws(Stop)
        -> Value?
    {
        switch (name.folded, arguments.count) {
        case ("contains", 1): return .bool(elements.contains { same($0, arguments[0]) })
        case ("indexof", 1): return .count(elements.firstIndex { same($0, arguments[0]) } ?? -1)
        case ("lastindexof", 1): return .count(elements.lastIndex { same($0, arguments[0]) } ?? -1)
        case ("getenumerator", 0): return .array(elements)
        case ("tostring", 0): return nil
        case ("where", 1...3): return try filtered(elements, arguments, frame)
        case ("foreach", 1...): return try mapped(elements, arguments, frame)
        default: return nil
        }
    }

    private static func same(_ left: Value, _ right: Value) -> Bool {
        left.typeName == right.typeName && Comparison.equal(left, right, caseSensitive: true)
    }

    private static func filtered(_ elements: [Value], _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value {
        guard let block = arguments[0].asScriptBlock else {
            throw Members.exception("System.ArgumentException", "The first argument of Where must be a script block.")
        }
        let mode = arguments.count > 1 ? arguments[1].display.folded : "default"
        var limit = Int.max
        if arguments.count > 2, case .number(let number) = arguments[2], let count = number.asInt64, count > 0 {
            limit = Int(count)
        } else if ["first", "last"].contains(mode) {
            limit = 1
        }
        var yes: [Value] = []
        var no: [Value] = []
        for (index, element) in elements.enumerated() {
            if mode == "first" || mode == "default", yes.count >= limit { break }
            let output = try block.collect(frame, item: element)
            let holds = (output.count == 1 ? output[0] : .array(output)).isTrue
            if holds, mode == "until" { return list(Array(elements[..<index].prefix(limit))) }
            if holds, mode == "skipuntil" { return list(Array(elements[index...].prefix(limit))) }
            if holds { yes.append(element) } else { no.append(element) }
        }
        switch mode {
        case "last": return list(Array(yes.suffix(limit)))
        case "split": return .array([list(yes), list(no)])
        case "skipuntil": return list([])
        case "until": return list(elements)
        default: return list(yes)
        }
    }

    private static func mapped(_ elements: [Value], _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value {
        var results: [Value] = []
        for element in elements {
            if let block = arguments[0].asScriptBlock {
                results += try block.collect(frame, item: element, arguments: Array(arguments.dropFirst()))
            } else if case .type(let type) = arguments[0] {
                results.append(try Conversion.convert(element, to: type, frame.runspace))
            } else if arguments.count > 1 {
                try Members.set(arguments[0].display, of: element, to: arguments[1], isStatic: false, frame)
            } else {
                results.append(try Members.get(arguments[0].display, of: element, isStatic: false, frame))
            }
        }
        return list(results)
    }

    private static func list(_ values: [Value]) -> Value { .list(ListObject(values, kind: .collection)) }

    // MARK: Lists

    static func invoke(_ name: String, on list: ListObject, _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value?
    {
        func index(_ argument: Value, limit: Int) throws(Stop) -> Int {
            guard case .number(let number) = try Conversion.convert(argument, to: .int32, frame.runspace),
                let value = number.asInt64, (0..<limit).contains(Int(value))
            else {
                throw Members.exception(
                    "System.ArgumentOutOfRangeException",
                    "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')"
                )
            }
            return Int(value)
        }
        func typed(_ value: Value) throws(Stop) -> Value {
            try Conversion.convert(value, to: list.elementType, frame.runspace)
        }
        switch (name.folded, arguments.count) {
        case ("add", 1):
            let value = try typed(arguments[0])
            if list.kind == .hashSet {
                if list.elements.contains(where: { same($0, value) }) { return .bool(false) }
                list.elements.append(value)
                return .bool(true)
            }
            list.elements.append(value)
            return list.kind == .arrayList ? .count(list.elements.count - 1) : .nothing
        case ("addrange", 1):
            for value in arguments[0].elements ?? [arguments[0]] { list.elements.append(try typed(value)) }
            return .nothing
        case ("insert", 2):
            list.elements.insert(try typed(arguments[1]), at: try index(arguments[0], limit: list.elements.count + 1))
            return .nothing
        case ("remove", 1):
            guard let found = list.elements.firstIndex(where: { same($0, arguments[0]) }) else {
                return list.kind == .arrayList ? .nothing : .bool(false)
            }
            list.elements.remove(at: found)
            return list.kind == .arrayList ? .nothing : .bool(true)
        case ("removeat", 1):
            list.elements.remove(at: try index(arguments[0], limit: list.elements.count))
            return .nothing
        case ("clear", 0):
            list.elements = []
            return .nothing
        case ("toarray", 0): return .array(ArrayObject(list.elements, of: list.elementType))
        case ("reverse", 0):
            list.elements.reverse()
            return .nothing
        case ("sort", 0):
            list.elements.sort { Comparison.sortOrder($0, $1) < 0 }
            return .nothing
        case ("enqueue", 1) where list.kind == .queue, ("push", 1) where list.kind == .stack:
            if list.kind == .queue {
                list.elements.append(try typed(arguments[0]))
            } else {
                list.elements.insert(try typed(arguments[0]), at: 0)
            }
            return .nothing
        case ("dequeue", 0) where list.kind == .queue, ("pop", 0) where list.kind == .stack:
            guard !list.elements.isEmpty else {
                throw Members.exception(
                    "System.InvalidOperationException", list.kind == .queue ? "Queue empty." : "Stack empty.")
            }
            return list.elements.removeFirst()
        case ("peek", 0) where list.kind == .queue || list.kind == .stack:
            guard let first = list.elements.first else {
                throw Members.exception(
                    "System.InvalidOperationException", list.kind == .queue ? "Queue empty." : "Stack empty.")
            }
            return first
        case ("clone", 0): return .list(ListObject(list.elements, kind: list.kind, of: list.elementType))
        default: return try shared(name, list.elements, arguments, frame)
        }
    }

    // MARK: Dictionaries

    static func invoke(_ name: String, on table: TableObject, _ arguments: [Value], _ frame: Frame) throws(Stop)
        -> Value?
    {
        switch (name.folded, arguments.count) {
        case ("add", 2):
            guard table[arguments[0]] == nil else {
                let text =
                    "Item has already been added. Key in dictionary: '\(arguments[0].display)'  Key being added: '\(arguments[0].display)'"
                throw Members.exception("System.ArgumentException", text)
            }
            table[arguments[0]] = arguments[1]
            return .nothing
        case ("remove", 1):
            let existed = table[arguments[0]] != nil
            table[arguments[0]] = nil
            return table.kind == .dictionary ? .bool(existed) : .nothing
        case ("containskey", 1), ("contains", 1): return .bool(table[arguments[0]] != nil)
        case ("containsvalue", 1):
            return .bool(
                table.values.contains { Comparison.equal($0, arguments[0], caseSensitive: true, frame.runspace) })
        case ("clear", 0):
            table.removeAll()
            return .nothing
        case ("clone", 0): return .table(table.clone())
        case ("item", 1), ("get_item", 1): return table[arguments[0]] ?? .null
        case ("set_item", 2):
            table[arguments[0]] = arguments[1]
            return .nothing
        case ("insert", 3) where table.kind == .ordered:
            guard case .number(let number) = arguments[0], let place = number.asInt64,
                (0...Int64(table.count)).contains(place),
                table[arguments[1]] == nil
            else {
                throw Members.exception(
                    "System.ArgumentOutOfRangeException",
                    "Specified argument was out of the range of valid values. (Parameter 'index')")
            }
            table.insert(arguments[1], arguments[2], at: Int(place))
            return .nothing
        case ("getenumerator", 0):
            return .array(
                table.pairs.map { pair in
                    .object(
                        CustomObject(
                            [("Name", pair.key), ("Key", pair.key), ("Value", pair.value)],
                            typeNames: ["System.Collections.DictionaryEntry"]))
                })
        default: return nil
        }
    }
}
