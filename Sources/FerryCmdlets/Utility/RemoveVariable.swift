import FerryEngine

/// Takes variables away.
struct RemoveVariable: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byProperty, wildcards: true)
    static let scope = Parameter<String>("Scope")
    static let include = Parameter<[String]>("Include", wildcards: true)
    static let exclude = Parameter<[String]>("Exclude", wildcards: true)
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Remove-Variable", typeName: "Microsoft.PowerShell.Commands.RemoveVariableCommand", shouldProcess: .low,
        parameters: [name, scope, include, exclude, force])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let scope = try io.scope(named: call[Self.scope])
        for wanted in call[Self.name] {
            var names = [GetVariable.bare(wanted)]
            if WildcardPattern.isPattern(wanted) {
                let pattern = WildcardPattern(wanted)
                names = scope.ownVariables.map(\.name).filter { pattern.matches($0) }
            }
            names = VariableFilter.names(names, include: call[Self.include], exclude: call[Self.exclude])
            for name in names where try io.confirms("Remove variable", "Name: \(name)") {
                try io.removeVariable(name, in: scope, force: call[Self.force])
            }
        }
    }
}
