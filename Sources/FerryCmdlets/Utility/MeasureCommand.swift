import FerryEngine

/// How long a script block takes.
struct MeasureCommand: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let expression = Parameter<ScriptBlock?>("Expression", position: 0, mandatory: true)
    static let signature = Signature(
        "Measure-Command", typeName: "Microsoft.PowerShell.Commands.MeasureCommandCommand", outputs: [.timeSpan],
        parameters: [input, expression])

    private var elapsed = Duration.zero

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let block = call[Self.expression] else { return }
        let start = ContinuousClock.now
        _ = try io.collect(block, item: call[Self.input])
        elapsed += ContinuousClock.now - start
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) { try io.emit(.span(TimeSpan(elapsed))) }
}
