import FerryEngine

/// The current folder.
struct GetLocation: Cmdlet {
    static let stack = Parameter<Bool>.switch("Stack")
    static let signature = Signature(
        "Get-Location", typeName: "Microsoft.PowerShell.Commands.GetLocationCommand", parameters: [stack])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call[Self.stack] {
            try io.emit(contentsOf: io.runspace.location.stack.reversed().map { .object(PathObject($0)) })
        } else {
            try io.emit(.object(PathObject(io.runspace.location.shown)))
        }
    }
}
