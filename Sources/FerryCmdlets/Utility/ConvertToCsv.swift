import FerryEngine

/// Objects as comma-separated lines.
struct ConvertToCsv: Cmdlet {
    static let signature = Signature(
        "ConvertTo-Csv", typeName: "Microsoft.PowerShell.Commands.ConvertToCsvCommand", defaultSet: "Delimiter",
        outputs: [.string], parameters: CSVWriter.keys, sets: CSVWriter.sets)
    private var writer = CSVWriter()
    init() {}
    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) { try CSVWriter.check(call, io) }
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[CSVWriter.input]
        guard !item.isNull else { return }
        for line in try writer.lines(for: item, call, io) { try io.emit(.string(line)) }
    }
}
