import FerryEngine

/// Takes aliases away.
struct RemoveAlias: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byValueAndProperty)
    static let scope = Parameter<String>("Scope")
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "Remove-Alias", typeName: "Microsoft.PowerShell.Commands.RemoveAliasCommand", parameters: [name, scope, force])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let scope = call.isBound(Self.scope) ? try io.scope(named: call[Self.scope]) : nil
        for name in call[Self.name] { try io.removeAlias(name, in: scope, force: call[Self.force]) }
    }
}
