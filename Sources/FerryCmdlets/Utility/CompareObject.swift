import FerryEngine

/// Says which objects two collections do not have in common.
struct CompareObject: Cmdlet {
    static let reference = Parameter<[Value]>("ReferenceObject", position: 0, mandatory: true)
        .allowing(.emptyCollection)
    static let difference = Parameter<[Value]>("DifferenceObject", position: 1, mandatory: true, pipeline: .byValue)
        .allowing(.emptyCollection)
    static let property = Parameter<[Value]>("Property")
    static let syncWindow = Parameter<Int>("SyncWindow", validate: [.range(0, 2_147_483_647)])
    static let includeEqual = Parameter<Bool>.switch("IncludeEqual")
    static let excludeDifferent = Parameter<Bool>.switch("ExcludeDifferent")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let caseSensitive = Parameter<Bool>.switch("CaseSensitive")

    static let signature = Signature(
        "Compare-Object", typeName: "Microsoft.PowerShell.Commands.CompareObjectCommand",
        parameters: [
            reference, difference, property, syncWindow, includeEqual, excludeDifferent, passThru, TextOrder.culture,
            caseSensitive,
        ])

    private var others: [Value] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { others += call[Self.difference] }

    private struct Side {
        var item: Value
        var keys: [Value]
    }

    /// The two collections are walked side by side; what has found no partner yet waits, at most `-SyncWindow` on each side, and
    /// the one that waited longest is then different. What is equal is passed on as it is found.
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let first = call[Self.reference].first ?? others.first
        let columns = call.isBound(Self.property) ? try io.columns(call[Self.property], of: first) : nil
        let left = try sides(call[Self.reference], columns, io)
        let right = try sides(others, columns, io)
        let window = call.isBound(Self.syncWindow) ? call[Self.syncWindow] : Int.max
        let showsEqual =
            call.isBound(Self.includeEqual) ? call[Self.includeEqual] : call[Self.excludeDifferent]
        let showsDifferent = !call[Self.excludeDifferent]
        let text = try TextOrder(call, caseSensitive: call[Self.caseSensitive], io)
        var waitingLeft: [Side] = []
        var waitingRight: [Side] = []

        func partner(of side: Side?, among waiting: inout [Side]) -> Side? {
            guard let side,
                let index = waiting.firstIndex(where: { Self.same(side.keys, $0.keys, text) })
            else { return nil }
            return waiting.remove(at: index)
        }
        func wait(_ side: Side, _ waiting: inout [Side], _ indicator: String) throws(Stop) {
            if window > 0 { waiting.append(side) }
            guard window == 0 || waiting.count > window else { return }
            let oldest = window == 0 ? side : waiting.removeFirst()
            if showsDifferent { try emit(oldest, indicator, columns, call, io) }
        }
        for index in 0..<max(left.count, right.count) {
            try io.interrupt.check()
            var mine = index < left.count ? left[index] : nil
            var other = index < right.count ? right[index] : nil
            if let mine, let other, Self.same(mine.keys, other.keys, text) {
                if showsEqual { try emit(mine, "==", columns, call, io) }
                continue
            }
            if let match = partner(of: other, among: &waitingLeft) {
                if showsEqual { try emit(match, "==", columns, call, io) }
                other = nil
            }
            if let side = mine, partner(of: side, among: &waitingRight) != nil {
                if showsEqual { try emit(side, "==", columns, call, io) }
                mine = nil
            }
            if let other { try wait(other, &waitingRight, "=>") }
            if let mine { try wait(mine, &waitingLeft, "<=") }
        }
        guard showsDifferent else { return }
        for side in waitingRight { try emit(side, "=>", columns, call, io) }
        for side in waitingLeft { try emit(side, "<=", columns, call, io) }
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

    private static func same(_ left: [Value], _ right: [Value], _ text: TextOrder) -> Bool {
        zip(left, right).allSatisfy { a, b in
            if let a = a.asObject as? CustomObject, let b = b.asObject as? CustomObject {
                return a.text == b.text || !text.isCaseSensitive && a.text.folded == b.text.folded
            }
            return text.areEqual(a, b)
        }
    }

    private func emit(
        _ side: Side, _ indicator: String, _ columns: [FormatColumn]?, _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        if call[Self.passThru] {
            let item = side.item.extensible
            if let object = item.makeKeeper() {
                if object.added == nil { object.added = PropertyBag() }
                object.added?["SideIndicator"] = .note(.string(indicator))
            }
            return try io.emit(item)
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
