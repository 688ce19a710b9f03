import FerryEngine

/// Sorts the pipeline's objects; equal ones keep their order.
struct SortObject: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 0)
    static let descending = Parameter<Bool>.switch("Descending")
    static let unique = Parameter<Bool>.switch("Unique")
    static let caseSensitive = Parameter<Bool>.switch("CaseSensitive")
    static let top = Parameter<Int>("Top", validate: [.range(1, 2_147_483_647)])
    static let bottom = Parameter<Int>("Bottom", validate: [.range(1, 2_147_483_647)])
    static let stable = Parameter<Bool>.switch("Stable")

    static let signature = Signature(
        "Sort-Object", typeName: "Microsoft.PowerShell.Commands.SortObjectCommand", defaultSet: "Default",
        parameters: [input, property, descending, unique, TextOrder.culture, caseSensitive],
        sets: [
            ParameterSet("Default", [stable]), ParameterSet("Top", [top.mandatory()]),
            ParameterSet("Bottom", [bottom.mandatory()]),
        ])

    private var items: [Value] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[Self.input]
        if !item.isNull { items.append(item) }
    }

    private struct Row {
        var item: Value
        /// `nil` where the object has no such property.
        var keys: [Value?]
        var position: Int
    }

    private struct Key {
        var expression: FormatExpression
        var isDescending: Bool
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        var keys: [Key] = []
        for argument in call[Self.property] { keys.append(try key(argument, call, io)) }
        var rows: [Row] = []
        for (position, item) in items.enumerated() {
            var values: [Value?] = []
            for key in keys { values.append(try read(key.expression, of: item, io)) }
            rows.append(Row(item: item, keys: keys.isEmpty ? [item] : values, position: position))
        }
        let text = try TextOrder(call, caseSensitive: call[Self.caseSensitive], io)
        let directions = keys.isEmpty ? [call[Self.descending]] : keys.map(\.isDescending)
        func order(_ left: [Value?], _ right: [Value?]) -> Int {
            for index in left.indices {
                guard let first = left[index], let second = right[index] else {
                    // What lacks the property comes last, in either direction.
                    if left[index] == nil, right[index] == nil { continue }
                    return left[index] == nil ? 1 : -1
                }
                let order = text.order(first, second)
                if order != 0 { return directions[index] ? -order : order }
            }
            return 0
        }
        rows.sort { left, right in
            let order = order(left.keys, right.keys)
            return order == 0 ? left.position < right.position : order < 0
        }
        if call[Self.unique] {
            var kept: [Row] = []
            for row in rows where kept.last.map({ order($0.keys, row.keys) != 0 }) ?? true { kept.append(row) }
            rows = kept
        }
        var sorted = rows.map(\.item)
        if call.isBound(Self.top) { sorted = Array(sorted.prefix(call[Self.top])) }
        if call.isBound(Self.bottom) { sorted = Array(sorted.suffix(call[Self.bottom])) }
        try io.emit(contentsOf: sorted)
    }

    /// A property name, a script block, or a hashtable with Expression and Ascending or Descending.
    private func key(_ argument: Value, _ call: Call, _ io: CommandIO) throws(Stop) -> Key {
        do throws(Stop) {
            var isDescending = call[Self.descending]
            guard case .table(let table) = argument.plain else {
                if let block = argument.asScriptBlock {
                    return Key(expression: .block(block), isDescending: isDescending)
                }
                let name = try CalculatedProperty.name(argument)
                return Key(expression: .property(name), isDescending: isDescending)
            }
            let entries = try CalculatedProperty.entries(of: table, [.expression, .ascending, .descending])
            if let ascending = entries[.ascending] { isDescending = !ascending.isTrue }
            if let descending = entries[.descending] { isDescending = descending.isTrue }
            let expression = entries[.expression] ?? .null
            return Key(
                expression: expression.asScriptBlock.map { .block($0) } ?? .property(expression.display),
                isDescending: isDescending)
        } catch {
            guard let record = error.record else { throw error }
            throw io.failing(record)
        }
    }

    private func read(_ expression: FormatExpression, of item: Value, _ io: CommandIO) throws(Stop) -> Value? {
        switch expression {
        case .property(let name): return try io.property(name, of: item)
        case .source: return .null
        case .block(let block):
            let output = try io.collect(block, item: item)
            return output.count == 1 ? output[0] : output.isEmpty ? .null : .array(output)
        }
    }
}
