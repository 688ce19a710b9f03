import FerryEngine

/// Lists the members of objects, each type once.
struct GetMember: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let name = Parameter<[String]>("Name", position: 0)
    static let memberType = Parameter<MemberKinds?>("MemberType", aliases: ["Type"])
    static let isStatic = Parameter<Bool>.switch("Static")
    static let view = Parameter<MemberViews?>("View")
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Get-Member", typeName: "Microsoft.PowerShell.Commands.GetMemberCommand",
        parameters: [input, name, memberType, isStatic, view, force])

    private var seen: Set<String> = []
    private var hadInput = false

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[Self.input]
        guard !item.isNull else { return }
        hadInput = true
        var type = item.typeNames.first ?? "System.Object"
        var entries: [MemberEntry]
        if call[Self.isStatic] {
            let own: RuntimeType = if case .type(let named) = item { named } else { item.typeName }
            type = own.fullName
            entries = Members.staticEntries(of: own)
        } else {
            entries = Members.entries(of: item, io.runspace)
        }
        guard seen.insert(type.folded).inserted else { return }
        if call[Self.force], !call[Self.isStatic] { entries += Self.hidden }
        if let views = call[Self.view] {
            entries = entries.filter { Self.added.contains($0.kind) ? views.haveExtended : views.haveOwn }
        }
        if !call[Self.name].isEmpty {
            let patterns = call[Self.name].map { WildcardPattern($0) }
            entries = entries.filter { entry in patterns.contains { $0.matches(entry.name) } }
        }
        if let kinds = call[Self.memberType] { entries = entries.filter { kinds.contain($0.kind) } }
        for entry in entries {
            try io.emit(
                .object(
                    CustomObject(
                        [
                            ("TypeName", .string(type)), ("Name", .string(entry.name)),
                            ("MemberType", .string(entry.kind)), ("Definition", .string(entry.definition)),
                        ], type: .memberDefinition)))
        }
    }

    /// Kinds of members that types and scripts add to objects; the others are the objects' own.
    private static let added: Set<String> = [
        "AliasProperty", "CodeMethod", "CodeProperty", "MemberSet", "NoteProperty", "PropertySet", "ScriptMethod",
        "ScriptProperty",
    ]

    /// What every object has and nobody lists without -Force.
    private static let hidden = [
        MemberEntry(name: "pstypenames", kind: "CodeProperty", definition: "List<string> pstypenames {get;}"),
        MemberEntry(
            name: "psobject", kind: "MemberSet", definition: "psobject {Members, Properties, Methods, TypeNames}"),
    ]

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard !hadInput else { return }
        try io.report(
            "NoObjectInGetMember", .closeError, "You must specify an object for the Get-Member cmdlet.",
            exception: "System.InvalidOperationException")
    }
}
