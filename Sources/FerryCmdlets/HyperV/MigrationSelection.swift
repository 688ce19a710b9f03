import FerryContract
import FerryCore
import FerryEngine

/// The parameters and the rule by which commands choose moves that are not over: by the machine's name or the move's id at the
/// hosts of -ComputerName, or as objects of `Get-VMMigration`, which carry their own host.
enum MigrationSelection {
    static let name = Parameter<[String]>(
        "VMName", aliases: ["Name"], position: 0, mandatory: true, validate: [.notNullOrEmpty], wildcards: true)
    static let id = Parameter<[GUID]>("Id", mandatory: true)
    static let migration = Parameter<[ReportedMigration]>(
        "VMMigration", aliases: ["InputObject"], position: 0, mandatory: true, pipeline: .byValue)

    static let sets = [
        ParameterSet("Name", [name, MachineSelection.computer]),
        ParameterSet("Id", [id, MachineSelection.computer]),
        ParameterSet("VMMigration", [migration]),
    ]

    /// A move and the host to ask about it.
    struct Chosen {
        var migration: ReportedMigration
        var host: any HostConnection
    }

    /// The moves a call names. What cannot be found is reported, one error each.
    static func chosen(by call: Call, _ io: CommandIO) throws(Stop) -> [Chosen] {
        switch call.parameterSet {
        case "VMMigration":
            var chosen: [Chosen] = []
            for migration in call[migration] {
                guard !migration.report.status.isEnding else {
                    try io.verbose(
                        "The migration \(migration.report.id) of virtual machine '\(migration.report.machineName)' has ended: \(migration.report.status.rawValue)."
                    )
                    continue
                }
                for host in try io.connections(to: [migration.computerName]) {
                    chosen.append(Chosen(migration: migration, host: host))
                }
            }
            return chosen
        case "Id":
            return try found(io, call) { (host) throws(Stop) in
                var reports: [MigrationReport] = []
                for id in call[id] {
                    let request = GetMigrationsRequest(ids: [id.text])
                    guard let found = try io.send(request, to: host, target: .guid(id)) else { continue }
                    // A move that has ended is named on purpose: the host says why nothing can be done.
                    if found.isEmpty {
                        try missing("Hyper-V was unable to find a migration with id \"\(id.text)\".", .guid(id), io)
                    }
                    reports += found
                }
                return reports
            }
        default:
            return try found(io, call) { (host) throws(Stop) in
                var reports: [MigrationReport] = []
                for name in call[name] {
                    let request = GetMigrationsRequest(machineNames: [name])
                    guard let found = try io.send(request, to: host, target: .string(name)) else { continue }
                    let open = found.filter { !$0.status.isEnding }
                    if open.isEmpty, !WildcardPattern.isPattern(name) {
                        try missing(
                            "Hyper-V was unable to find a running migration of a virtual machine with name \"\(name)\".",
                            .string(name), io)
                    }
                    reports += open
                }
                return reports
            }
        }
    }

    private static func found(
        _ io: CommandIO, _ call: Call, _ reports: (any HostConnection) throws(Stop) -> [MigrationReport]
    ) throws(Stop) -> [Chosen] {
        var chosen: [Chosen] = []
        for host in try io.connections(to: call[MachineSelection.computer]) {
            for report in try reports(host) where !chosen.contains(where: { $0.migration.report == report }) {
                chosen.append(
                    Chosen(migration: ReportedMigration(report: report, computerName: host.hostName), host: host))
            }
        }
        return chosen
    }

    private static func missing(_ message: String, _ target: Value, _ io: CommandIO) throws(Stop) {
        try io.report(
            Failure(CmdletFault.migrationNotFound, message), target: target)
    }
}

extension MigrationStatus {
    /// Whether nothing can change any more.
    var isEnding: Bool {
        switch self {
        case .running, .inDoubt: false
        case .completed, .failed, .cancelled: true
        }
    }
}
