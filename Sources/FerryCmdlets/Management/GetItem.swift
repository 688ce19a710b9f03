import FerryEngine

/// Gets the things that paths name.
struct GetItem: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Get-Item", typeName: "Microsoft.PowerShell.Commands.GetItemCommand", defaultSet: "Path",
        parameters: [force] + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "LiteralPath"
        let filter = try ItemFilter(call, io)
        for text in isLiteral ? call[Self.literalPath] : call[Self.path] {
            guard let path = try io.checkedPath(text) else { continue }
            if path.isFile {
                for found in try io.files([text], isLiteral: isLiteral, hidden: call[Self.force])
                where filter.fits(found) {
                    guard let item = io.item(found, typed: text) else { continue }
                    if item.isHidden, !call[Self.force] {
                        try io.report(
                            "ItemNotFound", .objectNotFound, "Could not find item \(found).", target: .string(found),
                            exception: "System.IO.IOException")
                        continue
                    }
                    try io.emit(item.value)
                }
                continue
            }
            let items = io.driveItems(isLiteral ? path.literal : path)
            if items.isEmpty, !WildcardPattern.isPattern(text) { try io.reportMissing(text) }
            try io.emit(contentsOf: items)
        }
    }
}
