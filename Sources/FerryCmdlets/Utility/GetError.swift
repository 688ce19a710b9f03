import FerryEngine

/// The session's latest errors in full.
struct GetError: Cmdlet {
    static let newest = Parameter<Int>("Newest", aliases: ["Last"], validate: [.range(1, 2_147_483_647)])
    static let input = Parameter<Value>("InputObject", position: 0, pipeline: .byValue)
    static let signature = Signature(
        "Get-Error", typeName: "Microsoft.PowerShell.Commands.GetErrorCommand", defaultSet: "Newest",
        sets: [ParameterSet("Newest", [newest]), ParameterSet("Error", [input.mandatory()])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let count = call.isBound(Self.newest) ? call[Self.newest] : 1
        let found = call.parameterSet == "Error" ? [call[Self.input]] : Array(io.runspace.errors.elements.prefix(count))
        for value in found {
            guard let record = value.asObject as? ErrorRecord else { continue }
            try io.emit(.object(record.extended()))
        }
    }
}
