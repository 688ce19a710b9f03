import FerryEngine

/// Objects that differ from each other by the rules of `-Unique`: custom objects are the same when all their properties are,
/// everything else when the comparison operator finds it equal to an earlier one.
///
/// Strings, numbers and times are found by a hash. Where kinds meet, the earlier value's kind leads, as with `-eq`.
struct UniqueValues {
    private enum Kind: CaseIterable { case text, number, moment, other }

    private enum Key: Hashable {
        case text(String)
        /// Equal numbers have equal nearest doubles, whatever kinds they are of, decimals aside.
        case number(Double)
        case moment(Int64)
    }

    private var buckets: [Key: [Value]] = [:]
    private var values: [Kind: [Value]] = [:]

    /// - Returns: whether there was none like it.
    /// - Throws: the call depth error for objects nested too deeply to compare.
    mutating func insert(_ value: Value, caseSensitive: Bool, _ runspace: Runspace) throws(Stop) -> Bool {
        let key = Self.key(of: value, caseSensitive)
        for kind in Kind.allCases {
            guard let known = values[kind] else { continue }
            let candidates: [Value]
            switch (kind, key) {
            case (.text, .text?), (.number, .number?), (.moment, .moment?):
                candidates = key.flatMap { buckets[$0] } ?? []
            // An earlier text is compared with what the value is as text.
            case (.text, _) where !value.isNull:
                candidates = Self.key(of: .string(value.display), caseSensitive).flatMap { buckets[$0] } ?? []
            default: candidates = known
            }
            for candidate in candidates {
                if try Self.isSame(candidate, value, caseSensitive, runspace) { return false }
            }
            try runspace.interrupt.check()
        }
        if let key { buckets[key, default: []].append(value) }
        values[Self.kind(of: key), default: []].append(value)
        return true
    }

    private static func key(of value: Value, _ caseSensitive: Bool) -> Key? {
        switch value.plain {
        case .string(let text): .text(caseSensitive ? text : text.folded)
        // Decimals are compared after others were rounded to them; NaN is equal to nothing, itself included.
        case .number(let number): number.kind == .decimal || number.asDouble.isNaN ? nil : .number(number.asDouble)
        case .date(let date): .moment(date.ticks)
        default: nil
        }
    }

    private static func kind(of key: Key?) -> Kind {
        switch key {
        case .text: .text
        case .number: .number
        case .moment: .moment
        case nil: .other
        }
    }

    private static func isSame(_ left: Value, _ right: Value, _ caseSensitive: Bool, _ runspace: Runspace) throws(Stop)
        -> Bool
    {
        guard let a = left.asObject as? CustomObject, let b = right.asObject as? CustomObject else {
            return Comparison.equal(left, right, caseSensitive: caseSensitive)
        }
        if a === b { return true }
        // Objects may contain themselves.
        try runspace.checkDepth()
        let names = a.added?.names ?? []
        guard names.map(\.folded) == (b.added?.names ?? []).map(\.folded) else { return false }
        for name in names {
            let (mine, other) = (a.added?.note(name) ?? .null, b.added?.note(name) ?? .null)
            guard try isSame(mine, other, caseSensitive, runspace) else { return false }
        }
        return true
    }
}
