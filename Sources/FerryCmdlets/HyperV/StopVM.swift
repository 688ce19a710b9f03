import FerryContract
import FerryCore
import FerryEngine

/// Shuts machines down by asking the guest, or cuts their power.
struct StopVM: Cmdlet {
    static let turnOff = Parameter<Bool>.switch("TurnOff")
    static let force = Parameter<Bool>.switch("Force")
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Stop-VM", typeName: "Microsoft.HyperV.PowerShell.Commands.StopVM", shouldProcess: .medium, defaultSet: "Name",
        outputs: [MachineReport.nounType.name], parameters: [turnOff, UnavailableParameters.save, force, passthru],
        sets: [
            ParameterSet("Name", MachineSelection.byName),
            ParameterSet("VMObject", [MachineSelection.machine]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for chosen in try MachineSelection.chosen(by: call, io) {
            let act = call[Self.turnOff] ? "turn off" : "shut down"
            let sentence = "Stop-VM will \(act) the virtual machine \"\(chosen.machine.name)\"."
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            let request = StopMachineRequest(
                machine: chosen.machine.id, turnOff: call[Self.turnOff], force: call[Self.force])
            if let machine = try io.follow(request, on: chosen.host, target: chosen.machine.value), call[Self.passthru]
            {
                try io.emit(machine)
            }
        }
    }
}
