import FerryEngine

/// Gives an object a property or method of its own.
struct AddMember: Cmdlet {
    static let input = Parameter<Value>("InputObject", mandatory: true, pipeline: .byValue)
    static let memberType = Parameter<MemberKind>("MemberType", aliases: ["Type"], position: 0, mandatory: true)
    static let name = Parameter<String>("Name", position: 1, mandatory: true)
    static let value = Parameter<Value>("Value", position: 2)
    static let second = Parameter<Value>("SecondValue", position: 3)
    static let typeName = Parameter<String?>("TypeName")
    /// A kind of member in its place is -MemberType's: `Add-Member NoteProperty Name value`.
    static let noteName = Parameter<String>(
        "NotePropertyName", position: 0, mandatory: true, validate: [.pattern("^(?!(\(kinds))$)")])
    static let noteValue = Parameter<Value>("NotePropertyValue", position: 1, mandatory: true)
    static let notes = Parameter<TableObject?>("NotePropertyMembers", position: 0, mandatory: true)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "Add-Member", typeName: "Microsoft.PowerShell.Commands.AddMemberCommand", defaultSet: "TypeNameSet",
        parameters: [input, passThru],
        sets: [
            ParameterSet("TypeNameSet", [typeName.mandatory()]),
            ParameterSet("MemberSet", [typeName, memberType, name, value, second, force]),
            ParameterSet("NotePropertySingleMemberSet", [typeName, noteName, noteValue, force]),
            ParameterSet("NotePropertyMultiMemberSet", [typeName, notes, force]),
        ])

    /// The kinds that members can be added of, also by number (PSMemberTypes).
    private static let kinds =
        "AliasProperty|CodeProperty|NoteProperty|ScriptProperty|PropertySet|CodeMethod|ScriptMethod|MemberSet"
        + "|1|2|8|16|32|128|256|1024"

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        // Without -PassThru nobody sees what a plain value was given: PowerShell's wrapper is lost at once, too.
        let item = call[Self.input].extensible
        var member: PropertyBag.Member?
        if call.parameterSet == "MemberSet" {
            try check(call, io)
            if call[Self.memberType] != .memberSet || call[Self.name].folded != "psstandardmembers" {
                member = try self.member(call, io)
            }
        }
        guard let object = item.makeKeeper() else { return }
        if let typeName = call[Self.typeName] { object.insertedTypeNames.insert(typeName, at: 0) }
        switch call.parameterSet {
        case "MemberSet" where call[Self.memberType] == .memberSet && call[Self.name].folded == "psstandardmembers":
            if object.added == nil { object.added = PropertyBag() }
            object.added?.standard = try standard(call, io)
        case "MemberSet":
            if let member { try add(call[Self.name], member, to: object, of: item, call, io) }
        case "NotePropertySingleMemberSet":
            try add(call[Self.noteName], .note(call[Self.noteValue]), to: object, of: item, call, io)
        case "NotePropertyMultiMemberSet":
            for (key, value) in call[Self.notes]?.pairs ?? [] {
                try add(key.display, .note(value), to: object, of: item, call, io)
            }
        default: break
        }
        if call[Self.passThru] { try io.emit(item) }
    }

    /// What a member is made of, told apart before anything is added.
    private func check(_ call: Call, _ io: CommandIO) throws(Stop) {
        let kind = call[Self.memberType]
        let (value, second) = (call[Self.value], call[Self.second])
        func refuse(_ id: String, _ reason: String) -> Stop {
            io.failing(id, .invalidArgument, reason, exception: "System.InvalidOperationException")
        }
        switch kind {
        case .aliasProperty, .scriptProperty, .codeProperty: break
        case .noteProperty, .scriptMethod, .codeMethod, .propertySet, .memberSet:
            if !second.isNull {
                throw refuse(
                    "Value2ShouldNotBeSpecified",
                    "The SecondValue parameter is not necessary for a member of type \"\(kind.rawValue)\", and should not be "
                        + "specified.")
            }
        default:
            throw refuse("CannotAddMemberType", "Cannot add a member with type \"\(kind.rawValue)\".")
        }
        switch kind {
        case .scriptProperty, .codeProperty:
            if value.isNull, second.isNull {
                throw refuse(
                    "Value1AndValue2AreNotBothNull",
                    "For a member of type \"\(kind.rawValue)\", the Value and SecondValue parameters cannot both be null."
                )
            }
        case .noteProperty, .memberSet: break
        default:
            if value.isNull {
                throw refuse(
                    "Value1ShouldNotBeNull",
                    "The Value parameter must not be null for a \(kind.rawValue).")
            }
        }
        if kind == .aliasProperty, !second.isNull { _ = try io.type(second) }
    }

    /// The sets of properties that choose what is shown and compared of one object.
    private func standard(_ call: Call, _ io: CommandIO) throws(Stop) -> StandardMembers {
        let given = call[Self.value]
        var standard = StandardMembers()
        for item in given.elements ?? [given] {
            guard let set = item.hosted(PropertySet.self) else {
                throw impossible(
                    given, "System.Collections.ObjectModel.Collection`1[System.Management.Automation.PSMemberInfo]", io)
            }
            switch set.name.folded {
            case "defaultdisplaypropertyset": standard.displayProperties = set.properties
            case "defaultkeypropertyset": standard.keyProperties = set.properties
            case "propertyserializationset": standard.serializationProperties = set.properties
            default: break
            }
        }
        return standard
    }

    private func impossible(_ value: Value, _ type: String, _ io: CommandIO) -> Stop {
        io.failing(
            "ConvertToFinalInvalidCastException", .invalidArgument,
            "Cannot convert the \"\(value.display)\" value of type \"\(value.typeName.fullName)\" to type \"\(type)\".",
            exception: "System.Management.Automation.PSInvalidCastException")
    }

    private func member(_ call: Call, _ io: CommandIO) throws(Stop) -> PropertyBag.Member {
        switch call[Self.memberType] {
        case .noteProperty: return .note(call[Self.value])
        case .aliasProperty: return .alias(call[Self.value].display)
        case .scriptProperty:
            return .script(get: try io.scriptBlock(call[Self.value]), set: try io.scriptBlock(call[Self.second]))
        case .scriptMethod:
            guard let body = try io.scriptBlock(call[Self.value]) else {
                throw impossible(call[Self.value], "System.Management.Automation.ScriptBlock", io)
            }
            return .method(body)
        case .codeProperty, .codeMethod: throw impossible(call[Self.value], "System.Reflection.MethodInfo", io)
        default:
            throw impossible(
                call[Self.value],
                "System.Collections.ObjectModel.Collection`1[System.Management.Automation.PSMemberInfo]", io)
        }
    }

    private func add(
        _ name: String, _ member: PropertyBag.Member, to object: Object, of item: Value, _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        if object.added == nil { object.added = PropertyBag() }
        let isOwn = Members.hasOwnProperty(name, item)
        if object.added?[name] != nil || isOwn, !call[Self.force] {
            return try io.report(
                "MemberAlreadyExists", .invalidOperation,
                "Cannot add a member with the name \"\(name)\" because a member with that name already exists. "
                    + "To overwrite the member anyway, add the Force parameter to your command.",
                target: item, exception: "System.InvalidOperationException")
        }
        object.added?[name] = member
    }
}

