import FerryEngine

/// Takes properties of an item away, where a provider has such.
struct RemoveItemProperty: Cmdlet {
    static let name = Parameter<[String]>(
        "Name", aliases: ["PSProperty"], position: 1, mandatory: true, pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Remove-ItemProperty", typeName: "Microsoft.PowerShell.Commands.RemoveItemPropertyCommand",
        shouldProcess: .medium,
        defaultSet: "Path", parameters: [name, force] + ItemFilter.parameters,
        sets: [
            ParameterSet("Path", [DynamicProperty.path]),
            ParameterSet("LiteralPath", [DynamicProperty.literalPath]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try DynamicProperty.refuse(call, io) }
}
