import FerryEngine

/// Gives types members, and says what is shown and stored of their objects.
struct UpdateTypeData: Cmdlet {
    static let memberType = Parameter<MemberKind>("MemberType")
    static let memberName = Parameter<String>("MemberName", validate: [.notNullOrEmpty])
    static let value = Parameter<Value>("Value")
    static let second = Parameter<Value>("SecondValue", validate: [.notNull])
    static let method = Parameter<String>("SerializationMethod", validate: [.notNullOrEmpty])
    static let target = Parameter<Value>("TargetTypeForDeserialization", validate: [.notNull])
    static let depth = Parameter<Int>("SerializationDepth", validate: [.range(0, Double(Int32.max))])
    static let displayProperty = Parameter<String>("DefaultDisplayProperty", validate: [.notNullOrEmpty])
    static let inherits = Parameter<Bool>("InheritPropertySerializationSet")
    static let stringSource = Parameter<String>("StringSerializationSource", validate: [.notNullOrEmpty])
    static let displaySet = Parameter<[String]>("DefaultDisplayPropertySet", validate: [.notNullOrEmpty])
    static let keySet = Parameter<[String]>("DefaultKeyPropertySet", validate: [.notNullOrEmpty])
    static let serializationSet = Parameter<[String]>("PropertySerializationSet", validate: [.notNull])
    static let typeName = Parameter<String>(
        "TypeName", mandatory: true, pipeline: .byProperty, validate: [.notNullOrEmpty])
    static let force = Parameter<Bool>.switch("Force")
    static let typeData = Parameter<[Value]>("TypeData", position: 0, mandatory: true, pipeline: .byValueAndProperty)
    static let append = Parameter<[String]>(
        "AppendPath", aliases: ["PSPath", "Path"], position: 0, pipeline: .byValueAndProperty)
    static let prepend = Parameter<[String]>("PrependPath")

