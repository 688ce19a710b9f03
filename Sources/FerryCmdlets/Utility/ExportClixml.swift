import FerryEngine
import FerryRemoting

/// Writes objects into a file from which `Import-Clixml` makes them again.
struct ExportClixml: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, mandatory: true)
    static let literalPath = Parameter<String>("LiteralPath", aliases: ["PSPath", "LP"], mandatory: true)
    static let input = Parameter<Value>("InputObject", mandatory: true, pipeline: .byValue).allowing(.null)
    static let depth = Parameter<Int>("Depth", validate: [.range(1, Double(Int32.max))])
    static let force = Parameter<Bool>.switch("Force")
    static let noClobber = Parameter<Bool>.switch("NoClobber", aliases: ["NoOverwrite"])
    static let encoding = Parameter<TextEncoding?>("Encoding")
    static let signature = Signature(
        "Export-Clixml", typeName: "Microsoft.PowerShell.Commands.ExportClixmlCommand", shouldProcess: .medium,
        defaultSet: "ByPath", parameters: [input, depth, force, noClobber, encoding],
        sets: [ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath])])

    private var items: [Value] = []

    init() {}

    private func target(_ call: Call, _ io: CommandIO) throws(Stop) -> String {
        let written = call.parameterSet == "ByPath" ? call[Self.path] : call[Self.literalPath]
        guard case .file(let path) = io.path(written) else { throw io.noFile(written) }
        return path
    }

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        let path = try target(call, io)
        if call[Self.noClobber], FileItem.exists(path) {
            throw io.failing(
                "NoClobber", .resourceExists, "The file '\(path)' already exists.", target: .string(path),
                exception: "System.IO.IOException")
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { items.append(call[Self.input]) }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let path = try target(call, io)
        let written = call.parameterSet == "ByPath" ? call[Self.path] : call[Self.literalPath]
        guard try io.confirms("Export-Clixml", written) else { return }
        let depth = call.isBound(Self.depth) ? call[Self.depth] : nil
        try io.writeText(
            CLIXMLWriter.document(items, depth: depth, io.runspace), to: path, appends: false,
            encoding: call[Self.encoding] ?? .utf8NoBOM, force: call[Self.force])
    }
}

extension CommandIO {
    /// A path on one of the session's drives, where a file is needed.
    func noFile(_ path: String) -> Stop {
        failing(
            "ReadWriteFileNotFileSystemProvider", .invalidArgument,
            "Cannot open the file because the current provider of '\(path)' is not FileSystem. Give the path of a file.",
            target: .string(path), exception: "System.Management.Automation.PSInvalidOperationException")
    }
}
