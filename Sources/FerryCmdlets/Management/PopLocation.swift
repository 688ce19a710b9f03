import FerryEngine

/// Goes back to the folder remembered last.
struct PopLocation: Cmdlet {
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let signature = Signature(
        "Pop-Location", typeName: "Microsoft.PowerShell.Commands.PopLocationCommand", parameters: [passThru])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let target = io.runspace.location.stack.popLast() else { return }
        try io.goTo(target, isLiteral: true)
        if call[Self.passThru] { try io.emit(.object(PathObject(io.runspace.location.shown))) }
    }
}
