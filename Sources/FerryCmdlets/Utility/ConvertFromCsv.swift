import FerryEngine

/// Comma-separated lines as objects.
struct ConvertFromCsv: Cmdlet {
    static let input = Parameter<[String]>(
        "InputObject", position: 0, mandatory: true, pipeline: .byValueAndProperty
    ).allowing(.emptyString)
    static let header = Parameter<[String]>("Header", validate: [.notNullOrEmpty])
    static let useCulture = Parameter<Bool>.switch("UseCulture")
    static let signature = Signature(
        "ConvertFrom-Csv", typeName: "Microsoft.PowerShell.Commands.ConvertFromCsvCommand",
        defaultSet: "Delimiter", parameters: [input, header],
        sets: [
            ParameterSet("Delimiter", [CSVText.delimiter]), ParameterSet("UseCulture", [useCulture.mandatory()]),
        ])

    private var lines: [String] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { lines += call[Self.input] }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let header = call[Self.header].isEmpty ? nil : call[Self.header]
        try CSVText(call).emitObjects(lines.joined(separator: "\n"), header: header, io)
    }
}
