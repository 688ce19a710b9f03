import FerryEngine

/// Moves properties of an item to another, where a provider has such.
struct MoveItemProperty: Cmdlet {
    static let name = Parameter<[String]>(
        "Name", aliases: ["PSProperty"], position: 2, mandatory: true, pipeline: .byProperty)
    static let destination = Parameter<String>("Destination", position: 1, mandatory: true, pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "Move-ItemProperty", typeName: "Microsoft.PowerShell.Commands.MoveItemPropertyCommand", shouldProcess: .medium,
        defaultSet: "Path", parameters: [name, destination, force, passThru] + ItemFilter.parameters,
        sets: [
            ParameterSet("Path", [DynamicProperty.path]),
            ParameterSet("LiteralPath", [DynamicProperty.literalPath]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try DynamicProperty.refuse(call, io) }
}
