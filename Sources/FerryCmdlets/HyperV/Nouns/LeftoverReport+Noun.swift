package import FerryContract
import FerryCore
package import FerryEngine

extension LeftoverReport: Noun {
    package static let nounType = NounType<LeftoverReport>(
        "Ferry.HostLeftover",
        text: { "\($0.kind.rawValue) \($0.item) on \($0.computerName)" },
        properties: [
            .init("Kind", .string) { .string($0.kind.rawValue) },
            .init("Item", .string) { .string($0.item) },
            .init("MachineId", .guid) { leftover in
                leftover.machine.map { id in GUID(id).map { .guid($0) } ?? .string(id) } ?? .null
            },
            .init("MigrationId", .guid) { leftover in
                leftover.migration.map { id in GUID(id).map { .guid($0) } ?? .string(id) } ?? .null
            },
            .init("RecommendedAction", .string) { .string($0.advice) },
            .init("ComputerName", .string) { .string($0.computerName) },
        ])
}
