import FerryEngine

/// The session's aliases.
struct GetAlias: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, pipeline: .byValueAndProperty, wildcards: true)
    static let definition = Parameter<[String]>("Definition")
    static let exclude = Parameter<[String]>("Exclude")
    static let scope = Parameter<String>("Scope")

    static let signature = Signature(
        "Get-Alias", typeName: "Microsoft.PowerShell.Commands.GetAliasCommand", defaultSet: "Default",
        parameters: [exclude, scope],
        sets: [ParameterSet("Default", [name]), ParameterSet("Definition", [definition])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let exclude = call[Self.exclude].map { WildcardPattern($0) }
        let aliases =
            call.isBound(Self.scope) ? try io.scope(named: call[Self.scope]).ownAliases : io.visibleAliases
        let all = aliases.filter { alias in !exclude.contains { $0.matches(alias.name) } }
            .sorted { $0.name.folded < $1.name.folded }
        let byDefinition = call.parameterSet == "Definition"
        let wanted = byDefinition ? call[Self.definition] : call[Self.name]
        for text in wanted.isEmpty ? ["*"] : wanted {
            let pattern = WildcardPattern(text)
            // `?` is an alias as well as a wildcard.
            let found = all.filter {
                byDefinition
                    ? pattern.matches($0.definition) : $0.name == text || text != "?" && pattern.matches($0.name)
            }
            if found.isEmpty, !WildcardPattern.isPattern(text) {
                let kind = byDefinition ? "definition" : "name"
                try io.report(
                    "ItemNotFoundException", .objectNotFound,
                    "This command cannot find a matching alias because an alias with the \(kind) '\(text)' does not exist.",
                    target: .string(text), exception: "System.Management.Automation.ItemNotFoundException")
            }
            try io.emit(contentsOf: found.map(\.object))
        }
    }
}
