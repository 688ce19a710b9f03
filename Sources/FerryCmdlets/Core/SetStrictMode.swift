import FerryEngine

/// Makes doubtful code an error in the current scope and those inside it.
struct SetStrictMode: Cmdlet {
    static let version = Parameter<String>("Version", aliases: ["v"], mandatory: true)
    static let off = Parameter<Bool>.switch("Off").mandatory()
    static let signature = Signature(
        "Set-StrictMode", typeName: "Microsoft.PowerShell.Commands.SetStrictModeCommand", defaultSet: "Version",
        sets: [ParameterSet("Version", [version]), ParameterSet("Off", [off])])

    init() {}

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet == "Off" { return io.setStrictMode(0) }
        let text = call[Self.version]
        if text.folded == "latest" { return io.setStrictMode(3) }
        guard let version = VersionNumber(text.contains(".") ? text : text + ".0"), (1...7).contains(version.major)
        else {
            throw io.failing(
                "ParameterArgumentValidationError", .invalidData,
                "Cannot validate argument on parameter 'Version'. The '\(text)' argument is not a valid PowerShell language "
                    + "version; use 1.0, 2.0, 3.0 or Latest.",
                exception: "System.Management.Automation.ParameterBindingException")
        }
        io.setStrictMode(min(3, Int(version.major)))
    }
}
