import FerryContract
import FerryCore
import FerryEngine

/// Lists running and finished moves, newest first.
struct GetVMMigration: Cmdlet {
    static let name = Parameter<[String]>("Name", aliases: ["VMName"], position: 0, pipeline: .byValue, wildcards: true)
    static let id = Parameter<GUID?>("Id", pipeline: .byProperty)

    static let signature = Signature(
        "Get-VMMigration", outputs: [ReportedMigration.nounType.name],
        parameters: [name, id] + MachineSelection.anyHost)

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let request = GetMigrationsRequest(machineNames: call[Self.name], ids: call[Self.id].map { [$0.text] } ?? [])
        for host in try io.connections(to: call[MachineSelection.computer]) {
            for report in try io.send(request, to: host, target: .string(host.hostName)) ?? [] {
                try io.emit(ReportedMigration(report: report, computerName: host.hostName))
            }
        }
    }
}
