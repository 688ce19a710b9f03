import FerryEngine

/// Reads a `.psd1` file, which may contain data only.
struct ImportPowerShellDataFile: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    /// For files of more than 500 entries, which PowerShell may refuse; here there is no such limit.
    static let skipLimitCheck = Parameter<Bool>.switch("SkipLimitCheck")
    static let signature = Signature(
        "Import-PowerShellDataFile", typeName: "Microsoft.PowerShell.Commands.ImportPowerShellDataFileCommand",
        defaultSet: "ByPath", parameters: [skipLimitCheck],
        sets: [ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "ByLiteralPath"
        for file in try io.files(isLiteral ? call[Self.literalPath] : call[Self.path], isLiteral: isLiteral) {
            do throws(Stop) { try io.emit(try DataFile.read(file, io.runspace)) } catch {
                guard let record = error.record else { throw error }
                // Of a file that is no data file only that is told.
                guard record.isParseError || record.errorID == DataFile.noTable else { throw error }
                let id = "CouldNotParseAsPowerShellDataFile"
                try io.report(
                    record.isParseError ? id : id + "NoHashtableRoot", .invalidData,
                    "The file '\(file)' could not be parsed as a PowerShell Data File.", target: .string(file),
                    exception: "System.InvalidOperationException")
            }
        }
    }
}
