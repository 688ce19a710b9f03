import FerryEngine

/// A file of comma-separated values as objects.
struct ImportCsv: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty],
        wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty, validate: [.notNullOrEmpty])
    static let encoding = Parameter<TextEncoding?>("Encoding")
    static let signature = Signature(
        "Import-Csv", typeName: "Microsoft.PowerShell.Commands.ImportCsvCommand",
        defaultSet: "DelimiterPath",
        parameters: [ConvertFromCsv.header, encoding],
        sets: [
            ParameterSet("DelimiterPath", [path, CSVText.delimiter]),
            ParameterSet("DelimiterLiteralPath", [literalPath, CSVText.delimiter]),
            ParameterSet("CulturePath", [path, ConvertFromCsv.useCulture.mandatory()]),
            ParameterSet("CultureLiteralPath", [literalPath, ConvertFromCsv.useCulture.mandatory()]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let header = call[ConvertFromCsv.header].isEmpty ? nil : call[ConvertFromCsv.header]
        let isLiteral = call.isBound(Self.literalPath)
        let paths = isLiteral ? call[Self.literalPath] : call[Self.path]
        for path in paths {
            // A file that is not there cannot be opened: the end, where other commands report and go on.
            guard case .file(let file) = ProviderPath(path, io.runspace.location),
                isLiteral || !WildcardPattern.isPattern(io.runspace.location.pattern(path)),
                !FileItem.exists(isLiteral ? file : WildcardPattern.unescape(file))
            else { continue }
            let isFolderThere = FileItem.exists(
                file.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/")
            throw io.failing(
                "FileOpenFailure", .openError,
                isFolderThere ? "Could not find file '\(file)'." : "Could not find a part of the path '\(file)'.",
                exception: isFolderThere
                    ? "System.IO.FileNotFoundException" : "System.IO.DirectoryNotFoundException")
        }
        for file in try io.files(paths, isLiteral: isLiteral) {
            let text = TextEncoding.text(of: try io.readBytes(file), call[Self.encoding])
            try CSVText(call).emitObjects(text, header: header, io)
        }
    }
}
