import FerryEngine

/// Picks objects of the pipeline, or makes new ones of some of their properties.
struct SelectObject: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 0)
    static let exclude = Parameter<[String]>("ExcludeProperty")
    static let expand = Parameter<String?>("ExpandProperty")
    static let first = Parameter<Int>("First", validate: [.range(0, 2_147_483_647)])
    static let last = Parameter<Int>("Last", validate: [.range(0, 2_147_483_647)])
    static let skip = Parameter<Int>("Skip", validate: [.range(0, 2_147_483_647)])
    static let skipLast = Parameter<Int>("SkipLast", validate: [.range(0, 2_147_483_647)])
    static let index = Parameter<[Int]>("Index", validate: [.range(0, 2_147_483_647)])
    static let skipIndex = Parameter<[Int]>("SkipIndex", validate: [.range(0, 2_147_483_647)])
    static let unique = Parameter<Bool>.switch("Unique")
    static let caseInsensitive = Parameter<Bool>.switch("CaseInsensitive")
    static let wait = Parameter<Bool>.switch("Wait")

    static let signature = Signature(
        "Select-Object", typeName: "Microsoft.PowerShell.Commands.SelectObjectCommand", defaultSet: "DefaultParameter",
        parameters: [input, unique, caseInsensitive],
        sets: [
            ParameterSet("DefaultParameter", [property, exclude, expand, first, last, skip, wait]),
            ParameterSet("SkipLastParameter", [property, exclude, expand, skip, skipLast]),
            ParameterSet("IndexParameter", [index, wait]), ParameterSet("SkipIndexParameter", [skipIndex]),
        ])

    private var seen = 0
    private var passed = 0
    /// The newest objects, for -Last and -SkipLast.
    private var held: [Value] = []
    private var unique = UniqueValues()

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        for argument in call[Self.property] {
            // A block's text is the property's name: without text there is none.
            guard let block = argument.asScriptBlock, block.text.trimmed.isEmpty else { continue }
            throw io.failing(
                "EmptyScriptBlockAndNoName", .invalidArgument, "An empty script block needs a name for the property.",
                exception: "System.Management.Automation.PSArgumentException")
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[Self.input]
        guard !item.isNothing else { return }
        let position = seen
        seen += 1
        if call.isBound(Self.index) {
            let wanted = call[Self.index]
            if wanted.contains(position) { try pass(item, call, io) }
            if !call[Self.wait], position >= wanted.max() ?? -1 { throw io.stopUpstream() }
            return
        }
        if call.isBound(Self.skipIndex) {
            if !call[Self.skipIndex].contains(position) { try pass(item, call, io) }
            return
        }
        if call.isBound(Self.skipLast) {
            guard position >= skipped(call) else { return }
            held.append(item)
            if held.count > call[Self.skipLast] { try pass(held.removeFirst(), call, io) }
            return
        }
        if call.isBound(Self.last) {
            // -First and -Last together take from both ends.
            if call.isBound(Self.first), position - skipped(call) >= 0, passed < call[Self.first] {
                passed += 1
                return try pass(item, call, io)
            }
            held.append(item)
            let room = call[Self.last] + skipped(call)
            if held.count > room { held.removeFirst() }
            return
        }
        guard position >= skipped(call) else { return }
        if call.isBound(Self.first) {
            if passed < call[Self.first] {
                passed += 1
                try pass(item, call, io)
            }
            if passed >= call[Self.first], !call[Self.wait] { throw io.stopUpstream() }
            return
        }
        try pass(item, call, io)
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(Self.last) {
            // With -Last, -Skip counts from the end.
            let count = max(0, held.count - (call.isBound(Self.first) ? 0 : skipped(call)))
            for item in held.prefix(count).suffix(call[Self.last]) { try pass(item, call, io) }
        }
    }

    private func skipped(_ call: Call) -> Int { call.isBound(Self.skip) ? call[Self.skip] : 0 }

    private mutating func pass(_ item: Value, _ call: Call, _ io: CommandIO) throws(Stop) {
        for value in try selected(item, call, io) {
            if call[Self.unique] {
                let isNew = try unique.insert(value, caseSensitive: !call[Self.caseInsensitive], io.runspace)
                if !isNew { continue }
            }
            try io.emit(value)
        }
    }

    private func selected(_ item: Value, _ call: Call, _ io: CommandIO) throws(Stop) -> [Value] {
        if let name = call[Self.expand] {
            let names = io.propertyNames(name, of: item)
            guard names.count <= 1, let found = names.first, let value = try io.property(found, of: item) else {
                let (id, reason) =
                    names.count > 1
                    ? ("MutlipleExpandProperties", "Multiple properties cannot be expanded.")
                    : ("ExpandPropertyNotFound", "Property \"\(name)\" cannot be found.")
                try io.report(
                    id, .invalidArgument, reason, target: item,
                    exception: "System.Management.Automation.PSArgumentException")
                return []
            }
            var values = value.elements ?? [value]
            guard call.isBound(Self.property) else { return values }
            let notes = try bag(of: call[Self.property], item, call, io)
            for index in values.indices {
                values[index] = values[index].extensible
                try add(notes, to: values[index], io)
            }
            return values
        }
        let properties =
            call.isBound(Self.property) ? call[Self.property] : call.isBound(Self.exclude) ? [.string("*")] : []
        guard !properties.isEmpty else {
            mark(item)
            return [item]
        }
        let type = item.typeNames.first.map { [$0.hasPrefix("Selected.") ? $0 : "Selected." + $0] } ?? []
        return [.object(CustomObject(try bag(of: properties, item, call, io), typeNames: type))]
    }

    /// A custom object of no name of its own is a selected one from here on, as in PowerShell.
    private func mark(_ item: Value) {
        guard let object = item.asObject as? CustomObject, object.insertedTypeNames.isEmpty,
            case .customObject = object.typeName.kind
        else { return }
        object.insertedTypeNames = ["Selected." + object.typeName.fullName]
    }

    /// `-ExpandProperty` with `-Property`: the expanded objects get the properties of the one they came from.
    private func add(_ notes: PropertyBag, to value: Value, _ io: CommandIO) throws(Stop) {
        guard let object = value.makeKeeper() else { return }
        for (name, member) in notes.all {
            if try io.property(name, of: value) != nil {
                try io.report(
                    "AlreadyExistingUserSpecifiedPropertyExpand", .invalidOperation,
                    "The property cannot be processed because the property \"\(name)\" already exists.", target: value,
                    exception: "System.Management.Automation.PSArgumentException")
                continue
            }
            if object.added == nil { object.added = PropertyBag() }
            object.added?[name] = member
        }
    }

    private func bag(of properties: [Value], _ item: Value, _ call: Call, _ io: CommandIO) throws(Stop) -> PropertyBag {
        let excluded = call[Self.exclude].map { WildcardPattern($0) }
        var bag = PropertyBag()
        for column in try io.columns(properties, of: item, keys: [.expression, .label]) {
            guard !excluded.contains(where: { $0.matches(column.label) }) else { continue }
            guard bag[column.label] == nil else {
                try io.report(
                    "AlreadyExistingUserSpecifiedPropertyNoExpand", .invalidOperation,
                    "The property cannot be processed because the property \"\(column.label)\" already exists.",
                    exception: "System.Management.Automation.PSArgumentException")
                continue
            }
            bag[column.label] = .note(try read(column, of: item, io))
        }
        return bag
    }

    /// A calculated property that fails is null, as in PowerShell.
    private func read(_ column: FormatColumn, of item: Value, _ io: CommandIO) throws(Stop) -> Value {
        switch column.expression {
        case .property(let name): return try io.property(name, of: item) ?? .null
        case .source: return .null
        case .block(let block):
            do throws(Stop) {
                let output = try io.collect(block, item: item)
                return output.count == 1 ? output[0] : output.isEmpty ? .null : .array(output)
            } catch {
                guard case .error = error else { throw error }
                return .null
            }
        }
    }
}
