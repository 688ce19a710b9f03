import FerryEngine

/// Writes objects to a file of comma-separated values.
struct ExportCsv: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, validate: [.notNullOrEmpty])
    static let literalPath = Parameter<String>(
        "LiteralPath", aliases: ["PSPath", "LP"], validate: [.notNullOrEmpty])
    static let append = Parameter<Bool>.switch("Append")
    static let force = Parameter<Bool>.switch("Force")
    static let noClobber = Parameter<Bool>.switch("NoClobber", aliases: ["NoOverwrite"])
    static let encoding = Parameter<TextEncoding?>("Encoding")

    static let signature = Signature(
        "Export-Csv", typeName: "Microsoft.PowerShell.Commands.ExportCsvCommand", shouldProcess: .medium,
        defaultSet: "Delimiter",
        parameters: CSVWriter.keys + [path, literalPath, append, force, noClobber, encoding] as [any ParameterKey],
        sets: CSVWriter.sets)

    private var writer = CSVWriter()
    private var lines: [String] = []

    init() {}

    private func target(_ call: Call, _ io: CommandIO) throws(Stop) -> String {
        let path = call.isBound(Self.path) ? call[Self.path] : call[Self.literalPath]
        guard call.isBound(Self.path) != call.isBound(Self.literalPath) else {
            throw io.failing(
                "CannotSpecifyPathAndLiteralPath", .invalidData,
                "You must specify either the -Path or -LiteralPath parameters, but not both.",
                exception: "System.InvalidOperationException")
        }
        return try io.onlyFile(path, isLiteral: call.isBound(Self.literalPath))
    }

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        try CSVWriter.check(call, io)
        let path = try target(call, io)
        if call[Self.noClobber], FileItem.exists(path), !call[Self.append] {
            throw io.failing(
                "NoClobber", .resourceExists, "The file '\(path)' already exists.", target: .string(path),
                exception: "System.IO.IOException")
        }
        if call[Self.append], FileItem.exists(path) {
            let text = TextEncoding.text(of: try io.readBytes(path), call[Self.encoding])
            if let names = CSVText(call).names(text) { writer.adopt(names) }
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[CSVWriter.input]
        guard !item.isNull else { return }
        if let names = writer.names, call[Self.append], !call[Self.force] {
            for name in names where try io.property(name, of: item) == nil {
                throw io.failing(
                    "CannotAppendCsvWithMismatchedPropertyNames", .invalidData,
                    "Cannot append CSV content to the following file: \(try target(call, io)). The appended object does not "
                        + "have a property that corresponds to the following column: \(name). To continue with mismatched "
                        + "properties, add the -Force parameter, and then retry the command.", target: .string(name),
                    exception: "System.InvalidOperationException")
            }
        }
        lines += try writer.lines(for: item, call, io)
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let path = try target(call, io)
        guard try io.confirms("Export-Csv", path) else { return }
        try io.writeText(
            lines.map { $0 + "\n" }.joined(), to: path, appends: call[Self.append],
            encoding: call[Self.encoding] ?? .utf8NoBOM, force: call[Self.force])
    }
}
