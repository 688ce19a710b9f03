import FerryContract
import FerryCore

extension HostReport {
    static func canned(_ name: String) -> HostReport {
        HostReport(
            name: name, fullyQualifiedDomainName: "\(name.lowercased()).example.org", logicalProcessorCount: 2,
            memoryCapacity: .mebibytes(16384), virtualMachinePath: "/var/lib/ferry/vms",
            virtualHardDiskPath: "/var/lib/ferry/disks", migrationEnabled: true, authenticationType: .certificate,
            performanceOption: .tcpip, encryptionEnabled: true, maximumMigrations: 2, maximumStorageMigrations: 2,
            useAnyNetwork: false, supportedVersions: ["8.0", "9.0", "10.0"], accelerator: "KVM", qemuVersion: "7.2.0",
            ferryVersion: "0.1.0",
            capabilities: [
                CapabilityReport(
                    name: "Live migration memory tracking", isAvailable: true, detail: "PAGEMAP_SCAN, Linux 6.12")
            ])
    }
}

extension MachineReport {
    /// - Parameter digit: the digit its id is made of.
    static func canned(
        _ name: String, _ digit: String, at host: String, state: MachineState, activity: MachineActivity = .ok
    ) -> MachineReport {
        let id = [8, 4, 4, 4, 12].map { String(repeating: digit, count: $0) }.joined(separator: "-")
        let isOn = state != .off
        return MachineReport(
            name: name, id: id, computerName: host, state: state,
            status: activity == .ok ? "Operating normally" : "Moving (43%)", activity: activity,
            cpuUsage: state == .running ? 12 : 0, memoryAssigned: isOn ? .mebibytes(512) : .zero,
            memoryStartup: .mebibytes(512), processorCount: 2, uptimeSeconds: isOn ? 93784.25 : 0, version: "10.0",
            generation: 1, path: "/var/lib/ferry/vms/\(name)", creationTime: 1_700_000_000, notes: "",
            disks: [
                DiskReport(
                    name: "disk0", path: "/var/lib/ferry/disks/\(name).qcow2", format: "qcow2",
                    capacity: .mebibytes(1024), allocated: .mebibytes(200))
            ], consolePath: "/var/lib/ferry/vms/\(name)/console.log")
    }
}

extension MigrationReport {
    /// A finished move with figures.
    static func canned(_ machine: String, at host: String, from source: String, to target: String) -> MigrationReport {
        var report = MigrationReport(
            id: "11111111-2222-3333-4444-555555555555", machineName: machine,
            machineID: "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", role: host == source ? .source : .target,
            sourceHost: source, targetHost: target, status: .completed, phase: "Completed", started: 1_700_000_000)
        report.ended = 1_700_000_004.5
        report.rounds = 3
        report.memoryBytes = .mebibytes(600)
        report.diskBytes = .mebibytes(200)
        report.wireBytes = .mebibytes(810)
        report.totalTime = .milliseconds(4500)
        report.preparationTime = .milliseconds(750)
        report.blackout = BlackoutBreakdown(
            total: .microseconds(41250),
            steps: [
                .init(name: "stop", duration: .microseconds(500)),
                .init(name: "memory", duration: .microseconds(30200)),
            ])
        report.connections = 4
        return report
    }
}

extension ProgressReport {
    static func step(
        _ generation: UInt64, _ activity: String, _ stage: String, percent: Int, round: Int? = nil
    ) -> ProgressReport {
        var report = ProgressReport(generation: generation, activity: activity, stage: stage, percent: percent)
        report.round = round
        return report
    }
}

extension LeftoverReport {
    static func canned(_ host: String) -> LeftoverReport {
        LeftoverReport(
            kind: .memoryFile, item: "/run/ferry/memory/99999999-9999-9999-9999-999999999999.ram",
            machine: "99999999-9999-9999-9999-999999999999", migration: nil, advice: "No machine uses it; remove it.",
            computerName: host)
    }
}
