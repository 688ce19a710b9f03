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
        for name in call[Self.name] where !io.removeAlias(name) {
            try io.report(
                "ItemNotFoundException", .objectNotFound,
                "This command cannot find a matching alias because an alias with the name '\(name)' does not exist.",
                target: .string(name), exception: "System.Management.Automation.ItemNotFoundException")
        }
    }
}
