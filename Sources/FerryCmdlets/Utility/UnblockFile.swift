import FerryEngine

/// Takes away the mark that a file came from the Internet. Linux keeps none, and PowerShell says so there.
struct UnblockFile: Cmdlet {
    static let path = Parameter<[String]>("Path", position: 0, mandatory: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let signature = Signature(
        "Unblock-File", typeName: "Microsoft.PowerShell.Commands.UnblockFileCommand", shouldProcess: .medium,
        defaultSet: "ByPath", sets: [ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath])])

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        throw io.failing(
            "LinuxNotSupported", .notImplemented, "The cmdlet does not support Linux.",
            exception: "System.PlatformNotSupportedException")
    }
}
