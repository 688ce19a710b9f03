import FerryEngine

/// Gives a property of an item another name, where a provider has such.
struct RenameItemProperty: Cmdlet {
    static let name = Parameter<String>(
        "Name", aliases: ["PSProperty"], position: 1, mandatory: true, pipeline: .byProperty)
    static let newName = Parameter<String>("NewName", position: 2, mandatory: true, pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "Rename-ItemProperty", typeName: "Microsoft.PowerShell.Commands.RenameItemPropertyCommand",
        shouldProcess: .medium,
        defaultSet: "Path", parameters: [name, newName, force, passThru] + ItemFilter.parameters,
        sets: [
            ParameterSet("Path", [DynamicProperty.path]),
            ParameterSet("LiteralPath", [DynamicProperty.literalPath]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try DynamicProperty.refuse(call, io) }
}
