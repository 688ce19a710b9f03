import FerryEngine

/// Turns this computer off.
struct StopComputer: Cmdlet {
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "Stop-Computer", typeName: "Microsoft.PowerShell.Commands.StopComputerCommand", shouldProcess: .medium,
        parameters: [force])

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        try ShutdownProgram.run(["-P", "now"], asking: "Stop-Computer", io)
    }
}
