import FerryContract
import FerryCore
import FerryEngine

/// Moves running machines to another host without stopping them.
struct MoveVM: Cmdlet {
    static let host = Parameter<String>("DestinationHost", position: 1, mandatory: true, validate: [.notNullOrEmpty])
    static let storage = Parameter<Bool>.switch("IncludeStorage")
    static let path = Parameter<String?>("DestinationStoragePath", validate: [.notNullOrEmpty])
    static let retain = Parameter<Bool>.switch("RetainVhdCopiesOnSource")
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Move-VM", typeName: "Microsoft.HyperV.PowerShell.Commands.MoveVM", shouldProcess: .medium,
        defaultSet: "NameSingleDestination", outputs: [MachineReport.nounType.name],
        parameters: [host, storage, path, retain, passthru],
        sets: [
            ParameterSet("NameSingleDestination", [MachineSelection.name, MachineSelection.computer]),
            ParameterSet("VMSingleDestination", [MachineSelection.machine]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for chosen in try MachineSelection.chosen(by: call, io) {
            let name = chosen.machine.name
            let sentence = "Move-VM will move the virtual machine \"\(name)\" to \"\(call[Self.host])\"."
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            let request = MoveMachineRequest(
                machine: chosen.machine.id, destinationHost: call[Self.host], includeStorage: call[Self.storage],
                destinationStoragePath: call[Self.path], retainDisksOnSource: call[Self.retain])
            guard let moved = try io.follow(request, on: chosen.host, target: chosen.machine.value) else { continue }
            try Self.tell(moved.migration, io)
            if call[Self.passthru] { try io.emit(moved.machine) }
        }
    }

    /// The figures of a finished move, for -Verbose.
    private static func tell(_ move: MigrationReport, _ io: CommandIO) throws(Stop) {
        let seconds = move.totalTime.map { "\(($0.inSeconds * 100).rounded() / 100) s" } ?? "unknown time"
        let blackout = move.blackout.map { "\(($0.total.milliseconds * 10).rounded() / 10) ms" } ?? "unknown"
        try io.verbose(
            "\(move.machineName) moved from \(move.sourceHost) to \(move.targetHost): \(move.rounds) rounds, memory \(move.memoryBytes), disk \(move.diskBytes), total \(seconds), blackout \(blackout)."
        )
        let steps = (move.blackout?.steps ?? []).map {
            "\($0.name) \(($0.duration.milliseconds * 10).rounded() / 10) ms"
        }
        if !steps.isEmpty { try io.verbose("Blackout: " + steps.joined(separator: ", ") + ".") }
    }
}