/// The kinds of member `Add-Member` is asked for; it makes the first four.
enum MemberKind: String, ScriptEnum {
    case noteProperty = "NoteProperty"
    case aliasProperty = "AliasProperty"
    case scriptProperty = "ScriptProperty"
    case scriptMethod = "ScriptMethod"
    case codeProperty = "CodeProperty"
    case property = "Property"
    case properties = "Properties"
    case propertySet = "PropertySet"
    case method = "Method"
    case codeMethod = "CodeMethod"
    case methods = "Methods"
    case parameterizedProperty = "ParameterizedProperty"
    case memberSet = "MemberSet"
    case event = "Event"
    case dynamic = "Dynamic"
    case inferredProperty = "InferredProperty"
    case all = "All"

    static let enumType = EnumType(
        "System.Management.Automation.PSMemberTypes",
        [
            ("AliasProperty", 1), ("CodeProperty", 2), ("Property", 4), ("NoteProperty", 8), ("ScriptProperty", 16),
            ("PropertySet", 32), ("Method", 64), ("CodeMethod", 128), ("ScriptMethod", 256), ("Methods", 448),
            ("ParameterizedProperty", 512), ("MemberSet", 1024), ("Event", 2048), ("Dynamic", 4096),
            ("InferredProperty", 8192), ("Properties", 8255), ("All", 16383),
        ])
}
