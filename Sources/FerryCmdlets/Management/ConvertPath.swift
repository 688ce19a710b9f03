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
        for text in patterns {
            guard let place = try io.checkedPath(text) else { continue }
            guard let (_, name) = place.onDrive else {
                for found in try io.files([text], isLiteral: isLiteral) { try io.emit(.string(found)) }
                continue
            }
            if name.isEmpty || !io.driveItems(place).isEmpty {
                try io.emit(.string(name))
            } else {
                try io.reportMissing(text)
            }
        }
    }
}
