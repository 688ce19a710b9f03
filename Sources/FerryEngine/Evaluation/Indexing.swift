/// `$x[i]`: arrays, lists, strings, dictionaries, match groups.
enum Indexing {
    static func get(_ object: Value, _ index: Value, _ frame: Frame) throws(Stop) -> Value {
        let object = object.plain
        switch object {
        case .null, .nothing:
            throw .runtime("NullArray", .invalidOperation, "Cannot index into a null array.")
        case .table(let table):
            if index.isNull {
                throw .runtime(
                    "NullArrayIndex", .invalidOperation, "Index operation failed; the array index evaluated to null.")
            }
            if case .array(let keys) = index { return .array(keys.elements.map { lookup(table, $0) }) }
            return lookup(table, index)
        case .array(let array): return try element(array.elements, index, frame)
        case .list(let list): return try element(list.elements, index, frame)
        case .string(let text): return try element(text.utf16.map { .char($0) }, index, frame)
        case .object(let object):
            if let groups = object as? GroupCollection {
                if case .string(let name) = index { return try groups.named(name) }
                return try element(groups.groups.map { .object($0) }, index, frame)
            }
            if let indexable = object as? any IndexableObject { return try indexable.item(index) }
            if let elements = object.enumerated { return try element(elements, index, frame) }
        default: break
        }
        // A scalar answers as a list of one.
        if case .number(let number) = index, let position = number.asInt64 {
            if position == 0 || position == -1 { return object }
            return .null
        }
        throw .runtime(
            "CannotIndex", .invalidOperation, "Unable to index into an object of type \"\(object.typeName.fullName)\".")
    }

    /// How many elements a number can be the place of; `nil` for what is indexed by keys.
    static func count(_ object: Value) -> Int? {
        switch object.plain {
        case .array(let array): array.elements.count
        case .list(let list): list.elements.count
        case .string(let text): text.utf16.count
        case .object(let nodes as XMLNodes): nodes.nodes.count
        default: nil
        }
    }

    private static func lookup(_ table: TableObject, _ key: Value) -> Value {
        if table.kind == .ordered, case .number(let number) = key, let position = number.asInt64, table[key] == nil {
            let values = table.values
            return position >= 0 && position < values.count ? values[Int(position)] : .null
        }
        return table[key] ?? .null
    }

    private static func element(_ elements: [Value], _ index: Value, _ frame: Frame) throws(Stop) -> Value {
        if case .number(.int(let position)) = index {
            let place = position < 0 ? elements.count + Int(position) : Int(position)
            if place >= 0, place < elements.count { return elements[place] }
            return try outside(frame)
        }
        if let places = index.elements {
            var result: [Value] = []
            for place in places {
                guard let position = try offset(place, elements.count) else { continue }
                result.append(elements[position])
            }
            return .array(result)
        }
        if index.isNull {
            throw .runtime(
                "NullArrayIndex", .invalidOperation, "Index operation failed; the array index evaluated to null.")
        }
        guard let position = try offset(index, elements.count) else { return try outside(frame) }
        return elements[position]
    }

    private static func outside(_ frame: Frame) throws(Stop) -> Value {
        if let strict = frame.runspace.strictVersion(frame), strict >= 3 {
            throw .runtime(
                "System.IndexOutOfRangeException", .operationStopped, "Index was outside the bounds of the array.",
                exception: "System.IndexOutOfRangeException")
        }
        return .null
    }

    /// The place in a collection of `count`, or `nil` when there is none.
    static func offset(_ index: Value, _ count: Int) throws(Stop) -> Int? {
        guard case .number(let number) = try Conversion.convert(index, to: .int32), let position = number.asInt64 else {
            return nil
        }
        let place = position < 0 ? count + Int(position) : Int(position)
        return place >= 0 && place < count ? place : nil
    }

    static func set(_ object: Value, _ index: Value, _ value: Value, _ frame: Frame) throws(Stop) {
        switch object {
        case .null, .nothing:
            throw .runtime("NullArray", .invalidOperation, "Cannot index into a null array.")
        case .table(let table):
            if index.isNull {
                throw .runtime(
                    "NullArrayIndex", .invalidOperation, "Index operation failed; the array index evaluated to null.")
            }
            if table.kind == .ordered, case .number(let number) = index, let position = number.asInt64,
                table[index] == nil,
                position >= 0, position < table.count
            {
                table[table.keys[Int(position)]] = value
                return
            }
            if table.kind == .dictionary {
                let key = try Conversion.convert(index, to: table.keyType, frame.runspace)
                table[key] = try Conversion.convert(value, to: table.valueType, frame.runspace)
                return
            }
            table[index] = value
        case .array(let array):
            guard let position = try offset(index, array.elements.count) else { throw outOfRange(index) }
            array.elements[position] = try Conversion.convert(value, to: array.elementType, frame.runspace)
        case .list(let list):
            guard let position = try offset(index, list.elements.count) else { throw outOfRange(index) }
            list.elements[position] = try Conversion.convert(value, to: list.elementType, frame.runspace)
        default:
            if let indexable = object.asObject as? any IndexableObject { return try indexable.setItem(index, value) }
            throw .runtime(
                "CannotIndex", .invalidOperation,
                "Unable to index into an object of type \(object.typeName.fullName).")
        }
    }

    private static func outOfRange(_ index: Value) -> Stop {
        .runtime(
            "System.IndexOutOfRangeException", .operationStopped, "Index was outside the bounds of the array.",
            exception: "System.IndexOutOfRangeException",
            inner: ExceptionObject("System.IndexOutOfRangeException", "Index was outside the bounds of the array."))
    }
}

/// An object with an indexer of its own.
package protocol IndexableObject: Object {
    func item(_ index: Value) throws(Stop) -> Value
    func setItem(_ index: Value, _ value: Value) throws(Stop)
}
