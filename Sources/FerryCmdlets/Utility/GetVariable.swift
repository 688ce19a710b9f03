import FerryEngine

/// The session's variables.
struct GetVariable: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, pipeline: .byValueAndProperty, wildcards: true)
    static let valueOnly = Parameter<Bool>.switch("ValueOnly")
    static let include = Parameter<[String]>("Include")
    static let exclude = Parameter<[String]>("Exclude")
    static let scope = Parameter<String>("Scope")

    static let signature = Signature(
        "Get-Variable", typeName: "Microsoft.PowerShell.Commands.GetVariableCommand",
        parameters: [name, valueOnly, include, exclude, scope])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let unfiltered =
            call.isBound(Self.scope) ? try io.scope(named: call[Self.scope]).ownVariables : io.visibleVariables
        let include = call[Self.include].map { WildcardPattern($0) }
        let exclude = call[Self.exclude].map { WildcardPattern($0) }
        let all = unfiltered.filter { variable in
            (include.isEmpty || include.contains { $0.matches(variable.name) })
                && !exclude.contains { $0.matches(variable.name) }
        }.sorted { $0.name.folded < $1.name.folded }
        for wanted in call[Self.name].isEmpty ? ["*"] : call[Self.name] {
            let name = Self.bare(wanted)
            let isPattern = WildcardPattern.isPattern(name) && name != "?"
            let pattern = WildcardPattern(name)
            let found = all.filter { isPattern ? pattern.matches($0.name) : $0.name.folded == name.folded }
            // One that is there and left out is not missed.
            if found.isEmpty, !isPattern, !unfiltered.contains(where: { $0.name.folded == name.folded }) {
                try io.report(
                    "VariableNotFound", .objectNotFound, "Cannot find a variable with the name '\(name)'.",
                    target: .string(name), exception: "System.Management.Automation.ItemNotFoundException")
            }
            for variable in found {
                try io.emit(call[Self.valueOnly] ? variable.value : VariableObject(variable).value)
            }
        }
    }

    /// Without a scope in front: `global:x` is x.
    static func bare(_ name: String) -> String {
        for prefix in ["global:", "local:", "script:", "private:", "variable:"] where name.folded.hasPrefix(prefix) {
            return String(name.dropFirst(prefix.count))
        }
        return name
    }
}
