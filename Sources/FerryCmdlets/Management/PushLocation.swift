import FerryEngine

/// Goes to another folder and remembers the present one.
struct PushLocation: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<String>("LiteralPath", aliases: ["PSPath", "LP"], pipeline: .byProperty)
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let stackName = Parameter<String>("StackName", pipeline: .byProperty)
    static let signature = Signature(
        "Push-Location", typeName: "Microsoft.PowerShell.Commands.PushLocationCommand", defaultSet: "Path",
        parameters: [passThru, stackName],
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let here = io.runspace.location.shown
        if call.isBound(Self.literalPath) {
            try io.goTo(call[Self.literalPath], isLiteral: true)
        } else if call.isBound(Self.path) {
            try io.goTo(call[Self.path], isLiteral: false)
        }
        io.runspace.location.push(here, onto: call[Self.stackName])
        if call[Self.passThru] { try io.emit(.object(io.runspace.location.place)) }
    }
}
