/// A dictionary: `@{}` (hashtable), `[ordered]@{}`, `Dictionary<K,V>`.
///
/// All kinds keep the order of insertion, so output is the same on every run. Keys compare by type and value, strings without
/// regard to case unless the table was made case-sensitive.
package final class TableObject {
    package enum Kind: Sendable { case hashtable, ordered, dictionary }

    package enum Key: Hashable {
        case text(String)
        case whole(Int64)
        case big(UInt64)
        case real(Double)
        case bool(Bool)
        case other(String)
        case reference(ObjectIdentifier)
    }

    package let kind: Kind
    package let isCaseSensitive: Bool
    package let keyType: RuntimeType
    package let valueType: RuntimeType
    private var slots: [(key: Value, value: Value)?] = []
    private var index: [Key: Int] = [:]

    package init(
        kind: Kind = .hashtable, caseSensitive: Bool = false, keyType: RuntimeType = .object,
        valueType: RuntimeType = .object
    ) {
        self.kind = kind
        isCaseSensitive = caseSensitive
        self.keyType = keyType
        self.valueType = valueType
    }

    package convenience init(_ pairs: [(String, Value)], kind: Kind = .hashtable) {
        self.init(kind: kind)
        for (key, value) in pairs { self[.string(key)] = value }
    }

    package var count: Int { index.count }
    package var pairs: [(key: Value, value: Value)] { slots.compactMap { $0 } }
    package var keys: [Value] { pairs.map(\.key) }
    package var values: [Value] { pairs.map(\.value) }

    package subscript(key: Value) -> Value? {
        get { index[hashKey(key)].flatMap { slots[$0]?.value } }
        set {
            let hashed = hashKey(key)
            if let newValue {
                if let position = index[hashed] {
                    slots[position] = (slots[position]?.key ?? key, newValue)
                } else {
                    index[hashed] = slots.count
                    slots.append((key, newValue))
                }
            } else if let position = index.removeValue(forKey: hashed) {
                slots[position] = nil
                if slots.count > 32, index.count * 2 < slots.count { compact() }
            }
        }
    }

    package subscript(name: String) -> Value? {
        get { self[.string(name)] }
        set { self[.string(name)] = newValue }
    }

    package func removeAll() {
        slots = []
        index = [:]
    }

    /// Puts a pair at a position (`OrderedDictionary.Insert`). The key must be new and the position in range.
    package func insert(_ key: Value, _ value: Value, at position: Int) {
        compact()
        slots.insert((key, value), at: position)
        reindex()
    }

    package func clone() -> TableObject {
        let copy = TableObject(
            kind: kind, caseSensitive: isCaseSensitive, keyType: keyType, valueType: valueType)
        for (key, value) in pairs { copy[key] = value }
        return copy
    }

    package var typeName: RuntimeType {
        switch kind {
        case .hashtable: .hashtable
        case .ordered: .ordered
        case .dictionary: .generic("System.Collections.Generic.Dictionary", [keyType, valueType])
        }
    }

    private func compact() {
        slots.removeAll { $0 == nil }
        reindex()
    }

    private func reindex() {
        index = [:]
        for (position, slot) in slots.enumerated() {
            if let slot { index[hashKey(slot.key)] = position }
        }
    }

    private func hashKey(_ key: Value) -> Key {
        switch key {
        case .string(let text): .text(isCaseSensitive ? text : text.folded)
        case .number(let number): number.hashKey
        case .bool(let flag): .bool(flag)
        case .array(let array): .reference(ObjectIdentifier(array))
        case .list(let list): .reference(ObjectIdentifier(list))
        case .table(let table): .reference(ObjectIdentifier(table))
        case .object(let object): .reference(ObjectIdentifier(object))
        default: .other(key.typeName.fullName + "\u{0}" + key.display)
        }
    }
}
