import FerryEngine

/// The bare values of properties of files and folders.
struct GetItemPropertyValue: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty], wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let name = Parameter<[String]>("Name", aliases: ["PSProperty"], position: 1, mandatory: true)
    static let signature = Signature(
        "Get-ItemPropertyValue", typeName: "Microsoft.PowerShell.Commands.GetItemPropertyValueCommand",
        defaultSet: "Path", parameters: [name] + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let filter = try ItemFilter(call, io)
        let isLiteral = call.parameterSet == "LiteralPath"
        let paths = isLiteral ? call[Self.literalPath] : call[Self.path].isEmpty ? ["."] : call[Self.path]
        for text in paths {
            for found in try io.files([text], isLiteral: isLiteral) where filter.fits(found) {
                guard let item = io.item(found, typed: text)?.value else { continue }
                for name in call[Self.name] {
                    if let value = try io.property(name, of: item) {
                        try io.emit(value)
                        continue
                    }
                    try io.report(
                        "System.Management.Automation.PSArgumentException", .invalidArgument,
                        "Property \(name) does not exist at path \(found).", target: .string(name),
                        exception: "System.Management.Automation.PSArgumentException")
                }
            }
        }
    }
}