    static let signature = Signature(
        "Update-TypeData", typeName: "Microsoft.PowerShell.Commands.UpdateTypeDataCommand", shouldProcess: .medium,
        defaultSet: "FileSet",
        sets: [
            ParameterSet(
                "DynamicTypeSet",
                [
                    memberType, memberName, value, second, method, target, depth, displayProperty, inherits,
                    stringSource,
                    displaySet, keySet, serializationSet, typeName, force,
                ]),
            ParameterSet("TypeDataSet", [force, typeData]), ParameterSet("FileSet", [append, prepend]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        switch call.parameterSet {
        case "DynamicTypeSet": try update(call, io)
        case "TypeDataSet":
            for value in call[Self.typeData] {
                guard let data = value.hosted(TypeDataObject.self) else {
                    throw io.failing(
                        "CannotConvertArgumentNoMessage", .invalidArgument,
                        "Cannot convert the \"\(value.display)\" value of type \"\(value.typeName.fullName)\" to type "
                            + "\"System.Management.Automation.Runspaces.TypeData\".", target: value,
                        exception: "System.Management.Automation.PSInvalidCastException")
                }
                try add(data.said, call, io)
            }
        default:
            let prepended = try io.dataFiles(call[Self.prepend], id: "TypesPrependPathException")
            for file in prepended { try load(file, first: true, io) }
            let appended = try io.dataFiles(call[Self.append], id: "TypesAppendPathException")
            for file in appended { try load(file, first: false, io) }
        }
    }

    private func load(_ file: String, first: Bool, _ io: CommandIO) throws(Stop) {
        guard try io.confirms("Update TypeData", "FileName: \(file)") else { return }
        do throws(Stop) {
            try TypesFile.load(file, io.runspace, first: first)
        } catch {
            guard let record = error.record else { throw error }
            try io.report(
                "TypesXmlUpdateException", .invalidOperation, record.exception.message, target: .string(file),
                exception: "System.Management.Automation.RuntimeException")
        }
    }

    // MARK: What is said in place

    private func update(_ call: Call, _ io: CommandIO) throws(Stop) {
        let name = call[Self.typeName]
        guard !name.trimmed.isEmpty else {
            throw refusal(
                "TargetTypeNameEmpty",
                "The target type name should not be null, empty, or contain only white spaces.", io)
        }
        var said = ExtendedTypes.Extension(TypeCatalog.resolve(name)?.fullName ?? name)
        try addMember(to: &said, call, io)
        if call.isBound(Self.method) { said.standard.serializationMethod = call[Self.method] }
        if call.isBound(Self.target) { said.standard.target = try io.type(call[Self.target]) }
        if call.isBound(Self.depth) { said.standard.depth = call[Self.depth] }
        if call.isBound(Self.displayProperty) { said.standard.displayProperty = call[Self.displayProperty] }
        if call.isBound(Self.inherits) { said.standard.inheritsSerialization = call[Self.inherits] }
        if call.isBound(Self.stringSource) { said.standard.stringSource = call[Self.stringSource] }
        if call.isBound(Self.displaySet) { said.standard.displayProperties = call[Self.displaySet] }
        if call.isBound(Self.keySet) { said.standard.keyProperties = call[Self.keySet] }
        if call.isBound(Self.serializationSet) { said.standard.serializationProperties = call[Self.serializationSet] }
        guard !said.isEmpty else {
            let refused = refusal("TypeDataEmpty", "No member is specified for the update on type \"\(name)\".", io)
            guard let record = refused.record else { throw refused }
            return try io.report(record)
        }
        try add(said, call, io)
    }

    private func add(_ said: ExtendedTypes.Extension, _ call: Call, _ io: CommandIO) throws(Stop) {
        guard try io.confirms("Update TypeData", "Type to update: \(said.name)") else { return }
        if !call[Self.force], let clash = io.runspace.types[said.name]?.clash(with: said) {
            return try io.report(
                "TypesDynamicUpdateException", .invalidOperation,
                "Error in TypeData \"\(said.name)\": The member \(clash) is already present.",
                exception: "System.Management.Automation.RuntimeException")
        }
        io.runspace.types.update(said)
    }

    private func addMember(to said: inout ExtendedTypes.Extension, _ call: Call, _ io: CommandIO) throws(Stop) {
        guard call.isBound(Self.memberType) else {
            guard call.isBound(Self.memberName) || call.isBound(Self.value) || call.isBound(Self.second) else { return }
            throw refusal(
                "MemberTypeIsMissing",
                "The MemberName, Value, and SecondValue parameters cannot be specified without the MemberType parameter.",
                io)
        }
        let kind = call[Self.memberType]
        let isKnown = [.noteProperty, .aliasProperty, .scriptProperty, .scriptMethod].contains(kind)
        guard isKnown else {
            throw refusal(
                "CannotUpdateMemberType",
                "Cannot update a member with type \"\(kind.rawValue)\". Specify a different type for the MemberType parameter.",
                io)
        }
        try require(call.isBound(Self.memberName), "MemberName", kind, io)
        try require(call.isBound(Self.value), "Value", kind, io)
        if kind == .noteProperty || kind == .scriptMethod, call.isBound(Self.second) {
            throw refusal(
                "SecondValueShouldNotBeSpecified",
                "The SecondValue parameter is not necessary for a member of type \"\(kind.rawValue)\", and should not be "
                    + "specified. Do not specify the SecondValue parameter when updating this member type.", io)
        }
        let name = call[Self.memberName]
        switch kind {
        case .noteProperty: said.members[name] = .note(call[Self.value])
        case .aliasProperty: said.members[name] = try alias(call, io)
        case .scriptProperty:
            let get = try io.scriptBlock(call[Self.value])
            let set = call.isBound(Self.second) ? try io.scriptBlock(call[Self.second]) : nil
            guard get != nil || set != nil else {
                throw refusal(
                    "ValueAndSecondValueAreNotBothNull",
                    "The Value and SecondValue parameters should not both be null for a member of type "
                        + "\"\(kind.rawValue)\". Specify a non-null value for one of the two parameters.", io)
            }
            said.members[name] = .script(get: get, set: set)
        default:
            guard let block = try io.scriptBlock(call[Self.value]) else { throw null("Value", kind, io) }
            said.members[name] = .method(block)
        }
    }

    private func alias(_ call: Call, _ io: CommandIO) throws(Stop) -> PropertyBag.Member {
        let other = call[Self.value].display
        guard !call[Self.value].isNull, !other.isEmpty else { throw null("Value", .aliasProperty, io) }
        guard call.isBound(Self.second) else { return .alias(other) }
        // What is converted on the way is computed.
        let type = try io.type(call[Self.second])
        return .script(
            get: try io.runspace.makeScriptBlock("[\(type.fullName)] $this.\(other.singleQuoted)"), set: nil)
    }

    private func require(_ isBound: Bool, _ parameter: String, _ kind: MemberKind, _ io: CommandIO) throws(Stop) {
        guard !isBound else { return }
        throw refusal(
            "\(parameter)ShouldBeSpecified",
            "The \(parameter) parameter is required for the type \"\(kind.rawValue)\". Please specify the \(parameter) "
                + "parameter.", io)
    }

    private func null(_ parameter: String, _ kind: MemberKind, _ io: CommandIO) -> Stop {
        refusal(
            "\(parameter)ShouldBeSpecified",
            "The \(parameter) parameter should not be null or an empty string for a member of type \"\(kind.rawValue)\". "
                + "Specify a non-null value for the \(parameter) parameter when updating this member type.", io)
    }

    private func refusal(_ id: String, _ text: String, _ io: CommandIO) -> Stop {
        io.failing(id, .invalidOperation, text, exception: "System.InvalidOperationException")
    }
}
