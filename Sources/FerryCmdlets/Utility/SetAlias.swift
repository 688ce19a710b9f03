import FerryEngine

/// Makes or changes an alias.
struct SetAlias: Cmdlet {
    static let name = Parameter<String>("Name", position: 0, mandatory: true, pipeline: .byProperty)
    static let value = Parameter<String>("Value", position: 1, mandatory: true, pipeline: .byProperty)
    static let description = Parameter<String>("Description")
    static let option = Parameter<ScopedItemOptions?>("Option")
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
        guard try Self.set(call, io) else { return }
        if call[Self.passThru] { try io.emit(contentsOf: io.driveItems(.alias(name))) }
    }

    /// Makes the alias of a `Set-Alias` or `New-Alias`; `false`: what is there cannot be changed, which is reported.
    static func set(_ call: Call, _ io: CommandIO) throws(Stop) -> Bool {
        let scope = try io.scope(named: call[Self.scope])
        do throws(Stop) {
            try io.setAlias(
                call[name], to: call[value], in: scope, options: call[option]?.variableOptions,
                description: call.isBound(description) ? call[description] : nil, force: call[force])
            return true
        } catch {
            guard let record = error.record else { throw error }
            try io.report(record)
            return false
        }
    }
}
