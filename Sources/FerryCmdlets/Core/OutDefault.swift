import FerryEngine

/// What ends every pipeline that nobody ended otherwise.
struct OutDefault: Cmdlet {
    static let signature = Signature(
        "Out-Default", typeName: "Microsoft.PowerShell.Commands.OutDefaultCommand", parameters: [OutHost.input])

    private var shown = OutHost()

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) { try shown.begin(call, io) }
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try shown.process(call, io) }
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) { try shown.end(call, io) }
}
