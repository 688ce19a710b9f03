import FerryContract
import FerryCore
import FerryEngine

/// Ends running moves: the machine runs on where it was. A move that has ended already is passed over when it comes as an object.
struct StopVMMigration: Cmdlet {
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Stop-VMMigration", shouldProcess: .medium, defaultSet: "Name", outputs: [ReportedMigration.nounType.name],
        parameters: [passthru], sets: MigrationSelection.sets)

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for chosen in try MigrationSelection.chosen(by: call, io) {
            let move = chosen.migration.report
            let sentence =
                "Stop-VMMigration will stop the migration of the virtual machine \"\(move.machineName)\" from \"\(move.sourceHost)\" to \"\(move.targetHost)\"."
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            let request = StopMigrationRequest(migration: move.id)
            if let ended = try io.follow(request, on: chosen.host, target: chosen.migration.value),
                call[Self.passthru]
            {
                try io.emit(ReportedMigration(report: ended, computerName: chosen.migration.computerName))
            }
        }
    }
}
