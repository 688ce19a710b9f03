/// Why a table takes no pair with that key and value; the value is nil where a pair is to be removed.
final class TableRefusal {
    let reason: (_ key: Value, _ value: Value?) -> String?
    init(_ reason: @escaping (_ key: Value, _ value: Value?) -> String?) { self.reason = reason }
}

/// A dictionary: `@{}` (hashtable), `[ordered]@{}`, `Dictionary<K,V>`.
///
/// All kinds keep the order of insertion, so output is the same on every run. Keys compare by type and value, strings without
/// regard to case unless the table was made case-sensitive.
package final class TableObject {
    package enum Kind: Sendable { case hashtable, ordered, orderedHashtable, dictionary }

    private struct Entry {
        var key: Value
        var value: Value
        /// Not negative; `removed` for a place whose pair is gone.
        var hash: Int
    }

    private static let removed = -1

    package let kind: Kind
    package let isCaseSensitive: Bool
    package let keyType: RuntimeType
    package let valueType: RuntimeType
    /// In order of insertion, with holes where pairs were removed.
    private var entries: ContiguousArray<Entry> = []
    /// Open addressing with a power of two places: 0 is free, else one more than a position in `entries`. A place whose pair was
    /// removed stays taken until the next rebuilding.
    private var places: ContiguousArray<Int32> = []
    package private(set) var count = 0
    /// Members and type names added to this one table; not its keys.
    var extras: Object?
    /// What pairs `Add` and `Remove` refuse: `$PSStyle.FileInfo.Extension`. The reason, or nil.
    var refusal: TableRefusal?

    package init(
        kind: Kind = .hashtable, caseSensitive: Bool = false, keyType: RuntimeType = .object,
        valueType: RuntimeType = .object
    ) {
        self.kind = kind
        isCaseSensitive = caseSensitive
        self.keyType = keyType
        self.valueType = valueType
    }

    deinit { if count > 0 { ReleaseQueue.release(&entries, leaving: []) } }

    package convenience init(_ pairs: [(String, Value)], kind: Kind = .hashtable) {
        self.init(kind: kind)
        for (key, value) in pairs { self[.string(key)] = value }
    }

    package var pairs: [(key: Value, value: Value)] {
        var result: [(key: Value, value: Value)] = []
        result.reserveCapacity(count)
        for entry in entries where entry.hash != Self.removed { result.append((entry.key, entry.value)) }
        return result
    }
    package var keys: [Value] { pairs.map(\.key) }
    package var values: [Value] { pairs.map(\.value) }

    package subscript(key: Value) -> Value? {
        get {
            let key = key.plain
            return find(key, hash(of: key)).map { entries[$0].value }
        }
        set {
            let key = key.plain
            let hash = hash(of: key)
            let position = find(key, hash)
            guard let newValue else {
                if let position { remove(at: position) }
                return
            }
            if let position {
                entries[position].value = newValue
            } else {
                append(Entry(key: key, value: newValue, hash: hash))
            }
        }
    }

    package subscript(name: String) -> Value? {
        get { self[.string(name)] }
        set { self[.string(name)] = newValue }
    }

    package func removeAll() {
        entries = []
        places = []
        count = 0
    }

    /// Puts a pair at a position (`OrderedDictionary.Insert`). The key must be new and the position in range.
    package func insert(_ key: Value, _ value: Value, at position: Int) {
        entries.removeAll { $0.hash == Self.removed }
        entries.insert(Entry(key: key, value: value, hash: hash(of: key)), at: position)
        count = entries.count
        rebuild()
    }

    package func clone() -> TableObject {
        let copy = TableObject(
            kind: kind, caseSensitive: isCaseSensitive, keyType: keyType, valueType: valueType)
        copy.entries = entries
        copy.places = places
        copy.count = count
        return copy
    }

    package var typeName: RuntimeType {
        switch kind {
        case .hashtable: .hashtable
        case .ordered: .ordered
        case .orderedHashtable: .orderedHashtable
        case .dictionary: dictionaryType
        }
    }
    private lazy var dictionaryType = RuntimeType.generic(
        "System.Collections.Generic.Dictionary", [keyType, valueType])

    // MARK: Places

    private func find(_ key: Value, _ hash: Int) -> Int? {
        if places.isEmpty { return nil }
        let mask = places.count - 1
        var place = hash & mask
        while true {
            let taken = places[place]
            if taken == 0 { return nil }
            let position = Int(taken) - 1
            if entries[position].hash == hash, isSame(entries[position].key, key) { return position }
            place = (place + 1) & mask
        }
    }

    private func append(_ entry: Entry) {
        // At most two thirds of the places are taken, so looking for a free one is short.
        if (entries.count + 1) * 3 > places.count * 2 {
            if count * 2 < entries.count { entries.removeAll { $0.hash == Self.removed } }
            rebuild(for: entries.count + 1)
        }
        entries.append(entry)
        count += 1
        occupy(entry.hash, entries.count)
    }

    private func occupy(_ hash: Int, _ number: Int) {
        let mask = places.count - 1
        var place = hash & mask
        while places[place] != 0 { place = (place + 1) & mask }
        places[place] = Int32(truncatingIfNeeded: number)
    }

    private func remove(at position: Int) {
        entries[position] = Entry(key: .null, value: .null, hash: Self.removed)
        count -= 1
        if entries.count > 32, count * 2 < entries.count {
            entries.removeAll { $0.hash == Self.removed }
            rebuild()
        }
    }

    private func rebuild() { rebuild(for: entries.count) }

    private func rebuild(for wanted: Int) {
        var size = 8
        while size < wanted * 3 { size *= 2 }
        places = ContiguousArray(repeating: 0, count: size)
        for position in entries.indices where entries[position].hash != Self.removed {
            occupy(entries[position].hash, position + 1)
        }
    }

    // MARK: Keys

    /// Differs from run to run, so that keys which share a hash cannot be prepared.
    private static let seed = UInt64.random(in: .min ... .max)

    private static func mixed(_ bits: UInt64) -> Int {
        var hash = (bits ^ seed) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: hash & 0x7FFF_FFFF_FFFF_FFFF)
    }

    private static func hash(of text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }

    /// As `hash(of: text.folded)`, without making that string for plain ASCII.
    private static func foldedHash(of text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
        for byte in text.utf8 {
            if byte >= 0x80 { return Self.hash(of: text.folded) }
            let folded = byte &- 0x41 < 26 ? byte | 0x20 : byte
            hash = (hash ^ UInt64(folded)) &* 0x100_0000_01B3
        }
        return hash
    }

    private func hash(of key: Value) -> Int {
        switch key {
        case .number(let number):
            if let whole = number.asInt64 { return Self.mixed(UInt64(bitPattern: whole)) }
            if case .decimal(let value) = number { return Self.mixed(Self.hash(of: value.key)) }
            return Self.mixed(number.asDouble.bitPattern)
        case .string(let text):
            return Self.mixed(isCaseSensitive ? Self.hash(of: text) : Self.foldedHash(of: text))
        case .bool(let flag): return flag ? 1 : 2
        case .array(let array): return Self.mixed(UInt64(UInt(bitPattern: ObjectIdentifier(array))))
        case .list(let list): return Self.mixed(UInt64(UInt(bitPattern: ObjectIdentifier(list))))
        case .table(let table): return Self.mixed(UInt64(UInt(bitPattern: ObjectIdentifier(table))))
        case .object(let object): return Self.mixed(UInt64(UInt(bitPattern: ObjectIdentifier(object))))
        default: return Self.mixed(Self.hash(of: key.display))
        }
    }

    private func isSame(_ a: Value, _ b: Value) -> Bool {
        switch (a, b) {
        case (.number(.int(let x)), .number(.int(let y))): x == y
        case (.number(let x), .number(let y)): Self.isSame(x, y)
        case (.string(let x), .string(let y)): isCaseSensitive ? x == y : x.equalsIgnoringCase(y)
        case (.bool(let x), .bool(let y)): x == y
        case (.array(let x), .array(let y)): x === y
        case (.list(let x), .list(let y)): x === y
        case (.table(let x), .table(let y)): x === y
        case (.object(let x), .object(let y)): x === y
        case (.number, _), (.string, _), (.bool, _), (.array, _), (.list, _), (.table, _), (.object, _): false
        default: a.typeName.fullName == b.typeName.fullName && a.display == b.display
        }
    }

    private static func isSame(_ a: Number, _ b: Number) -> Bool {
        if let x = a.asInt64, let y = b.asInt64 { return x == y }
        switch (a, b) {
        case (.decimal(let x), .decimal(let y)): return x.key == y.key
        case (.ulong(let x), .ulong(let y)): return x == y
        case (.single, .single), (.double, .double), (.single, .double), (.double, .single):
            return a.asDouble == b.asDouble
        default: return false
        }
    }
}
