import FerryEngine

/// Back from a session that was entered.
struct ExitPSSession: Cmdlet {
    static let signature = Signature(
        "Exit-PSSession", typeName: "Microsoft.PowerShell.Commands.ExitPSSessionCommand")

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { SessionTable.of(io.runspace).leave() }
}
