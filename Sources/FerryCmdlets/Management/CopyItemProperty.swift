import FerryEngine

/// Copies a property of an item to another, where a provider has such.
struct CopyItemProperty: Cmdlet {
    static let name = Parameter<String>(
        "Name", aliases: ["PSProperty"], position: 2, mandatory: true, pipeline: .byProperty)
    static let destination = Parameter<String>("Destination", position: 1, mandatory: true, pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "Copy-ItemProperty", typeName: "Microsoft.PowerShell.Commands.CopyItemPropertyCommand", shouldProcess: .medium,
        defaultSet: "Path", parameters: [name, destination, force, passThru] + ItemFilter.parameters,
        sets: [
            ParameterSet("Path", [DynamicProperty.path]),
            ParameterSet("LiteralPath", [DynamicProperty.literalPath]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try DynamicProperty.refuse(call, io) }
}
