import FerryEngine

/// Goes to another folder and remembers the present one.
struct PushLocation: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, pipeline: .byValueAndProperty, wildcards: true)
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let signature = Signature(
        "Push-Location", typeName: "Microsoft.PowerShell.Commands.PushLocationCommand", parameters: [path, passThru])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let here = io.runspace.location.shown
        if call.isBound(Self.path) { try io.goTo(call[Self.path], isLiteral: false) }
        io.runspace.location.stack.append(here)
        if call[Self.passThru] { try io.emit(.object(PathObject(io.runspace.location.shown))) }
    }
}
