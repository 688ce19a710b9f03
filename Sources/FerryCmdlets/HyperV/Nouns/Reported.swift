import FerryContract
import FerryCore
package import FerryEngine

/// A move as one host reported it.
package struct ReportedMigration: Noun {
    let report: MigrationReport
    let computerName: String

    package static let nounType = NounType<ReportedMigration>(
        "Ferry.VMMigration",
        text: {
            "\($0.report.machineName): \($0.report.sourceHost) to \($0.report.targetHost), \($0.report.status.rawValue)"
        },
        properties: [
            .init("MachineName", .string) { .string($0.report.machineName) },
            .alias("VMName", of: "MachineName"),
            .init("MachineId", .guid) { move in
                GUID(move.report.machineID).map { .guid($0) } ?? .string(move.report.machineID)
            },
            .init("Id", .guid) { move in GUID(move.report.id).map { .guid($0) } ?? .string(move.report.id) },
            .init("Role", .string) { .string($0.report.role.rawValue) },
            .init("SourceHost", .string) { .string($0.report.sourceHost) },
            .init("TargetHost", .string) { .string($0.report.targetHost) },
            .init("Status", .string) { .string($0.report.status.rawValue) },
            .init("Phase", .string) { .string($0.report.phase) },
            .init("StartTime", .dateTime) { .date(DateTime(unixSeconds: $0.report.started).local) },
            .init("EndTime", .dateTime) { move in
                move.report.ended.map { .date(DateTime(unixSeconds: $0).local) } ?? .null
            },
            .init("Rounds", .int32) { .count($0.report.rounds) },
            .init("MemoryBytes", .int64) { .long(Int64(clamping: $0.report.memoryBytes.bytes)) },
            .init("DiskBytes", .int64) { .long(Int64(clamping: $0.report.diskBytes.bytes)) },
            .init("WireBytes", .int64) { .long(Int64(clamping: $0.report.wireBytes.bytes)) },
            .init("TotalTime", .timeSpan) { move in move.report.totalTime.map { .span(TimeSpan($0)) } ?? .null },
            .init("PreparationTime", .timeSpan) { move in
                move.report.preparationTime.map { .span(TimeSpan($0)) } ?? .null
            },
            .init("DowntimeBudget", .timeSpan) { move in
                move.report.downtimeBudget.map { .span(TimeSpan($0)) } ?? .null
            },
            .init("Blackout", .timeSpan) { move in move.report.blackout.map { .span(TimeSpan($0.total)) } ?? .null },
            .init("BlackoutMilliseconds", .double) { move in
                move.report.blackout.map { .double(($0.total.milliseconds * 10).rounded() / 10) } ?? .null
            },
            .init("BlackoutSteps", .array(of: .string)) { move in
                .array(
                    (move.report.blackout?.steps ?? []).map { step in
                        .string("\(step.name) \((step.duration.milliseconds * 10).rounded() / 10) ms")
                    })
            },
            .init("BarrierTime", .timeSpan) { .span(TimeSpan($0.report.barrierTime)) },
            .init("IsEncrypted", .bool) { .bool($0.report.isEncrypted) },
            .init("Connections", .int32) { .count($0.report.connections) },
            .init("ErrorMessage", .string) { move in .optional(move.report.failure?.failure.description) },
            .init("ComputerName", .string) { .string($0.computerName) },
        ])
}

/// A trusted host as one host reported it.
package struct ReportedTrust: Noun {
    let report: TrustReport
    let computerName: String

    package static let nounType = NounType<ReportedTrust>(
        "Ferry.VMHostTrust",
        text: { $0.report.name },
        properties: [
            .init("Name", .string) { .string($0.report.name) },
            .init("Address", .string) { .string($0.report.address) },
            .init("ControlPort", .int32) { .count(Int($0.report.controlPort)) },
            .init("DataPort", .int32) { .count(Int($0.report.dataPort)) },
            .init("Fingerprint", .string) { .string($0.report.fingerprint) },
            .init("TrustedSince", .dateTime) { .date(DateTime(unixSeconds: $0.report.trustedSince).local) },
            .init("ComputerName", .string) { .string($0.computerName) },
        ])
}

/// A token as the host that made it reported it.
package struct ReportedToken: Noun {
    let report: TrustToken
    let computerName: String

    package static let nounType = NounType<ReportedToken>(
        "Ferry.VMHostTrustToken",
        text: { $0.report.token },
        properties: [
            .init("Token", .string) { .string($0.report.token) },
            .init("Expires", .dateTime) { .date(DateTime(unixSeconds: $0.report.expires).local) },
            .init("Fingerprint", .string) { .string($0.report.fingerprint) },
            .init("ComputerName", .string) { .string($0.computerName) },
        ])
}
