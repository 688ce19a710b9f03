import FerryContract
import FerryCore
import FerryEngine

/// Starts machines.
struct StartVM: Cmdlet {
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Start-VM", typeName: "Microsoft.HyperV.PowerShell.Commands.StartVM", shouldProcess: .medium,
        defaultSet: "Name",
        outputs: [MachineReport.nounType.name], parameters: [passthru],
        sets: [
            ParameterSet("Name", MachineSelection.byName),
            ParameterSet("VMObject", [MachineSelection.machine]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for chosen in try MachineSelection.chosen(by: call, io) {
            let name = chosen.machine.name
            guard
                try io.confirms(
                    whatIf: "What if: Start-VM will start the virtual machine \"\(name)\".",
                    query: "Start-VM will start the virtual machine \"\(name)\".",
                    verbose: "Start-VM will start the virtual machine \"\(name)\".")
            else { continue }
            let request = StartMachineRequest(machine: chosen.machine.id)
            if let machine = try io.follow(request, on: chosen.host, target: chosen.machine.value), call[Self.passthru]
            {
                try io.emit(machine)
            }
        }
    }
}
