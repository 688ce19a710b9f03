import FerryEngine

/// What types were given beside their own members.
struct GetTypeData: Cmdlet {
    static let typeName = Parameter<[String]>(
        "TypeName", position: 0, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty], wildcards: true)
    static let signature = Signature(
        "Get-TypeData", typeName: "Microsoft.PowerShell.Commands.GetTypeDataCommand", outputs: [TypeDataObject.type],
        parameters: [typeName])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let patterns = call[Self.typeName].map { WildcardPattern($0) }
        for said in io.runspace.types.all
        where patterns.isEmpty || patterns.contains(where: { $0.matches(said.name) }) {
            try io.emit(TypeDataObject(said).value)
        }
    }
}
