package import FerryContract
import FerryCore
package import FerryEngine

extension CompatibilityReport.Operation: ScriptEnum {
    package static let enumType = makeEnumType("Microsoft.HyperV.PowerShell.OperationType", numbers: [1, 2])
}

extension CompatibilityReport: Noun {
    package static let nounType = NounType<CompatibilityReport>(
        "Microsoft.HyperV.PowerShell.VMCompatibilityReport",
        text: { "\($0.operation.rawValue) of \($0.machine.name) to \($0.destination)" },
        properties: [
            .init("VM", MachineReport.nounType.name) { $0.machine.value },
            .init("OperationType", RuntimeType(enum: Operation.enumType)) { $0.operation.value },
            .init("Destination", .string) { .string($0.destination) },
            .init("Path", .string) { .optional($0.path) },
            // Checkpoints would be with the machine.
            .init("SnapshotPath", .string) { .optional($0.path) },
            .init("VhdDestinationPath", .string) { .optional($0.diskFolder) },
            .init("VhdSourcePath", .string) { .optional($0.sourceFolder) },
            .init("Incompatibilities", .array(of: FoundIncompatibility.nounType.name)) { report in
                report.incompatibilities.isEmpty
                    ? .null
                    : .array(
                        report.incompatibilities.map {
                            FoundIncompatibility(machine: report.machine, incompatibility: $0).value
                        })
            },
            .init("MemoryToCopy", .int64) { .long(Int64(clamping: $0.memoryToCopy.bytes)) },
            .init("StorageToCopy", .int64) { .long(Int64(clamping: $0.storageToCopy.bytes)) },
            .init("DestinationMemoryAvailable", .int64) { .size($0.availableMemory) },
            .init("DestinationStorageAvailable", .int64) { .size($0.availableRoom) },
        ],
        display: [
            "VM", "OperationType", "Destination", "Path", "SnapshotPath", "VhdDestinationPath", "VhdSourcePath",
            "Incompatibilities",
        ])

    /// Of the first disk.
    private var sourceFolder: String? {
        guard let path = machine.disks.first?.path, let slash = path.lastIndex(of: "/") else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// One reason why a machine cannot be moved, with the object it lies in.
package struct FoundIncompatibility: Noun {
    let machine: MachineReport
    let incompatibility: CompatibilityReport.Incompatibility

    package static let nounType = NounType<FoundIncompatibility>(
        "Microsoft.HyperV.PowerShell.VMIncompatibility",
        text: { $0.incompatibility.failure.message },
        properties: [
            .init("Message", .string) { .string($0.incompatibility.failure.message) },
            .init("MessageId", .int64) { .long(Int64($0.incompatibility.messageID)) },
            .init("Source", .object) { $0.source },
            .init("Recommendation", .string) { .string($0.incompatibility.failure.advice) },
            .init("ErrorId", .string) { .string($0.incompatibility.failure.code) },
        ],
        display: ["Message", "MessageId", "Source"])

    /// The disk that is named, the machine when nothing is, else the name: a host's or a folder's.
    private var source: Value {
        guard let target = incompatibility.failure.target, target != machine.name, target != machine.id else {
            return machine.value
        }
        if let index = machine.disks.firstIndex(where: { $0.path == target }) {
            return DiskOfMachine(machine: machine, number: index, disk: machine.disks[index]).value
        }
        return .string(target)
    }
}

extension Value {
    fileprivate static func size(_ bytes: ByteCount?) -> Value {
        bytes.map { .long(Int64(clamping: $0.bytes)) } ?? .null
    }
}
