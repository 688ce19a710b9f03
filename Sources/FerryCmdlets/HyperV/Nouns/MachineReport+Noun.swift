package import FerryContract
import FerryCore
package import FerryEngine

extension MachineState: ScriptEnum {
    package static let enumType = makeEnumType(
        "Microsoft.HyperV.PowerShell.VMState", numbers: [2, 3, 4, 9, 10, 32786, 32785, 32789])
}

extension MachineActivity: ScriptEnum {
    package static let enumType = makeEnumType(
        "Microsoft.HyperV.PowerShell.VMOperationalStatus", numbers: [2, 32774, 32780, 32782])
}

extension MachineReport: Noun {
    package static let nounType = NounType<MachineReport>(
        "Microsoft.HyperV.PowerShell.VirtualMachine",
        bases: ["Microsoft.HyperV.PowerShell.VirtualMachineBase", "Microsoft.HyperV.PowerShell.VMCompatibleObject"],
        text: { "VirtualMachine (Name = '\($0.name)') [Id = '\($0.id)']" },
        properties: [
            .init("Name", .string) { .string($0.name) },
            .alias("VMName", of: "Name"),
            .init("Id", .guid) { machine in GUID(machine.id).map { .guid($0) } ?? .string(machine.id) },
            .alias("VMId", of: "Id"),
            .init("ComputerName", .string) { .string($0.computerName) },
            .init("State", RuntimeType(enum: MachineState.enumType)) { $0.state.value },
            .init("Status", .string) { .string($0.status) },
            .init("OperationalStatus", .array(of: RuntimeType(enum: MachineActivity.enumType))) {
                .array([$0.primary.value])
            },
            .init("PrimaryOperationalStatus", RuntimeType(enum: MachineActivity.enumType)) { $0.primary.value },
            .init("SecondaryOperationalStatus", RuntimeType(enum: MachineActivity.enumType)) { machine in
                machine.secondary?.value ?? .null
            },
            .init("PrimaryStatusDescription", .string) { .string($0.status) },
            .init("CPUUsage", .int32) { .count($0.cpuUsage) },
            .init("MemoryAssigned", .int64) { .long(Int64(clamping: $0.memoryAssigned.bytes)) },
            .init("MemoryStartup", .int64) { .long(Int64(clamping: $0.memoryStartup.bytes)) },
            .init("DynamicMemoryEnabled", .bool) { _ in .bool(false) },
            .init("ProcessorCount", .int32) { .count($0.processorCount) },
            .init("Uptime", .timeSpan) { .span(TimeSpan(seconds: $0.uptimeSeconds.rounded(.down))) },
            .init("Version", .string) { .string($0.version) },
            .init("Generation", .int32) { .count($0.generation) },
            .init("Path", .string) { .string($0.path) },
            .alias("ConfigurationLocation", of: "Path"),
            .init("Notes", .string) { .string($0.notes) },
            .init("CreationTime", .dateTime) { .date(DateTime(unixSeconds: $0.creationTime).local) },
            .init("HardDrives", .array(of: DiskOfMachine.nounType.name)) { machine in
                .array(
                    machine.disks.enumerated().map {
                        DiskOfMachine(machine: machine, number: $0.offset, disk: $0.element).value
                    })
            },
            .init("VirtualMachineType", .string) { machine in
                .string(
                    machine.activity == .migratingPlannedVirtualMachine
                        ? "PlannedVirtualMachine" : "RealizedVirtualMachine")
            },
            .init("IsDeleted", .bool) { _ in .bool(false) },
            .init("ConsolePath", .string) { .string($0.consolePath) },
        ],
        display: ["Name", "State", "CPUUsage", "MemoryAssigned", "Uptime", "Status", "Version"])

    /// Hyper-V shows a move as the secondary status of a healthy machine.
    private var primary: MachineActivity { activity == .criticalState ? .criticalState : .ok }
    private var secondary: MachineActivity? { primary == .ok && activity != .ok ? activity : nil }
}

/// A disk with the machine it belongs to: an element of `HardDrives`.
package struct DiskOfMachine: Noun {
    let machine: MachineReport
    let number: Int
    let disk: DiskReport

    package static let nounType = NounType<DiskOfMachine>(
        "Microsoft.HyperV.PowerShell.HardDiskDrive",
        text: { "Hard Drive on SCSI controller number 0 at location \($0.number)" },
        properties: [
            .init("VMName", .string) { .string($0.machine.name) },
            .init("Name", .string) { .string($0.disk.name) },
            .init("Path", .string) { .string($0.disk.path) },
            .init("ControllerType", .string) { _ in .string("SCSI") },
            .init("ControllerNumber", .int32) { _ in .int(0) },
            .init("ControllerLocation", .int32) { .count($0.number) },
            .init("VhdFormat", .string) { .string($0.disk.format) },
            .init("Size", .int64) { .long(Int64(clamping: $0.disk.capacity.bytes)) },
            .init("FileSize", .int64) { .long(Int64(clamping: $0.disk.allocated.bytes)) },
            .init("ComputerName", .string) { .string($0.machine.computerName) },
        ])
}
