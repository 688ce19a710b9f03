import FerryEngine

/// The same as plain text.
struct ConvertPath: Cmdlet {
    static let signature = Signature(
        "Convert-Path", typeName: "Microsoft.PowerShell.Commands.ConvertPathCommand", defaultSet: "Path",
        outputs: [.string],
        sets: [ParameterSet("Path", [ResolvePath.path]), ParameterSet("LiteralPath", [ResolvePath.literalPath])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "LiteralPath"
        let patterns = isLiteral ? call[ResolvePath.literalPath] : call[ResolvePath.path]
        for found in try io.files(patterns, isLiteral: isLiteral) { try io.emit(.string(found)) }
    }
}
