import FerryEngine

/// Restarts this computer.
struct RestartComputer: Cmdlet {
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "Restart-Computer", typeName: "Microsoft.PowerShell.Commands.RestartComputerCommand", shouldProcess: .medium,
        parameters: [force])

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        try ShutdownProgram.run(["-r", "now"], asking: "Restart-Computer", io)
    }
}
