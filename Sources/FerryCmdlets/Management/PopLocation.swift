import FerryEngine

/// Goes back to the folder remembered last.
struct PopLocation: Cmdlet {
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let stackName = Parameter<String>("StackName", pipeline: .byProperty)
    static let signature = Signature(
        "Pop-Location", typeName: "Microsoft.PowerShell.Commands.PopLocationCommand", parameters: [passThru, stackName])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard io.runspace.location.stack(named: call[Self.stackName]) != nil else {
            return try GetLocation.reportNoStack(call[Self.stackName], io)
        }
        guard let target = io.runspace.location.pop(from: call[Self.stackName]) else { return }
        try io.goTo(target, isLiteral: true)
        if call[Self.passThru] { try io.emit(.object(io.runspace.location.place)) }
    }
}
