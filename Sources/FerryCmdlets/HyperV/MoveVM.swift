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
        parameters: [passthru],
        sets: [
            ParameterSet(
                "NameSingleDestination",
                [MachineSelection.name, MachineSelection.computer, host, storage, path, retain]),
            ParameterSet("VMSingleDestination", [MachineSelection.machine, host, storage, path, retain]),
            ParameterSet("CompatibilityReport", [CompareVM.report]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(CompareVM.report) {
            for report in call[CompareVM.report] {
                guard let host = try io.connections(to: [report.machine.computerName]).first else { continue }
                try Self.move(report.machine, report.request, retains: false, at: host, call, io)
            }
            return
        }
        for chosen in try MachineSelection.chosen(by: call, io) {
            let question = CompareMachineRequest(
                machine: chosen.machine.id, destinationHost: call[Self.host], includeStorage: call[Self.storage],
                destinationStoragePath: call[Self.path])
            try Self.move(chosen.machine, question, retains: call[Self.retain], at: chosen.host, call, io)
        }
    }

    /// - Parameter question: what would be asked to know whether the move can be; the move itself asks the same.
    private static func move(
        _ machine: MachineReport, _ question: CompareMachineRequest, retains: Bool, at host: any HostConnection,
        _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        let sentence =
            "Move-VM will move the virtual machine \"\(machine.name)\" to \"\(question.destinationHost)\"."
        guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { return }
        if call.isBound(CompareVM.report) {
            // The hosts may have changed since the report: it says what to do, not that it can be done.
            guard let report = try io.send(question, to: host, target: machine.value) else { return }
            guard report.incompatibilities.isEmpty else {
                if call[passthru] { return try io.emit(report) }
                for found in report.incompatibilities { try io.report(found.failure.failure, target: machine.value) }
                return
            }
        }
        let request = MoveMachineRequest(
            machine: question.machine, destinationHost: question.destinationHost,
            includeStorage: question.includeStorage, destinationStoragePath: question.destinationStoragePath,
            retainDisksOnSource: retains)
        guard let moved = try io.follow(request, on: host, target: machine.value) else { return }
        try tell(moved.migration, io)
        if call[passthru] { try io.emit(moved.machine) }
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
