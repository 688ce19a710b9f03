import FerryContract
import FerryCore
import FerryEngine

/// Removes machines that are off: their configuration, never their disks.
struct RemoveVM: Cmdlet {
    static let force = Parameter<Bool>.switch("Force")
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Remove-VM", typeName: "Microsoft.HyperV.PowerShell.Commands.RemoveVM", shouldProcess: .medium,
        defaultSet: "Name",
        outputs: [MachineReport.nounType.name], parameters: [force, passthru],
        sets: [
            ParameterSet("Name", MachineSelection.byName),
            ParameterSet("VMObject", [MachineSelection.machine]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for chosen in try MachineSelection.chosen(by: call, io) {
            let name = chosen.machine.name
            let sentence = "Remove-VM will remove virtual machine \"\(name)\"."
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            // Hyper-V asks although the impact is only Medium; -Force and -Confirm:$false answer it.
            let answered = call[Self.force] || call.isBound("Confirm")
            if !answered {
                guard try io.asks("Are you sure you want to remove virtual machine \"\(name)\"?") else { continue }
            }
            let request = RemoveMachineRequest(machine: chosen.machine.id)
            if let machine = try io.send(request, to: chosen.host, target: chosen.machine.value), call[Self.passthru] {
                try io.emit(machine)
            }
        }
    }
}
