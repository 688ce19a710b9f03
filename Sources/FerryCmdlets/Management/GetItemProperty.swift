import FerryEngine

/// Properties of files and folders.
struct GetItemProperty: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let name = Parameter<[String]>("Name", aliases: ["PSProperty"], position: 1)
    static let signature = Signature(
        "Get-ItemProperty", typeName: "Microsoft.PowerShell.Commands.GetItemPropertyCommand", defaultSet: "Path",
        parameters: [name], sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "LiteralPath"
        for found in try io.files(isLiteral ? call[Self.literalPath] : call[Self.path], isLiteral: isLiteral) {
            guard let item = FileItem(found)?.value else { continue }
            guard call.isBound(Self.name) else {
                try io.emit(item)
                continue
            }
            var pairs: [(String, Value)] = []
            for name in call[Self.name] {
                if let value = try io.property(name, of: item) {
                    pairs.append((name, value))
                } else {
                    try io.report(
                        "System.Management.Automation.PSArgumentException", .invalidArgument,
                        "Property \(name) does not exist at path \(found).", target: .string(name),
                        exception: "System.Management.Automation.PSArgumentException")
                }
            }
            if !pairs.isEmpty { try io.emit(.object(CustomObject(pairs))) }
        }
    }
}
