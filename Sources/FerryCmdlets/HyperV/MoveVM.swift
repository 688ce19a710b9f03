import FerryContract
import FerryCore
import FerryEngine

/// Moves running machines to another host without stopping them.
struct MoveVM: Cmdlet {
    static let host = Parameter<String>("DestinationHost", position: 1, mandatory: true, validate: [.notNullOrEmpty])
    static let storage = Parameter<Bool>.switch("IncludeStorage")
    static let path = Parameter<String?>("DestinationStoragePath", validate: [.notNullOrEmpty])
    static let retain = Parameter<Bool>.switch("RetainVhdCopiesOnSource")
    /// The source keeps no disk of a machine that left, managed or not, unless it is told to.
    static let removeUnmanaged = Parameter<Bool>.switch("RemoveSourceUnmanagedVhds")
    static let machinePath = Parameter<String?>("VirtualMachinePath", validate: [.notNullOrEmpty])
    static let disks = Parameter<[TableObject]>("Vhds", validate: [.notNullOrEmpty])
    static let snapshotPath = Parameter<String>(
        "SnapshotFilePath", aliases: ["CheckpointFileLocation", "SnapshotFileLocation"], validate: [.notNullOrEmpty])
    static let pagingPath = Parameter<String>("SmartPagingFilePath", validate: [.notNullOrEmpty])
    static let passthru = Parameter<Bool>.switch("Passthru")
    static let asJob = Parameter<Bool>.switch("AsJob")

    /// One folder for all, or each part its own. Microsoft's own example gives -IncludeStorage with parts, so both sets take it.
    private static let single: [any ParameterKey] = [
        storage, path, retain, removeUnmanaged, UnavailableParameters.resourcePool,
    ]
    private static let multiple: [any ParameterKey] = [
        storage, machinePath, snapshotPath, pagingPath, disks, retain, removeUnmanaged,
        UnavailableParameters.resourcePool,
    ]
    private static let byHost: [any ParameterKey] = [host, asJob, UnavailableParameters.destinationCredential]
    private static let bySession: [any ParameterKey] = [UnavailableParameters.destinationCimSession]
    private static let named: [any ParameterKey] = [
        MachineSelection.name, MachineSelection.computer, UnavailableParameters.credential,
    ]
    private static let objects: [any ParameterKey] = [MachineSelection.machine]
    private static let namedInSession: [any ParameterKey] = [MachineSelection.name, UnavailableParameters.cimSession]

    static let signature = Signature(
        "Move-VM", typeName: "Microsoft.HyperV.PowerShell.Commands.MoveVM", shouldProcess: .medium,
        defaultSet: "NameSingleDestination", outputs: [MachineReport.nounType.name], parameters: [passthru],
        sets: [
            ParameterSet("NameSingleDestination", named + byHost + single),
            ParameterSet("NameSingleDestinationAndCimSession", namedInSession + bySession + single),
            ParameterSet("NameMultipleDestinationsAndCimSession", namedInSession + bySession + multiple),
            ParameterSet("NameMultipleDestinations", named + byHost + multiple),
            ParameterSet("VMSingleDestinationAndCimSession", objects + bySession + single),
            ParameterSet("VMSingleDestination", objects + byHost + single),
            ParameterSet("VMMultipleDestinations", objects + byHost + multiple),
            ParameterSet("VMMultipleDestinationsAndCimSession", objects + bySession + multiple),
            ParameterSet("CompatibilityReport", [CompareVM.report]),
        ])

