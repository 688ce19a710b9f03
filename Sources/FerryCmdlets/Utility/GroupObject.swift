import FerryEngine

/// Gathers objects with the same values of some properties.
struct GroupObject: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 0)
    static let noElement = Parameter<Bool>.switch("NoElement")
    static let asHashTable = Parameter<Bool>.switch("AsHashTable", aliases: ["AHT"])
    static let asString = Parameter<Bool>.switch("AsString")
    static let caseSensitive = Parameter<Bool>.switch("CaseSensitive")

    static let signature = Signature(
        "Group-Object", typeName: "Microsoft.PowerShell.Commands.GroupObjectCommand",
        parameters: [input, property, noElement, asHashTable, asString, TextOrder.culture, caseSensitive])

    private struct Group {
        var values: [Value]
        var members: [Value]
        var name: String
    }

    private var groups: [Group] = []
    /// Positions of groups by their values as text: candidates, compared exactly.
    private var index: [String: [Int]] = [:]
    private var columns: [FormatColumn]?
    private var text: TextOrder?

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        text = try TextOrder(call, caseSensitive: call[Self.caseSensitive], io)
        if call[Self.asString], !call[Self.asHashTable] {
            throw io.failing(
                "ArgumentException", .invalidArgument,
                "The AsString parameter can be used only with the AsHashTable parameter.",
                exception: "System.ArgumentException")
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[Self.input]
        guard !item.isNothing else { return }
        if columns == nil, call.isBound(Self.property) {
            columns = try io.columns(call[Self.property], of: item)
        }
        var values: [Value] = []
        if let columns {
            for column in columns { values.append(try io.read(column, of: item)) }
        } else {
            values = [item]
        }
        let isCaseSensitive = call[Self.caseSensitive]
        let name = values.map(Self.label).joined(separator: ", ")
        let key = isCaseSensitive ? name : name.folded
        for position in index[key] ?? [] where Self.same(groups[position].values, values, text) {
            groups[position].members.append(item)
            return
        }
        index[key, default: []].append(groups.count)
        groups.append(Group(values: values, members: [item], name: name))
    }

    private static func label(_ value: Value) -> String {
        value.elements.map { "{" + $0.map(\.display).joined(separator: ", ") + "}" } ?? value.display
    }

    private static func same(_ left: [Value], _ right: [Value], _ text: TextOrder?) -> Bool {
        zip(left, right).allSatisfy { a, b in
            if let first = a.elements, let second = b.elements {
                return first.count == second.count && same(first, second, text)
            }
            return text?.areEqual(a, b) ?? false
        }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let ordered = groups.indices.sorted { left, right in
            for (a, b) in zip(groups[left].values, groups[right].values) {
                let order = text?.order(a, b) ?? 0
                if order != 0 { return order < 0 }
            }
            return left < right
        }.map { groups[$0] }
        if call[Self.asHashTable] {
            guard !groups.isEmpty else { return }
            let table = TableObject(caseSensitive: call[Self.caseSensitive])
            for group in ordered {
                let key =
                    call[Self.asString] || group.values.count > 1 ? .string(group.name) : group.values.first ?? .null
                table[key] = .array(group.members)
            }
            return try io.emit(.table(table))
        }
        for group in ordered {
            var pairs: [(String, Value)] = [
                ("Values", .list(ListObject(group.values, kind: .arrayList))), ("Count", .count(group.members.count)),
            ]
            pairs.append(("Group", call[Self.noElement] ? .null : .list(ListObject(group.members, kind: .collection))))
            pairs.append(("Name", .string(group.name)))
            try io.emit(.object(CustomObject(pairs, type: call[Self.noElement] ? .groupInfoNoElement : .groupInfo)))
        }
    }
}
