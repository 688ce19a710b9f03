/// `[Tuple]::Create(…)` and `[ValueTuple]::Create(…)`: up to eight values in a row, equal when their values are.
package final class TupleObject: OperandObject, IndexableObject {
    private let items: [Value]
    private let isValue: Bool

    init(_ items: [Value], isValue: Bool) {
        self.items = items
        self.isValue = isValue
    }

    package override var typeName: RuntimeType {
        .generic(isValue ? "System.ValueTuple" : "System.Tuple", items.map { $0.isNull ? .object : $0.typeName })
    }
    package override var text: String { "(" + items.map(\.scalarText).joined(separator: ", ") + ")" }
    package override var propertyNames: [String] { items.indices.map { "Item\($0 + 1)" } + ["Length"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        let key = name.folded
        if key == "length" { return .count(items.count) }
        guard key.hasPrefix("item"), let number = Int(key.dropFirst(4)), items.indices.contains(number - 1) else {
            return nil
        }
        return items[number - 1]
    }

    package func item(_ index: Value) throws(Stop) -> Value {
        if let places = index.elements {
            var found: [Value] = []
            for place in places { found.append(try item(place)) }
            return .array(found)
        }
        guard case .number(let number) = try Conversion.convert(index, to: .int32), let place = number.asInt64 else {
            return .null
        }
        let position = place < 0 ? items.count + Int(place) : Int(place)
        return items.indices.contains(position) ? items[position] : .null
    }

    package func setItem(_ index: Value, _ value: Value) throws(Stop) {
        throw .runtime(
            "CannotIndex", .invalidOperation,
            "Unable to assign to an index into an object of type \(typeName.fullName).")
    }

    override func order(_ other: Value) -> Int? {
        guard case .object(let object as TupleObject) = other.plain, object.items.count == items.count else {
            return nil
        }
        for (mine, theirs) in zip(items, object.items) where ValueIdentity(mine) != ValueIdentity(theirs) {
            let order = Comparison.sortOrder(mine, theirs, caseSensitive: true)
            return order == 0 ? 1 : order
        }
        return 0
    }

    static let tables: [TypeMembers] = [false, true].map { isValue in
        TypeMembers(isValue ? "System.ValueTuple" : "System.Tuple") {
            $0.staticMethod("Create", "static System.Tuple[T1, T2] Create[T1, T2](T1 item1, T2 item2)", 1...8) {
                call throws(Stop) in .object(TupleObject(call.arguments, isValue: isValue))
            }
        }
    }
}
