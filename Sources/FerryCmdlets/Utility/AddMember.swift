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
        parameters: [input, typeName, passThru],
        sets: [
            ParameterSet("TypeNameSet", []),
            ParameterSet("MemberSet", [memberType, name, value, second, force]),
            ParameterSet("NotePropertySingleMemberSet", [noteName, noteValue, force]),
            ParameterSet("NotePropertyMultiMemberSet", [notes, force]),
        ])

    /// PSMemberTypes.
    private static let kinds =
        "AliasProperty|CodeProperty|Property|NoteProperty|ScriptProperty|Properties|PropertySet|Method|CodeMethod"
        + "|ScriptMethod|Methods|ParameterizedProperty|MemberSet|Event|Dynamic|InferredProperty|All"

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[Self.input]
        guard let object = item.asObject else {
            // A plain value has no place to keep a member; PowerShell would add it to a wrapper that is lost at once.
            if call[Self.passThru] { try io.emit(item) }
            return
        }
        if let typeName = call[Self.typeName] { object.insertedTypeNames.insert(typeName, at: 0) }
        switch call.parameterSet {
        case "MemberSet": try add(call[Self.name], try member(call, io), to: object, call, io)
        case "NotePropertySingleMemberSet":
            try add(call[Self.noteName], .note(call[Self.noteValue]), to: object, call, io)
        case "NotePropertyMultiMemberSet":
            for (key, value) in call[Self.notes]?.pairs ?? [] {
                try add(key.display, .note(value), to: object, call, io)
            }
        default: break
        }
        if call[Self.passThru] { try io.emit(item) }
    }

    private func member(_ call: Call, _ io: CommandIO) throws(Stop) -> PropertyBag.Member {
        func block(_ value: Value, _ parameter: String) throws(Stop) -> ScriptBlock? {
            if value.isNull { return nil }
            guard let block = value.asScriptBlock else {
                throw io.failing(
                    "NonScriptBlockValue\(parameter)", .invalidArgument,
                    "The \(parameter) parameter must be a ScriptBlock for a \(call[Self.memberType].rawValue).",
                    exception: "System.InvalidOperationException")
            }
            return block
        }
        switch call[Self.memberType] {
        case .noteProperty: return .note(call[Self.value])
        case .aliasProperty: return .alias(call[Self.value].display)
        case .scriptProperty:
            return .script(
                get: try block(call[Self.value], "Value"), set: try block(call[Self.second], "SecondValue"))
        case .scriptMethod:
            guard let body = try block(call[Self.value], "Value") else {
                throw io.failing(
                    "Value1ShouldNotBeNull", .invalidArgument,
                    "The Value parameter must not be null for a ScriptMethod.",
                    exception: "System.InvalidOperationException")
            }
            return .method(body)
        }
    }

    private func add(
        _ name: String, _ member: PropertyBag.Member, to object: Object, _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        if object.added == nil { object.added = PropertyBag() }
        let isOwn = object.propertyNames.contains { $0.folded == name.folded }
        if object.added?[name] != nil || isOwn, !call[Self.force] {
            return try io.report(
                "MemberAlreadyExists", .invalidOperation,
                "Cannot add a member with the name \"\(name)\" because a member with that name already exists. "
                    + "To overwrite the member anyway, add the Force parameter to your command.",
                target: .object(object), exception: "System.InvalidOperationException")
        }
        object.added?[name] = member
    }
}

/// The kinds of member that `Add-Member` makes.
enum MemberKind: String, ScriptEnum {
    case noteProperty = "NoteProperty"
    case aliasProperty = "AliasProperty"
    case scriptProperty = "ScriptProperty"
    case scriptMethod = "ScriptMethod"

    static let enumType = EnumType(
        "System.Management.Automation.PSMemberTypes",
        [("AliasProperty", 1), ("NoteProperty", 8), ("ScriptProperty", 16), ("ScriptMethod", 128)])
}
