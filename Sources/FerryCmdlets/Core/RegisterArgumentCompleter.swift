import FerryEngine

/// Says how arguments are completed: of a parameter, or of a program.
struct RegisterArgumentCompleter: Cmdlet {
    static let command = Parameter<[String]>("CommandName")
    static let parameter = Parameter<String>("ParameterName", mandatory: true)
    static let block = Parameter<ScriptBlock>("ScriptBlock", mandatory: true)
    static let native = Parameter<Bool>.switch("Native")
    static let signature = Signature(
        "Register-ArgumentCompleter", typeName: "Microsoft.PowerShell.Commands.RegisterArgumentCompleterCommand",
        defaultSet: "NativeSet", parameters: [block],
        sets: [
            ParameterSet("NativeSet", [command.mandatory(), native]),
            ParameterSet("PowerShellSet", [command, parameter]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let block = call[Self.block]
        let completers = io.runspace.argumentCompleters
        let names = call[Self.command]
        if call.isBound(Self.parameter) {
            for name in names.isEmpty ? [""] : names {
                completers.register(block, command: name, parameter: call[Self.parameter])
            }
        } else {
            for name in names { completers.register(block, program: name) }
        }
    }
}
