import FerryEngine

/// Passes objects on and keeps them in a file or a variable as well.
struct TeeObject: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let file = Parameter<String>("FilePath", aliases: ["Path"], position: 0, mandatory: true)
    static let literalPath = Parameter<String>("LiteralPath", aliases: ["PSPath", "LP"], mandatory: true)
    static let encoding = Parameter<TextEncoding?>("Encoding")
    static let append = Parameter<Bool>.switch("Append")
    static let variable = Parameter<String>("Variable", mandatory: true)

    static let signature = Signature(
        "Tee-Object", typeName: "Microsoft.PowerShell.Commands.TeeObjectCommand", defaultSet: "File",
        parameters: [input],
        sets: [
            ParameterSet("File", [file, append, encoding]), ParameterSet("LiteralFile", [literalPath, encoding]),
            ParameterSet("Variable", [variable, append]),
        ])

    private let kept = CollectingSink()
    private var formatter: OutputFormatter?
    private let lines = CollectingSink()

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call.parameterSet != "Variable" else { return }
        let sink = lines
        formatter = OutputFormatter(
            source: io.runspace, renderer: io.runspace.textRenderer()
        ) { line throws(Stop) in try sink.write(.string(line)) }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[Self.input]
        if let formatter { try formatter.add(item) } else { try kept.write(item) }
        try io.emit(item)
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let formatter else {
            var values = kept.values
            if call[Self.append] {
                let earlier = io.variable(call[Self.variable])
                if !earlier.isNull { values = (earlier.elements ?? [earlier]) + values }
            }
            return try io.setVariable(
                call[Self.variable], to: values.count == 1 ? values[0] : values.isEmpty ? .null : .array(values))
        }
        try formatter.finish()
        let text = lines.values.map { $0.display + "\n" }.joined()
        try io.writeText(
            text, to: call.isBound(Self.literalPath) ? call[Self.literalPath] : call[Self.file],
            appends: call[Self.append],
            encoding: call[Self.encoding] ?? .utf8NoBOM)
    }
}
