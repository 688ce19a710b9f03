import FerryEngine

/// Goes to another folder.
struct SetLocation: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<String>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let stackName = Parameter<String>("StackName", pipeline: .byProperty)
    static let signature = Signature(
        "Set-Location", typeName: "Microsoft.PowerShell.Commands.SetLocationCommand", defaultSet: "Path",
        parameters: [passThru],
        sets: [
            ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath]),
            ParameterSet("Stack", [stackName]),
        ])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet == "Stack" {
            let name = call[Self.stackName]
            guard io.runspace.location.useStack(name) else {
                throw io.failing(
                    "StackNotFound", .objectNotFound,
                    "Cannot find location stack '\(name)'. It does not exist or it is not a container.",
                    target: .string(name), exception: "System.Management.Automation.ItemNotFoundException")
            }
            return
        }
        var target = call.parameterSet == "LiteralPath" ? call[Self.literalPath] : call[Self.path]
        if call.parameterSet == "Path", !call.isBound(Self.path) { target = "~" }
        try io.goTo(target, isLiteral: call.parameterSet == "LiteralPath")
        if call[Self.passThru] { try io.emit(.object(io.runspace.location.place)) }
    }
}
