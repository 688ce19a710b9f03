/// A string, number, date or other plain value with members of its own: what `'abc' | Add-Member X 1 -PassThru` puts out.
///
/// Everything but members treats it as the value inside: conversions, operators, comparisons and methods take that one
/// (`Value.plain`).
package class ExtendedObject: Object {
    package let base: Value

    /// - Parameter base: no object and no collection; those keep their members themselves.
    package init(_ base: Value) {
        self.base = base
        super.init()
    }

    package final override var baseValue: Value? { base }
    package final override var typeName: RuntimeType { base.typeName }
    package final override var text: String { base.scalarText }
    package final override func isEqual(to other: Object) -> Bool {
        other.baseValue.map { Comparison.equal(base, $0) } ?? false
    }
}

/// What is added to an array, a list or a table.
package final class CollectionExtras: Object {
    private let collection: RuntimeType
    init(_ collection: RuntimeType) {
        self.collection = collection
        super.init()
    }
    package override var typeName: RuntimeType { collection }
}

extension Value {
    /// The value without members added to it.
    @inline(__always) package var plain: Value {
        if case .object(let object) = self, let base = object.baseValue { base } else { self }
    }

    /// The value as something members can be added to: itself, or a plain value's extended form.
    package var extensible: Value {
        switch self {
        case .null, .nothing, .array, .list, .table: return self
        case .object(let object):
            object.gatherMembers()
            return self
        case .bool, .number, .char, .string, .symbol, .date, .span, .guid, .version, .type:
            return .object(ExtendedObject(self))
        }
    }

    /// Who keeps the members and type names added to this one value; `nil` if there are none.
    package var keeper: Object? {
        switch self {
        case .object(let object):
            object.gatherMembers()
            return object
        case .array(let array): return array.extras
        case .list(let list): return list.extras
        case .table(let table): return table.extras
        default: return nil
        }
    }

    /// As `keeper`, ready to take the first member; `nil` for what must be made `extensible` before.
    package func makeKeeper() -> Object? {
        if let keeper { return keeper }
        let made = CollectionExtras(typeName)
        switch self {
        case .array(let array): array.extras = made
        case .list(let list): list.extras = made
        case .table(let table): table.extras = made
        default: return nil
        }
        return made
    }
}
