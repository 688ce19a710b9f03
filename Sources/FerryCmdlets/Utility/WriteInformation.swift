import FerryEngine

/// Writes to the information stream.
struct WriteInformation: Cmdlet {
    static let message = Parameter<Value>(
        "MessageData", aliases: ["Msg", "Message"], position: 0, mandatory: true, pipeline: .byValue
    ).allowing(.null)
    static let tags = Parameter<[String]>("Tags", position: 1)
    static let signature = Signature(
        "Write-Information", typeName: "Microsoft.PowerShell.Commands.WriteInformationCommand",
        parameters: [message, tags])
    init() {}
    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        for tag in call[Self.tags] where tag.folded.hasPrefix("ps") {
            throw io.failing(
                "PSPrefixReservedInInformationTag", .invalidArgument,
                "Cannot use tag '\(tag)'. The 'PS' prefix is reserved.", target: .string(tag),
                exception: "System.InvalidOperationException")
        }
    }
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try io.inform(call[Self.message], tags: call[Self.tags])
    }
}
