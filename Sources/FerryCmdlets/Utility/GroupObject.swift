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
        parameters: [input, property, noElement, TextOrder.culture, caseSensitive],
        sets: [ParameterSet("HashTable", [asHashTable, asString])])

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
    /// The types of the values seen in each place.
    private var types: [RuntimeType?] = []
    /// Values of several types have no order: their groups stay as they came.
    private var isMixed = false

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        text = try TextOrder(call, caseSensitive: call[Self.caseSensitive], io)
    }

    /// What only the first object shows: without one, nothing is wrong.
    private func check(_ call: Call, _ io: CommandIO) throws(Stop) {
        func refuse(_ reason: String) -> Stop {
            io.failing("ArgumentException", .invalidArgument, reason, exception: "System.ArgumentException")
        }
        if call[Self.asString], !call[Self.asHashTable] {
            throw refuse(
                "The command cannot be run because the AsString parameter requires that you specify the AsHashtable "
                    + "parameter.")
        }
        if call[Self.asHashTable], !call[Self.asString], call[Self.property].count > 1 {
            throw refuse(
                "The command cannot be run because using the AsHashTable parameter with more than one property requires "
                    + "adding the AsString parameter.")
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[Self.input]
        guard !item.isNull else { return }
        if columns == nil, call.isBound(Self.property) {
            columns = try io.columns(call[Self.property], of: item)
        }
        if groups.isEmpty { try check(call, io) }
        var values: [Value] = []
        if let columns {
            for column in columns { values.append(try io.read(column, of: item)) }
        } else {
            values = [item]
        }
        for (place, value) in values.enumerated() where !value.isNull {
            if place >= types.count { types.append(nil) }
            if let known = types[place], known != value.typeName { isMixed = true }
            types[place] = value.typeName
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
            if isMixed { return left < right }
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
