import FerryEngine

/// Says which objects two collections do not have in common.
struct CompareObject: Cmdlet {
    static let reference = Parameter<[Value]>("ReferenceObject", position: 0, mandatory: true)
    static let difference = Parameter<[Value]>("DifferenceObject", position: 1, mandatory: true, pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 2)
    static let syncWindow = Parameter<Int>("SyncWindow", validate: [.range(0, 2_147_483_647)])
    static let includeEqual = Parameter<Bool>.switch("IncludeEqual")
    static let excludeDifferent = Parameter<Bool>.switch("ExcludeDifferent")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let caseSensitive = Parameter<Bool>.switch("CaseSensitive")

    static let signature = Signature(
        "Compare-Object", typeName: "Microsoft.PowerShell.Commands.CompareObjectCommand",
        parameters: [
            reference, difference, property, syncWindow, includeEqual, excludeDifferent, passThru, caseSensitive,
        ])

    private var others: [Value] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { others += call[Self.difference] }

    private struct Side {
        var item: Value
        var keys: [Value]
        var isMatched = false
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let first = call[Self.reference].first ?? others.first
        let columns = call.isBound(Self.property) ? try io.columns(call[Self.property], of: first) : nil
        var left = try sides(call[Self.reference], columns, io)
        var right = try sides(others, columns, io)
        var equal: [Side] = []
        let window = call.isBound(Self.syncWindow) ? call[Self.syncWindow] : Int.max
        for index in left.indices {
            let match = right.indices.first { other in
                !right[other].isMatched && abs(other - index) <= window
                    && Self.same(left[index].keys, right[other].keys, call[Self.caseSensitive])
            }
            if let match {
                left[index].isMatched = true
                right[match].isMatched = true
                equal.append(left[index])
            }
        }
        // What is equal comes first, then what only the second has, then what only the first has, as PowerShell puts it.
        if call[Self.includeEqual]
            || call[Self.excludeDifferent] && !call[Self.includeEqual] && call.isBound(Self.excludeDifferent)
        {
            for side in equal { try emit(side, "==", columns, call, io) }
        }
        guard !call[Self.excludeDifferent] else { return }
        for side in right where !side.isMatched { try emit(side, "=>", columns, call, io) }
        for side in left where !side.isMatched { try emit(side, "<=", columns, call, io) }
    }

    private func sides(_ items: [Value], _ columns: [FormatColumn]?, _ io: CommandIO) throws(Stop) -> [Side] {
        var sides: [Side] = []
        for item in items {
            var keys: [Value] = []
            for column in columns ?? [] { keys.append(try io.read(column, of: item)) }
            sides.append(Side(item: item, keys: columns == nil ? [item] : keys))
        }
        return sides
    }

    private static func same(_ left: [Value], _ right: [Value], _ isCaseSensitive: Bool) -> Bool {
        zip(left, right).allSatisfy { a, b in
            if let a = a.asObject as? CustomObject, let b = b.asObject as? CustomObject {
                return a.text == b.text || !isCaseSensitive && a.text.folded == b.text.folded
            }
            return Comparison.equal(a, b, caseSensitive: isCaseSensitive)
        }
    }

    private func emit(
        _ side: Side, _ indicator: String, _ columns: [FormatColumn]?, _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        if call[Self.passThru] {
            if let object = side.item.asObject {
                if object.added == nil { object.added = PropertyBag() }
                object.added?["SideIndicator"] = .note(.string(indicator))
            }
            return try io.emit(side.item)
        }
        var pairs: [(String, Value)] = []
        if let columns {
            for (column, key) in zip(columns, side.keys) { pairs.append((column.label, key)) }
        } else {
            pairs.append(("InputObject", side.item))
        }
        pairs.append(("SideIndicator", .string(indicator)))
        try io.emit(.object(CustomObject(pairs)))
    }
}
