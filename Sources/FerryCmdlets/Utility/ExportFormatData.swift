import FerryEngine

/// Writes views into a file that `Update-FormatData` reads.
struct ExportFormatData: Cmdlet {
    static let input = Parameter<[Value]>("InputObject", mandatory: true, pipeline: .byValue)
    static let path = Parameter<String>("Path", aliases: ["FilePath"], mandatory: true)
    static let literalPath = Parameter<String>("LiteralPath", aliases: ["PSPath", "LP"], mandatory: true)
    static let force = Parameter<Bool>.switch("Force")
    static let noClobber = Parameter<Bool>.switch("NoClobber", aliases: ["NoOverwrite"])
    static let scripts = Parameter<Bool>.switch("IncludeScriptBlock")
    static let signature = Signature(
        "Export-FormatData", typeName: "Microsoft.PowerShell.Commands.ExportFormatDataCommand", defaultSet: "ByPath",
        parameters: [input, force, noClobber, scripts],
        sets: [ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath])])

    private var views: [FormatView] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for value in call[Self.input] {
            guard let data = value.hosted(FormatDataObject.self) else {
                throw io.failing(
                    "CannotConvertArgumentNoMessage", .invalidArgument,
                    "Cannot convert the \"\(value.display)\" value of type \"\(value.typeName.fullName)\" to type "
                        + "\"System.Management.Automation.ExtendedTypeDefinition\".", target: value,
                    exception: "System.Management.Automation.PSInvalidCastException")
            }
            // Files from elsewhere should run no code unless it was asked for.
            views += data.views.filter { call[Self.scripts] || !$0.hasScripts }
        }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "ByLiteralPath"
        let written = isLiteral ? call[Self.literalPath] : call[Self.path]
        let path = try io.onlyFile(written, isLiteral: isLiteral)
        if call[Self.noClobber], FileItem.exists(path) {
            throw io.failing(
                "NoClobber", .resourceExists, "The file '\(path)' already exists.", target: .string(path),
                exception: "System.IO.IOException")
        }
        try io.writeText(ViewSet.document(of: views), to: path, appends: false, force: call[Self.force])
    }
}
