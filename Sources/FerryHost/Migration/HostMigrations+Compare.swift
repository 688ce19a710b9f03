package import FerryContract
package import FerryCore
import FerryLinux
import FerryTransfer

/// Whether a move could be, with everything that speaks against it: the checks of a move itself, none of which makes anything.
extension HostMigrations {
    /// How long the target may take to look at a machine's description and its own folders.
    private static let comparisonLimit = Duration.seconds(30)

    // MARK: - At the source

    package func compare(_ machine: Machine, _ request: CompareMachineRequest) throws(Failure) -> CompatibilityReport {
        var report = CompatibilityReport(
            machine: machine.report, operation: request.includeStorage ? .moveWithStorage : .move,
            destination: request.destinationHost, destinationStoragePath: request.destinationStoragePath)
        report.memoryToCopy = machine.qemu.map { memory(of: $0) } ?? .zero
        if request.includeStorage { report.storageToCopy = report.machine.disks.reduce(.zero) { $0 + $1.allocated } }
        var inspection = Inspection(stopsAtFirst: false)
        let destination = try checkSource(machine, request.destinationHost, &inspection)
        _ = try inspection.check { () throws(Failure) in try requireFreePlace(for: machine.name) }
        if let destination {
            let answer = try inspection.check { () throws(Failure) in
                try ask(destination, about: machine, request)
            }
            if let answer {
                for finding in answer.findings { inspection.add(finding.failure) }
                _ = try inspection.check { () throws(Failure) in
                    // Where the target has no address at all it has said so itself.
                    guard !answer.addresses.isEmpty else { return }
                    _ = try MigrationRoute(
                        host: destination.name, addresses: answer.addresses, port: answer.dataPort, settings: settings)
                }
                report.path = answer.path
                report.diskFolder = request.includeStorage ? answer.diskFolder : nil
                report.availableMemory = answer.availableMemory
                report.availableRoom = answer.availableRoom
            }
        }
        report.incompatibilities = inspection.findings.map(CompatibilityCatalog.incompatibility)
        return report
    }

    private func memory(of qemu: RunningQEMU) -> ByteCount {
        ByteCount((try? FileIdentity.ifPresent(qemu.record.memoryFile))?.allocated ?? 0)
    }

    private func ask(
        _ destination: TrustReport, about machine: Machine, _ request: CompareMachineRequest
    ) throws(Failure) -> MigrationComparison {
        let (description, marks) = try describe(machine, includeStorage: request.includeStorage)
        defer { withExtendedLifetime(marks) {} }
        let peer = MigrationPeer(destination, connector: connector, migration: "")
        do throws(Failure) {
            return try peer.send(
                CompareMigrationRequest(
                    machine: description, includeStorage: request.includeStorage,
                    destinationStoragePath: request.destinationStoragePath,
                    authenticationType: settings.authenticationType,
                    protocolVersions: Array(WireProtocol.oldestVersion...WireProtocol.newestVersion)),
                within: Self.comparisonLimit)
        } catch {
            throw .notAnswered(error, by: destination.name, to: hostName) ?? error
        }
    }

    /// The machine as another host is told of it, and what marks the disks that stay where they are: to be held until that host
    /// has answered.
    func describe(
        _ machine: Machine, includeStorage: Bool
    ) throws(Failure) -> (description: MachineDescription, marks: [ImageMark]?) {
        let document = try machine.document()
        let qemu = machine.qemu
        // One that is off would start with what this host has.
        let accelerator: Accelerator
        if let qemu {
            accelerator = qemu.record.accelerator
        } else {
            accelerator = try environment.hypervisor.hypervisor().accelerator
        }
        let marks =
            includeStorage ? nil : try document.disks.map { (disk) throws(Failure) in try ImageMark(disk.path) }
        let description = try MachineDescription(
            document, folder: machine.folder, qemu: qemu, accelerator: accelerator, marks: marks)
        return (description, marks)
    }

    // MARK: - At the target

    package func compare(
        _ request: CompareMigrationRequest, peer: TrustReport
    ) throws(Failure) -> MigrationComparison {
        try tuning.faults?.requireLink(to: peer.name)
        let settings = settings
        var inspection = Inspection(stopsAtFirst: false)
        let admission = TargetAdmission(terms: request, peer: peer, machines: machines)
        _ = try admission.inspect(&inspection)
        _ = try inspection.check { () throws(Failure) in try requireFreePlace(for: request.machine.name) }
        _ = try inspection.check { () throws(Failure) in try requireMemory(for: request.machine) }
        var comparison = MigrationComparison(
            findings: inspection.findings.map { FailureDocument($0) },
            addresses: HostAddresses.accepting(settings, listenAddress: configuration.listenAddress),
            dataPort: configuration.dataPort)
        comparison.availableMemory = try? environment.admissions.room()
        if let (_, parent, diskFolder) = try? admission.findPlace(settings) {
            comparison.path = parent ?? settings.virtualMachinePath
            comparison.diskFolder = diskFolder
            comparison.availableRoom = try? FileSystemSpace.of(Folder.existing(in: diskFolder)).available
        }
        return comparison
    }

    /// E-32.
    private func requireMemory(for machine: MachineDescription) throws(Failure) {
        do throws(Failure) {
            try environment.admissions.requireRoom(for: machine.name, size: machine.memory)
        } catch  where error.is(HostFault.notEnoughMemory) {
            throw .notEnoughMemory(for: machine.name, at: hostName, cause: error)
        }
    }
}
