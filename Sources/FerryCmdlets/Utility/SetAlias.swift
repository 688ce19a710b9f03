import FerryEngine

/// Makes or changes an alias.
struct SetAlias: Cmdlet {
    static let name = Parameter<String>("Name", position: 0, mandatory: true, pipeline: .byProperty)
    static let value = Parameter<String>("Value", position: 1, mandatory: true, pipeline: .byProperty)
    static let description = Parameter<String>("Description")
    static let option = Parameter<String>("Option")
    static let scope = Parameter<String>("Scope")
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "Set-Alias", typeName: "Microsoft.PowerShell.Commands.SetAliasCommand", shouldProcess: .low,
        parameters: [name, value, description, option, scope, force, passThru])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let name = call[Self.name]
        guard try io.confirms("Set Alias", "Name: \(name) Value: \(call[Self.value])") else { return }
        try io.setAlias(
            name, to: call[Self.value], in: try io.scope(named: call[Self.scope]),
            options: try io.variableOptions(call[Self.option], isGiven: call.isBound(Self.option)),
            description: call.isBound(Self.description) ? call[Self.description] : nil, force: call[Self.force])
        if call[Self.passThru] { try io.emit(contentsOf: io.driveItems(.alias(name))) }
    }
}
