import FerryEngine

/// Writes to the warning stream.
struct WriteWarning: Cmdlet {
    static let message = Parameter<String>(
        "Message", aliases: ["Msg"], position: 0, mandatory: true, pipeline: .byValue
    )
    .allowing(.emptyString)

    static let signature = Signature(
        "Write-Warning", typeName: "Microsoft.PowerShell.Commands.WriteWarningCommand", parameters: [message])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try io.warn(call[Self.message]) }
}
