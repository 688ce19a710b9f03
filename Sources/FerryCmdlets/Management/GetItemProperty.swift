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
        parameters: [name] + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let filter = try ItemFilter(call, io)
        let isLiteral = call.parameterSet == "LiteralPath"
        for text in isLiteral ? call[Self.literalPath] : call[Self.path] {
            for found in try io.files([text], isLiteral: isLiteral) where filter.fits(found) {
                guard let item = io.item(found, typed: text) else { continue }
                try show(item.value, found, call, io)
            }
        }
    }

    private func show(_ item: Value, _ found: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        guard call.isBound(Self.name) else { return try io.emit(item) }
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
        guard !pairs.isEmpty else { return }
        for name in ["PSPath", "PSParentPath", "PSChildName", "PSDrive", "PSProvider"] {
            if let value = try io.property(name, of: item) { pairs.append((name, value)) }
        }
        try io.emit(.object(CustomObject(pairs)))
    }
}
