import FerryContract
import FerryCore
package import FerryEngine

/// Both hosts' records of a move, as one host reported them.
package struct ReportedRecords: Noun {
    let report: MigrationRecordsReport
    let computerName: String

    package static let nounType = NounType<ReportedRecords>(
        "Ferry.VMMigrationRecords",
        text: { "\($0.report.migration.machineName): \($0.thisHost), \($0.otherHost)" },
        properties: [
            .init("MachineName", .string) { .string($0.report.migration.machineName) },
            .alias("VMName", of: "MachineName"),
            .init("Id", .guid) { records in
                GUID(records.report.migration.id).map { .guid($0) } ?? .string(records.report.migration.id)
            },
            .init("Status", .string) { .string($0.report.migration.status.rawValue) },
            .init("ComputerName", .string) { .string($0.computerName) },
            .init("ThisHost", .string) { .string($0.thisHost) },
            .init("OtherHost", .string) { .string($0.otherHost) },
            .init("Record", .string) { .optional($0.report.own.record) },
            .init("IsRunning", .bool) { .bool($0.report.own.isRunning) },
            .init("OtherRecord", .string) { .optional($0.report.other?.record) },
            .init("OtherIsRunning", .bool) { records in records.report.other.map { .bool($0.isRunning) } ?? .null },
            .init("Witness", .string) { .optional($0.witness) },
            .init("CanKeepHere", .bool) { .bool($0.report.keepHere.isPossible) },
            .init("CanGiveAway", .bool) { .bool($0.report.giveAway.isPossible) },
            .init("KeepHere", .string) { .string($0.report.keepHere.meaning) },
            .init("GiveAway", .string) { .string($0.report.giveAway.meaning) },
        ],
        display: ["MachineName", "Id", "Status", "ThisHost", "OtherHost", "Witness", "KeepHere", "GiveAway"])

    private var thisHost: String { Self.words(computerName, report.own) }

    private var otherHost: String {
        if let other = report.other { return Self.words(report.otherHost, other) }
        return "\(report.otherHost): does not answer\(report.otherFailure.map { " (\($0.message))" } ?? "")"
    }

    /// nil in a move without one.
    private var witness: String? {
        guard let witness = report.witness else { return nil }
        if let failure = witness.failure { return "\(witness.name): does not answer (\(failure.message))" }
        let move = report.migration
        return switch witness.decision {
        case .source: "\(witness.name): decided for \(move.sourceHost)"
        case .target: "\(witness.name): decided for \(move.targetHost)"
        case nil: "\(witness.name): has decided nothing"
        }
    }

    private static func words(_ host: String, _ standing: MigrationStanding) -> String {
        "\(host): \(standing.record ?? "no record"), the guest \(standing.isRunning ? "runs" : "does not run")"
    }
}
