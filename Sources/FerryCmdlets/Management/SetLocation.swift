import FerryEngine

/// Goes to another folder.
struct SetLocation: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<String>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let signature = Signature(
        "Set-Location", typeName: "Microsoft.PowerShell.Commands.SetLocationCommand", defaultSet: "Path",
        parameters: [passThru], sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        var target = call.parameterSet == "LiteralPath" ? call[Self.literalPath] : call[Self.path]
        if call.parameterSet == "Path", !call.isBound(Self.path) { target = "~" }
        try io.goTo(target, isLiteral: call.parameterSet == "LiteralPath")
        if call[Self.passThru] { try io.emit(.object(PathObject(io.runspace.location.shown))) }
    }
}
