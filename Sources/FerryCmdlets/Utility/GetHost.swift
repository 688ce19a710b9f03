import FerryEngine

/// The program around the session.
struct GetHost: Cmdlet {
    static let signature = Signature("Get-Host", typeName: "Microsoft.PowerShell.Commands.GetHostCommand")
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try io.emit(io.variable("Host")) }
}
