import FerryEngine

/// Objects as the text the console would show.
struct OutString: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let stream = Parameter<Bool>.switch("Stream")
    static let width = Parameter<Int>("Width", validate: [.range(2, 2_147_483_647)])
    static let noNewline = Parameter<Bool>.switch("NoNewline")

    static let signature = Signature(
        "Out-String", typeName: "Microsoft.PowerShell.Commands.OutStringCommand", defaultSet: "NoNewLineFormatting",
        outputs: [.string], parameters: [input, width],
        sets: [ParameterSet("NoNewLineFormatting", [noNewline]), ParameterSet("StreamFormatting", [stream])])

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
        if call[Self.stream] {
            try io.emit(contentsOf: lines.values)
        } else {
            let end = call[Self.noNewline] ? "" : "\n"
            try io.emit(.string(lines.values.map { $0.display + end }.joined()))
        }
    }
}
