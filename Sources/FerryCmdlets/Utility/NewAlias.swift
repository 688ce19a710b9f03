import FerryEngine

/// Makes an alias; one of that name must not be there.
struct NewAlias: Cmdlet {
    static let signature = Signature(
        "New-Alias", typeName: "Microsoft.PowerShell.Commands.NewAliasCommand", shouldProcess: .low,
        parameters: [
            SetAlias.name, SetAlias.value, SetAlias.description, SetAlias.option, SetAlias.scope, SetAlias.force,
            SetAlias.passThru,
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let name = call[SetAlias.name]
        guard try io.confirms("New Alias", "Name: \(name) Value: \(call[SetAlias.value])") else { return }
        if !call[SetAlias.force], io.visibleAliases.contains(where: { $0.name.folded == name.folded }) {
            return try io.report(
                "AliasAlreadyExists", .resourceExists,
                "The alias is not allowed, because an alias with the name '\(name)' already exists.",
                target: .string(name), exception: "System.Management.Automation.SessionStateException")
        }
        guard try SetAlias.set(call, io) else { return }
        if call[SetAlias.passThru] { try io.emit(contentsOf: io.driveItems(.alias(name))) }
    }
}
