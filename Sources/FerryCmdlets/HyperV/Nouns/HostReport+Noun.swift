package import FerryContract
import FerryCore
package import FerryEngine

extension MigrationAuthenticationType: ScriptEnum {
    package static let enumType = makeEnumType("Microsoft.HyperV.PowerShell.MigrationAuthenticationType")
}

extension MigrationPerformanceOption: ScriptEnum {
    package static let enumType = makeEnumType("Microsoft.HyperV.PowerShell.VMMigrationPerformance")
}

extension HostReport: Noun {
    package static let nounType = NounType<HostReport>(
        "Microsoft.HyperV.PowerShell.VMHost",
        text: { "VMHost (Name = '\($0.name)')" },
        properties: [
            .init("Name", .string) { .string($0.name) },
            .alias("ComputerName", of: "Name"),
            .init("FullyQualifiedDomainName", .string) { .string($0.fullyQualifiedDomainName) },
            .init("LogicalProcessorCount", .int32) { .count($0.logicalProcessorCount) },
            .init("MemoryCapacity", .int64) { .long(Int64(clamping: $0.memoryCapacity.bytes)) },
            .init("VirtualMachinePath", .string) { .string($0.virtualMachinePath) },
            .init("VirtualHardDiskPath", .string) { .string($0.virtualHardDiskPath) },
            .init("VirtualMachineMigrationEnabled", .bool) { .bool($0.migrationEnabled) },
            .init("VirtualMachineMigrationAuthenticationType", RuntimeType(enum: MigrationAuthenticationType.enumType))
            {
                $0.authenticationType.value
            },
            .init("VirtualMachineMigrationPerformanceOption", RuntimeType(enum: MigrationPerformanceOption.enumType)) {
                $0.performanceOption.value
            },
            .init("VirtualMachineMigrationEncryption", .string) { .string($0.encryptionEnabled ? "On" : "Off") },
            .init("VirtualMachineMigrationWitness", .string) { .optional($0.migrationWitness) },
            .init("MaximumVirtualMachineMigrations", .uint32) { .count($0.maximumMigrations) },
            .init("MaximumStorageMigrations", .uint32) { .count($0.maximumStorageMigrations) },
            .init("UseAnyNetworkForMigration", .bool) { .bool($0.useAnyNetwork) },
            .init("SupportedVmVersions", .array(of: .string)) { .array($0.supportedVersions.map { .string($0) }) },
            .init("Accelerator", .string) { .string($0.accelerator) },
            .init("QemuVersion", .string) { .string($0.qemuVersion) },
            .init("FerryVersion", .string) { .string($0.ferryVersion) },
            .init("Capabilities", .array(of: CapabilityReport.nounType.name)) { .array($0.capabilities.map(\.value)) },
            .init("IsDeleted", .bool) { _ in .bool(false) },
        ])
}

extension CapabilityReport: Noun {
    package static let nounType = NounType<CapabilityReport>(
        "Ferry.HostCapability",
        text: { "\($0.name): \($0.isAvailable ? "yes" : "no") (\($0.detail))" },
        properties: [
            .init("Name", .string) { .string($0.name) },
            .init("IsAvailable", .bool) { .bool($0.isAvailable) },
            .init("Detail", .string) { .string($0.detail) },
        ])
}

extension MigrationNetworkReport: Noun {
    package static let nounType = NounType<MigrationNetworkReport>(
        "Microsoft.HyperV.PowerShell.VMMigrationNetwork",
        text: { $0.subnet },
        properties: [
            .init("Subnet", .string) { .string($0.subnet) },
            .init("Priority", .uint32) { network in network.priority.map { .count(Int($0)) } ?? .null },
            .init("CimSession", .string) { network in .string("CimSession: \(network.computerName)") },
            .init("ComputerName", .string) { .string($0.computerName) },
            .init("IsDeleted", .bool) { _ in .bool(false) },
        ])
}
