import FerryEngine

/// Empties a variable, or takes an environment variable, an alias or a function away.
struct ClearItem: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Clear-Item", typeName: "Microsoft.PowerShell.Commands.ClearItemCommand", shouldProcess: .medium,
        defaultSet: "Path", parameters: [force] + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let filter = try ItemFilter(call, io)
        for text in call.parameterSet == "LiteralPath" ? call[Self.literalPath] : call[Self.path] {
            guard let path = try io.driveItemPath(text) else { continue }
            let items = io.driveItems(call.parameterSet == "LiteralPath" ? path.literal : path)
            if items.isEmpty, !WildcardPattern.isPattern(text) { try io.reportMissing(text) }
            for item in items {
                guard let name = try io.property("Name", of: item)?.display, filter.fits(name),
                    try io.confirms("Clear Item", "Item: \(name)")
                else { continue }
                switch path {
                case .file: continue
                case .environment: Environment.set(name, to: nil)
                case .variable: try io.setDriveItem(.variable(name), .null, force: call[Self.force])
                case .alias: try io.removeAlias(name, in: nil, force: call[Self.force])
                case .function: io.removeFunction(name)
                }
            }
        }
    }
}