    /// Machines whose move was confirmed and is left to a job.
    private var left: [MachineReport] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try UnavailableParameters.refuse(io)
        if call.isBound(CompareVM.report) {
            for report in call[CompareVM.report] {
                guard let host = try io.connections(to: [report.machine.computerName]).first else { continue }
                try Self.move(
                    report.machine, MoveMachineRequest(report.request), by: report.request, at: host, call, io)
            }
            return
        }
        let placements = try Self.placements(call[Self.disks], io)
        for chosen in try MachineSelection.chosen(by: call, io) {
            if !call[Self.storage], !placements.isEmpty,
                let missing = chosen.machine.disks.first(where: { disk in
                    !placements.contains { $0.source == disk.path }
                }
                )
            {
                try io.report(
                    hostFailure: Self.notListed(missing.path, of: chosen.machine.name), target: chosen.machine.value)
                continue
            }
            if call[Self.asJob] {
                if try Self.confirms(chosen.machine, call[Self.host], io) { left.append(chosen.machine) }
                continue
            }
            let request = MoveMachineRequest(
                machine: chosen.machine.id, destinationHost: call[Self.host],
                includeStorage: call[Self.storage] || !placements.isEmpty,
                destinationStoragePath: call[Self.path], virtualMachinePath: call[Self.machinePath], disks: placements,
                retainDisksOnSource: call[Self.retain])
            try Self.move(chosen.machine, request, by: nil, at: chosen.host, call, io)
        }
    }

    /// - Parameter question: the one whose report the move goes by.
    private static func move(
        _ machine: MachineReport, _ request: MoveMachineRequest, by question: CompareMachineRequest?,
        at host: any HostConnection, _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        guard try confirms(machine, request.destinationHost, io) else { return }
        if let question {
            // The hosts may have changed since the report: it says what to do, not that it can be done.
            guard let report = try io.send(question, to: host, target: machine.value) else { return }
            guard report.incompatibilities.isEmpty else {
                if call[passthru] { return try io.emit(report) }
                for found in report.incompatibilities {
                    try io.report(hostFailure: found.failure.failure, target: machine.value)
                }
                return
            }
        }
        try warnOfIdlePaths(call, machine.name, io)
        guard let moved = try io.follow(request, on: host, target: machine.value) else { return }
        try tell(moved.migration, io)
        if call[passthru] { try io.emit(moved.machine) }
    }

    /// `-Vhds @{ SourceFilePath = …; DestinationFilePath = … }`: both entries name the same file.
    private static func placements(_ tables: [TableObject], _ io: CommandIO) throws(Stop) -> [DiskPlacement] {
        var placements: [DiskPlacement] = []
        for table in tables {
            guard let source = table["SourceFilePath"]?.display, let target = table["DestinationFilePath"]?.display,
                table.count == 2
            else {
                throw io.failing(
                    hostFailure: invalid(
                        "Each hashtable needs the entries SourceFilePath and DestinationFilePath, and no other."))
            }
            let names = [source, target].map { $0.split(separator: "/").last.map(String.init) ?? "" }
            guard source.hasPrefix("/"), target.hasPrefix("/"), !target.hasSuffix("/"), names[0] == names[1] else {
                throw io.failing(
                    hostFailure: invalid(
                        "\"\(source)\" and \"\(target)\" are not two absolute paths of a file of the same name."))
            }
            let folder = String(target.dropLast(names[1].count + 1))
            placements.append(DiskPlacement(source: source, folder: folder.isEmpty ? "/" : folder))
        }
        return placements
    }

    private static func invalid(_ reason: String) -> Failure {
        Failure(
            CmdletFault.invalidArgument, "Cannot validate argument on parameter 'Vhds'. \(reason)", target: "Vhds",
            advice: "Give -Vhds @{ SourceFilePath = '/old/disk.qcow2'; DestinationFilePath = '/new/disk.qcow2' }.")
    }

    private static func notListed(_ disk: String, of machine: String) -> Failure {
        Failure(
            CmdletFault.invalidArgument,
            "The virtual disk '\(disk)' of virtual machine '\(machine)' is not listed in -Vhds, and storage moves as a whole.",
            target: machine, advice: "List every disk in -Vhds, or add -IncludeStorage to move the others as well.")
    }

    /// Machines here have neither checkpoints nor paging files: there is nothing to place, and the paths are not kept.
    private static func warnOfIdlePaths(_ call: Call, _ machine: String, _ io: CommandIO) throws(Stop) {
        if call.isBound(snapshotPath) {
            try io.warn("-SnapshotFilePath places nothing: the virtual machine \"\(machine)\" has no checkpoints.")
        }
        if call.isBound(pagingPath) {
            try io.warn(
                "-SmartPagingFilePath places nothing: the virtual machine \"\(machine)\" has no smart paging file.")
        }
    }

    private static func confirms(_ machine: MachineReport, _ host: String, _ io: CommandIO) throws(Stop) -> Bool {
        let sentence = "Move-VM will move the virtual machine \"\(machine.name)\" to \"\(host)\"."
        return try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence)
    }

    /// One job for all of them. It moves them whatever becomes of this prompt; only Stop-Job and the end of the shell end it.
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let first = left.first else { return }
        var arguments: [(name: String, value: Value)] = [
            ("VM", .array(left.map(\.value))), (Self.host.spec.name, .string(call[Self.host])),
            ("Confirm", .bool(false)),
        ]
        for name in call.boundNames
        where !["Name", "VM", "ComputerName", "DestinationHost", "AsJob", "Confirm", "WhatIf"].contains(name) {
            arguments.append((name, call[name]))
        }
        try io.startCommandJob(location: first.computerName, arguments: arguments)
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

extension MoveMachineRequest {
    /// The move that a comparison asked about; the source keeps nothing.
    fileprivate init(_ question: CompareMachineRequest) {
        self.init(
            machine: question.machine, destinationHost: question.destinationHost,
            includeStorage: question.includeStorage, destinationStoragePath: question.destinationStoragePath,
            retainDisksOnSource: false)
    }
}
