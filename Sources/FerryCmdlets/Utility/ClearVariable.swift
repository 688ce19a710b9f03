import FerryEngine

/// Empties variables and keeps them.
struct ClearVariable: Cmdlet {
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byProperty, wildcards: true)
    static let scope = Parameter<String>("Scope")
    static let include = Parameter<[String]>("Include", wildcards: true)
    static let exclude = Parameter<[String]>("Exclude", wildcards: true)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "Clear-Variable", typeName: "Microsoft.PowerShell.Commands.ClearVariableCommand", shouldProcess: .low,
        parameters: [name, scope, include, exclude, force, passThru])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let scope = try io.scope(named: call[Self.scope])
        for wanted in call[Self.name] {
            let pattern = WildcardPattern(GetVariable.bare(wanted))
            let found = (call.isBound(Self.scope) ? scope.ownVariables : io.visibleVariables).filter {
                pattern.matches($0.name)
            }
            if found.isEmpty, !WildcardPattern.isPattern(wanted) {
                try io.report(
                    "VariableNotFound", .objectNotFound, "Cannot find a variable with the name '\(wanted)'.",
                    target: .string(wanted), exception: "System.Management.Automation.ItemNotFoundException")
            }
            let names = VariableFilter.names(
                found.map(\.name), include: call[Self.include], exclude: call[Self.exclude])
            for variable in found where names.contains(variable.name) {
                guard try io.confirms("Clear variable", "Name: \(variable.name)") else { continue }
                do throws(Stop) {
                    try io.assign(
                        variable.name, .null, in: scope, options: nil, description: nil, force: call[Self.force])
                } catch {
                    guard let record = error.record else { throw error }
                    try io.report(record)
                    continue
                }
                if call[Self.passThru] { try io.emit(VariableObject(variable).value) }
            }
        }
    }
}
