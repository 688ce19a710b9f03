import FerryEngine

/// Reads a `.psd1` file, which may contain data only.
struct ImportPowerShellDataFile: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let signature = Signature(
        "Import-PowerShellDataFile", typeName: "Microsoft.PowerShell.Commands.ImportPowerShellDataFileCommand",
        defaultSet: "ByPath",
        sets: [ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "ByLiteralPath"
        for file in try io.files(isLiteral ? call[Self.literalPath] : call[Self.path], isLiteral: isLiteral) {
            try io.emit(try DataFile.read(file, io.runspace))
        }
    }
}
