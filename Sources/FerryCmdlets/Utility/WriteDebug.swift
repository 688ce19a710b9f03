import FerryEngine

/// Writes to the debug stream.
struct WriteDebug: Cmdlet {
    static let message = Parameter<String>(
        "Message", aliases: ["Msg"], position: 0, mandatory: true, pipeline: .byValue
    )
    .allowing(.emptyString)

    static let signature = Signature(
        "Write-Debug", typeName: "Microsoft.PowerShell.Commands.WriteDebugCommand", parameters: [message])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try io.debug(call[Self.message]) }
}
