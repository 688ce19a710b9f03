import FerryEngine

/// Empties files and keeps them.
struct ClearContent: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "Clear-Content", typeName: "Microsoft.PowerShell.Commands.ClearContentCommand", shouldProcess: .medium,
        defaultSet: "Path", parameters: [force] + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let filter = try ItemFilter(call, io)
        let isLiteral = call.parameterSet == "LiteralPath"
        let paths = isLiteral ? call[Self.literalPath] : call[Self.path]
        for file in try io.files(paths, isLiteral: isLiteral, hidden: call[Self.force])
        where filter.fits(file) {
            if FileItem.isFolder(file) {
                try io.report(
                    "ClearDirectoryContent", .invalidOperation,
                    "Unable to clear content of '\(file)' because it is a directory. Clear-Content is only supported on files.",
                    target: .string(file), exception: "System.NotSupportedException")
                continue
            }
            if try io.confirms("Clear Content", "Item: \(file)") {
                try io.writeBytes([], to: file, appends: false, force: call[Self.force])
            }
        }
    }
}
