import FerryEngine

/// Makes a property of an item, where a provider has such.
struct NewItemProperty: Cmdlet {
    static let name = Parameter<String>(
        "Name", aliases: ["PSProperty"], position: 1, mandatory: true, pipeline: .byProperty)
    static let propertyType = Parameter<String>("PropertyType", aliases: ["Type"], pipeline: .byProperty)
    static let value = Parameter<Value>("Value", pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "New-ItemProperty", typeName: "Microsoft.PowerShell.Commands.NewItemPropertyCommand", shouldProcess: .medium,
        defaultSet: "Path", parameters: [name, propertyType, value, force] + ItemFilter.parameters,
        sets: [
            ParameterSet("Path", [DynamicProperty.path.from(.byProperty)]),
            ParameterSet("LiteralPath", [DynamicProperty.literalPath]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try DynamicProperty.refuse(call, io) }
}
