import FerryEngine

/// Clears the screen.
struct ClearHost: Cmdlet {
    static let signature = Signature("Clear-Host", typeName: "Microsoft.PowerShell.Commands.ClearHostCommand")
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { io.host.clear() }
}
