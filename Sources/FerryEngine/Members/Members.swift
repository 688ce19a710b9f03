/// Properties and methods of any value.
package enum Members {
    // MARK: Reading

    /// One object's own property, without enumerating collections; `nil` if it has none of that name.
    package static func property(_ name: String, of value: Value, _ runspace: Runspace) throws(Stop) -> Value? {
        let key = name.folded
        if case .object(let object) = value {
            if let member = object.added?[name] { return try read(member, of: value, runspace) }
            if let own = try object.property(name) { return own }
        } else if let member = value.keeper?.added?[name] {
            return try read(member, of: value, runspace)
        }
        if case .table(let table) = value, let entry = table[name] { return entry }
        if let member = runspace.types.member(key, of: value) {
            return try read(member, of: value, runspace)
        }
        switch key {
        case "displayhint":
            if case .date(let date) = value.plain, let hint = date.displayHint { return hint.value }
        case "psobject": return .object(PSObjectView(value, runspace))
        case "pstypenames":
            if let keeper = value.makeKeeper() { return .object(TypeNameList(keeper)) }
            return value.isNull ? nil : .array(value.typeNames.map { .string($0) })
        case "psstandardmembers":
            if let standard = standard(of: value, runspace) {
                return StandardMembersView(standard, of: value, runspace).value
            }
        default: break
        }
        return TypeCatalog.property(key, of: value)?.get(value.plain)
    }

    /// What is said about an object itself and about its types.
    static func standard(of value: Value, _ runspace: Runspace) -> StandardMembers? {
        let ofTypes = runspace.types.standard(of: value.typeNames)
        guard let own = value.keeper?.added?.standard else { return ofTypes }
        var all = ofTypes ?? StandardMembers()
        all.add(own)
        return all
    }

    private static func read(_ member: PropertyBag.Member, of value: Value, _ runspace: Runspace) throws(Stop) -> Value?
    {
        switch member {
        case .note(let note): return note
        case .alias(let other):
            // An alias of itself ends here, as an error.
            try runspace.checkDepth()
            return try property(other, of: value, runspace)
        case .script(let get, _):
            guard let get else { return .null }
            let sink = CollectingSink()
            try get.invoke(
                runspace.globalFrame, item: nil, arguments: [] as [Argument], newScope: true, input: [], output: sink,
                this: value)
            return sink.result
        case .method: return nil
        }
    }

    /// `value.name` in a script: the property, or each element's, or `Count` and `Length` of anything.
    static func get(_ name: String, of value: Value, isStatic: Bool, _ frame: Frame) throws(Stop) -> Value {
        if isStatic { return try StaticMembers.get(name, of: value, frame) }
        let runspace = frame.runspace
        if let found = try property(name, of: value, runspace) { return found }
        let key = name.folded
        if value.isNull {
            if key == "count" || key == "length" { return .int(0) }
            if let strict = runspace.strictVersion(frame), strict >= 2 { throw notFound(name) }
            return .null
        }
        if let elements = value.elements {
            if key == "count" || key == "length" { return .count(elements.count) }
            return try enumerate(name, elements, frame, depth: 0)
        }
        if key == "count" || key == "length" { return .int(1) }
        if let method = TypeCatalog.method(key, of: value) { return .object(MethodObject(method, value)) }
        if let strict = runspace.strictVersion(frame), strict >= 2 {
            if case .table = value { return .null }
            throw notFound(name)
        }
        return .null
    }

    /// Member enumeration: the member of each element that has it.
    private static func enumerate(_ name: String, _ elements: [Value], _ frame: Frame, depth: Int) throws(Stop)
        -> Value
    {
        // A collection may contain itself, and more than once.
        if depth > 64 { return .nothing }
        try frame.runspace.interrupt.check()
        var found: [Value] = []
        var any = false
        for element in elements {
            if let nested = element.elements {
                let inner = try enumerate(name, nested, frame, depth: depth + 1)
                if inner.isNothing { continue }
                any = true
                found += inner.elements ?? [inner]
                continue
            }
            guard let value = try property(name, of: element, frame.runspace) else { continue }
            any = true
            if let items = value.elements { found += items } else { found.append(value) }
        }
        if !any {
            if let strict = frame.runspace.strictVersion(frame), strict >= 2 { throw notFound(name) }
            return .nothing
        }
        switch found.count {
        case 0: return .nothing
        case 1: return found[0]
        default: return .array(found)
        }
    }

    private static func notFound(_ name: String) -> Stop {
        .runtime(
            "PropertyNotFoundStrict", .notSpecified,
            "The property '\(name)' cannot be found on this object. Verify that the property exists.",
            exception: "System.Management.Automation.PropertyNotFoundException")
    }

    /// Every property of an object in display order, added and extended ones included.
    package static func propertyNames(of value: Value, _ runspace: Runspace) -> [String] {
        var names: [String] = []
        // What an object was given has each name once.
        var added: [String] = []
        switch value {
        case .object(let object):
            object.gatherMembers()
            names = object.propertyNames
            for item in object.added?.all ?? [] {
                if case .method = item.member { continue }
                added.append(item.name)
            }
            if names.isEmpty {
                names = added
            } else if !added.isEmpty {
                let known = Set(names.map(\.folded))
                names += added.filter { !known.contains($0.folded) }
            }
        default:
            for item in value.keeper?.added?.all ?? [] {
                if case .method = item.member { continue }
                added.append(item.name)
            }
        }
        let hasBase = value.asObject?.baseValue != nil || value.asObject == nil
        // What Get-Date gives stands first.
        if hasBase, case .date(let date) = value.plain, date.displayHint != nil {
            names = ["DisplayHint"]
        } else if hasBase {
            names = []
        }
        if names.isEmpty || !(value.asObject is CustomObject) {
            var known = Set(names)
            for members in TypeCatalog.members(of: value) {
                for property in members.properties where known.insert(property.name).inserted {
                    names.append(property.name)
                }
            }
        }
        if hasBase, !added.isEmpty {
            let known = Set(names.map(\.folded))
            names += added.filter { !known.contains($0.folded) }
        }
        let extended = runspace.types.names(of: value.typeNames)
        guard !extended.isEmpty else { return names }
        var known = Set(names.map(\.folded))
        for name in extended where known.insert(name.folded).inserted { names.append(name) }
        return names
    }

    /// Whether the value itself or its type has the property; none of those added to the value.
    package static func hasOwnProperty(_ name: String, _ value: Value) -> Bool {
        if let object = value.asObject, object.baseValue == nil {
            return object.propertyNames.contains { $0.folded == name.folded }
        }
        return TypeCatalog.members(of: value).contains { $0.property(name.folded) != nil }
    }

    // MARK: Writing

    static func set(_ name: String, of value: Value, to new: Value, isStatic: Bool, _ frame: Frame) throws(Stop) {
        if isStatic { return try StaticMembers.set(name, of: value, to: new, frame) }
        // An alias of itself, or an array of itself, ends here, as an error.
        try frame.runspace.checkDepth()
        switch value {
        case .table(let table):
            if let extras = table.extras, let member = extras.added?[name] {
                return try write(member, name, extras, value, new, frame)
            }
            table[name] = new
            return
        case .object(let object):
            if let member = object.added?[name] { return try write(member, name, object, value, new, frame) }
            if try object.setProperty(name, to: new) { return }
            if try object.property(name) != nil { throw readOnly(name) }
        case .list(let list):
            if let extras = list.extras, let member = extras.added?[name] {
                return try write(member, name, extras, value, new, frame)
            }
        case .array(let array):
            if let extras = array.extras, let member = extras.added?[name] {
                return try write(member, name, extras, value, new, frame)
            }
            // Assigning through member enumeration is an error unless there is exactly one element.
            if array.elements.count == 1 {
                return try set(name, of: array.elements[0], to: new, isStatic: false, frame)
            }
        case .null, .nothing: throw missing(name, id: "PropertyNotFound")
        default: break
        }
        if let member = frame.runspace.types.member(name.folded, of: value) {
            if case .script(_, let setter?) = member {
                try setter.invoke(
                    frame, item: nil, arguments: [Argument(value: new)], newScope: true, input: [], output: NullSink(),
                    this: value)
                return
            }
            if case .alias(let other) = member { return try set(other, of: value, to: new, isStatic: false, frame) }
            throw readOnly(name)
        }
        if TypeCatalog.property(name.folded, of: value) != nil { throw readOnly(name) }
        let cause = missing(name)
        guard value.asObject is CustomObject, let inner = cause.record?.exception else { throw cause }
        throw .runtime(
            "ExceptionWhenSetting", .notSpecified, "Exception setting \"\(name)\": \"\(inner.message)\"",
            exception: "System.Management.Automation.SetValueInvocationException", inner: inner)
    }

    private static func write(
        _ member: PropertyBag.Member, _ name: String, _ object: Object, _ value: Value, _ new: Value, _ frame: Frame
    ) throws(Stop) {
        switch member {
        case .note: object.added?[name] = .note(new)
        case .alias(let other):
            try set(other, of: value, to: new, isStatic: false, frame)
        case .script(_, let setter):
            guard let setter else { throw readOnly(name) }
            try setter.invoke(
                frame, item: nil, arguments: [Argument(value: new)], newScope: true, input: [], output: NullSink(),
                this: value)
        case .method: throw readOnly(name)
        }
    }

    private static func missing(_ name: String, id: String = "PropertyAssignmentException") -> Stop {
        .runtime(
            id, .invalidOperation,
            "The property '\(name)' cannot be found on this object. Verify that the property exists and can be set.")
    }

    private static func readOnly(_ name: String) -> Stop {
        let message = "'\(name)' is a ReadOnly property."
        return .runtime(
            "PropertyAssignmentException", .invalidOperation, message,
            inner: ExceptionObject("System.Management.Automation.SetValueException", message))
    }

    // MARK: Methods

    static func invoke(_ name: String, on value: Value, _ arguments: [Value], isStatic: Bool, _ frame: Frame)
        throws(Stop) -> Value
    {
        if isStatic { return try StaticMembers.invoke(name, on: value, arguments, frame) }
        let key = name.folded
        if value.isNull {
            throw .runtime(
                "InvokeMethodOnNull", .invalidOperation, "You cannot call a method on a null-valued expression.")
        }
        if case .method(let block)? = member(name, of: value, frame.runspace) {
            let sink = CollectingSink()
            try block.invoke(
                frame, item: nil, arguments: arguments.map { Argument(value: $0) }, newScope: true, input: [],
                output: sink,
                this: value)
            return sink.result
        }
        if let method = TypeCatalog.method(key, of: value) { return try call(method, value, arguments, frame) }
        // `.Where({})` and `.ForEach({})` work on anything; other methods go to the elements.
        if let special = try CollectionMethods.invoke(key, value, arguments, frame) { return special }
        if case .table(let table) = value, let block = table[name]?.asScriptBlock {
            let sink = CollectingSink()
            try block.invoke(frame, arguments: arguments, newScope: true, output: sink)
            return sink.result
        }
        if let elements = value.elements, !elements.isEmpty,
            elements.contains(where: {
                TypeCatalog.method(key, of: $0) != nil || hasScriptMethod(name, of: $0, frame.runspace)
            })
        {
            var results: [Value] = []
            for element in elements {
                let result = try invoke(name, on: element, arguments, isStatic: false, frame)
                if !result.isNothing { results.append(result) }
            }
            return results.count == 1 ? results[0] : .array(results)
        }
        throw .runtime(
            "MethodNotFound", .invalidOperation,
            "Method invocation failed because [\(value.typeName.fullName)] does not contain a method named '\(name)'.",
            target: .string(name))
    }

    private static func member(_ name: String, of value: Value, _ runspace: Runspace) -> PropertyBag.Member? {
        value.keeper?.added?[name] ?? runspace.types.member(name.folded, of: value)
    }

    private static func hasScriptMethod(_ name: String, of value: Value, _ runspace: Runspace) -> Bool {
        if case .method? = member(name, of: value, runspace) { true } else { false }
    }

    static func call(_ method: TypeMembers.Method, _ value: Value, _ arguments: [Value], _ frame: Frame) throws(Stop)
        -> Value
    {
        guard method.counts.contains(arguments.count) else { throw MethodCall.noOverload(method.name, arguments.count) }
        return try method.invoke(
            MethodCall(name: method.name, target: value.plain, arguments: arguments, frame: frame, type: value.typeName)
        )
    }

    // MARK: Text

    /// `ToString()`, honouring a script method of that name.
    static func text(_ value: Value, _ frame: Frame) throws(Stop) -> String {
        if case .method(let block)? = value.keeper?.added?["ToString"] {
            let sink = CollectingSink()
            try block.invoke(
                frame, item: nil, arguments: [] as [Argument], newScope: true, input: [], output: sink, this: value)
            return sink.result.display
        }
        return value.text(separator: frame.runspace.outputFieldSeparator(frame))
    }
}

/// A method named without being called: shows its overloads.
package final class MethodObject: Object {
    private let method: TypeMembers.Method
    private var target: Value
    init(_ method: TypeMembers.Method, _ target: Value) {
        self.method = method
        self.target = target
    }
    deinit { ReleaseQueue.release(&target, leaving: .null) }
    private static let type = RuntimeType("System.Management.Automation.PSMethod")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { method.definitions }
    package override var propertyNames: [String] { ["OverloadDefinitions", "MemberType", "Name", "Value"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "overloaddefinitions": .array(method.definitions.split(separator: "\n").map { .string(String($0)) })
        case "membertype": .string("Method")
        case "name": .string(method.name)
        default: nil
        }
    }
    func invoke(_ arguments: [Value], _ frame: Frame) throws(Stop) -> Value {
        try Members.call(method, target, arguments, frame)
    }
}
