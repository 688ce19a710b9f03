import FerryEngine

/// Writes objects to a file as the console would show them.
struct OutFile: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let path = Parameter<String>("FilePath", aliases: ["Path"], position: 0, mandatory: true)
    static let literalPath = Parameter<String>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let encoding = Parameter<TextEncoding?>("Encoding", position: 1)
    static let append = Parameter<Bool>.switch("Append")
    static let force = Parameter<Bool>.switch("Force")
    static let noClobber = Parameter<Bool>.switch("NoClobber", aliases: ["NoOverwrite"])
    static let width = Parameter<Int>("Width", validate: [.range(2, 2_147_483_647)])
    static let noNewline = Parameter<Bool>.switch("NoNewline")

    static let signature = Signature(
        "Out-File", typeName: "Microsoft.PowerShell.Commands.OutFileCommand", shouldProcess: .medium,
        defaultSet: "ByPath",
        parameters: [input, encoding, append, force, noClobber, width, noNewline],
        sets: [ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath])])

    private var formatter: OutputFormatter?
    private let lines = CollectingSink()

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        let sink = lines
        formatter = OutputFormatter(
            source: io.runspace,
            renderer: io.runspace.textRenderer(width: call.isBound(Self.width) ? call[Self.width] : nil)
        ) { line throws(Stop) in try sink.write(.string(line)) }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try formatter?.add(call[Self.input]) }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        try formatter?.finish()
        let path = call.parameterSet == "ByPath" ? call[Self.path] : call[Self.literalPath]
        guard try io.confirms("Output to File", path) else { return }
        let file = try io.onlyFile(path, isLiteral: call.parameterSet != "ByPath")
        if call[Self.noClobber], FileText.exists(file) {
            throw io.failing(
                "NoClobber", .resourceExists,
                "The file '\(file)' already exists.", target: .string(path),
                exception: "System.IO.IOException")
        }
        let end = call[Self.noNewline] ? "" : "\n"
        try io.writeText(
            lines.values.map { $0.display + end }.joined(), to: file, appends: call[Self.append],
            encoding: call[Self.encoding] ?? .utf8NoBOM, force: call[Self.force])
    }
}
