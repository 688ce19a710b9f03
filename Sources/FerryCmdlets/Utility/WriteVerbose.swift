import FerryEngine

/// Writes to the verbose stream.
struct WriteVerbose: Cmdlet {
    static let message = Parameter<String>(
        "Message", aliases: ["Msg"], position: 0, mandatory: true, pipeline: .byValue
    )
    .allowing(.emptyString)

    static let signature = Signature(
        "Write-Verbose", typeName: "Microsoft.PowerShell.Commands.WriteVerboseCommand", parameters: [message])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try io.verbose(call[Self.message]) }
}
