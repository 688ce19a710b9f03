import FerryContract
import FerryCore
import FerryLinux
import FerryTransfer

/// The checks a target makes before it promises anything, in the order of their cost. Nothing is made or changed here.
struct TargetAdmission {
    let request: PrepareMigrationRequest
    let peer: TrustReport
    let machines: MachineRegistry

    /// What was decided on the way.
    struct Plan {
        var document: MachineDocument
        /// Folder for the machine's own folder; nil = the host's setting.
        var parent: String?
        var diskFolder: String
        var protocolVersion: UInt16
        var isEncrypted: Bool
        var secret: TrafficSecret
        var addresses: [String]
    }

    private var environment: HostEnvironment { machines.environment }
    private var settings: HostSettings { environment.settings.current }
    private var configuration: HostConfiguration { environment.configuration }

    func plan() throws(Failure) -> Plan {
        let settings = settings
        guard settings.migrationEnabled else { throw .migrationNotEnabled(atTarget: configuration.name) }
        guard OwnershipRecord.isIdentifier(request.migration) else {
            throw malformed("the migration '\(request.migration.prefix(64))'")
        }
        let version = try protocolVersion()
        guard request.authenticationType == .certificate, settings.authenticationType == .certificate else {
            throw .connectionNotEstablished(
                with: peer.name, .authenticationUnavailable,
                reason:
                    "the hosts use the authentication types \(request.authenticationType.rawValue) and \(settings.authenticationType.rawValue); only Certificate is available on both."
            )
        }
        guard let bytes = Base64.bytes(request.trafficSecret), let secret = TrafficSecret(bytes) else {
            throw malformed("a traffic secret of the wrong size")
        }
        guard (1...WireProtocol.connectionsLimit).contains(request.dataConnections) else {
            throw malformed("\(request.dataConnections) data connections")
        }
        guard (1..<1 << 62).contains(request.epoch) else { throw malformed("epoch \(request.epoch)") }
        try checkIdentity()
        try checkHypervisor()
        let roots = StorageRoots(
            configuration.storageRoots + [settings.virtualMachinePath, settings.virtualHardDiskPath],
            of: configuration.name)
        let parent = try request.destinationStoragePath.map { (path) throws(Failure) in try roots.admit(path) }
        // A host's own folder may be a link; the disk's path is the real one.
        let diskFolder: String
        if let parent { diskFolder = parent } else { diskFolder = try roots.admit(settings.virtualHardDiskPath) }
        let document = try request.machine.document(diskFolder: diskFolder)
        try checkStorage(document, diskFolder, roots)
        let addresses = HostAddresses.accepting(settings, listenAddress: configuration.listenAddress)
        guard !addresses.isEmpty else {
            throw Failure(
                MigrationFault.noCommonNetwork,
                "The destination host '\(configuration.name)' has no address on a migration network (\(settings.networks.ordered.map(\.subnet.description).joined(separator: ", "))).",
                target: configuration.name)
        }
        return Plan(
            document: document, parent: parent, diskFolder: diskFolder, protocolVersion: version,
            // Either side's wish for encryption is enough.
            isEncrypted: request.isEncrypted || settings.encryptionEnabled, secret: secret, addresses: addresses)
    }

    private func protocolVersion() throws(Failure) -> UInt16 {
        let known = WireProtocol.oldestVersion...WireProtocol.newestVersion
        guard let version = request.protocolVersions.filter(known.contains).max() else {
            throw Failure(
                MigrationFault.protocolMismatch,
                "The hosts have no version of the migration protocol in common: '\(peer.name)' speaks \(request.protocolVersions.map(String.init).joined(separator: ", ")), '\(configuration.name)' speaks \(known.lowerBound) to \(known.upperBound).",
                target: configuration.name)
        }
        return version
    }

    private func checkIdentity() throws(Failure) {
        if machines.machineIfPresent(request.machine.id) != nil {
            // E-45.
            throw Failure(
                MigrationFault.machineExists,
                "The operation failed because a virtual machine with the same identifier already exists.",
                target: request.machine.name)
        }
        if !machines.machines(named: request.machine.name).isEmpty {
            throw Failure(
                MigrationFault.machineNameExists,
                "The operation failed because a virtual machine with the name '\(request.machine.name)' already exists on '\(configuration.name)'.",
                target: request.machine.name)
        }
    }

    private func checkHypervisor() throws(Failure) {
        let machine = request.machine
        if let reason = environment.kernel.tracker.reason {
            // Receiving needs no tracker, but a machine that has come could not leave again.
            environment.events.add(
                .warning, machine.name, "The machine could not be moved away again while it runs: \(reason)")
        }
        let hypervisor = try environment.hypervisor.hypervisor()
        guard hypervisor.offered.contains(where: { $0.name == machine.version }) else {
            throw Failure(
                MigrationFault.versionUnsupported,
                "The configuration version \(machine.version) of virtual machine '\(machine.name)' is not supported on '\(configuration.name)' (\(hypervisor.offered.map(\.name).joined(separator: ", "))).",
                target: machine.name)
        }
        guard machine.accelerator == hypervisor.accelerator.rawValue else {
            throw Failure(
                MigrationFault.acceleratorUnsupported,
                "The virtual machine '\(machine.name)' runs with \(machine.accelerator), and '\(configuration.name)' runs machines with \(hypervisor.accelerator.rawValue).",
                target: machine.name)
        }
    }

    private func checkStorage(
        _ document: MachineDocument, _ diskFolder: String, _ roots: StorageRoots
    ) throws(Failure) {
        guard !document.disks.isEmpty else { return }
        guard request.includeStorage else { return try checkSharedStorage(roots) }
        guard request.machine.disks.allSatisfy({ $0.shared == nil }) else {
            throw malformed("disks that travel and stay")
        }
        for disk in document.disks where try FileIdentity.ifPresent(disk.path, followingLinks: false) != nil {
            throw Failure(
                StorageFault.imageExists, "Making the virtual disk '\(disk.path)' failed: a file of that name exists.",
                target: disk.path)
        }
        var needed: UInt64 = 0
        for disk in request.machine.disks {
            let (sum, overflow) = needed.addingReportingOverflow(min(disk.allocated.bytes, disk.capacity.bytes))
            guard !overflow else { throw malformed("disks of too many bytes") }
            needed = sum
        }
        try StorageRoots.requireRoom(ByteCount(needed), in: diskFolder)
        if let guest = environment.guest {
            var existing = diskFolder
            while !Folder.exists(existing), let slash = existing.lastIndex(of: "/"), slash > existing.startIndex {
                existing = String(existing[..<slash])
            }
            if let obstacle = try GuestAccount.obstacle(for: guest, on: "\(existing)/disk") {
                throw Failure(
                    StorageFault.pathUnusable,
                    "The folder '\(diskFolder)' cannot hold virtual disks: \(obstacle) lets the user of virtual machines not pass.",
                    target: diskFolder,
                    advice:
                        "Let others pass through the folder (chmod o+x \(obstacle)), or give another with -DestinationStoragePath."
                )
            }
        }
    }

    /// Every disk is the source's very file, and no machine's here.
    private func checkSharedStorage(_ roots: StorageRoots) throws(Failure) {
        var refused: [(path: String, failure: Failure)] = []
        var visible: String?
        for disk in request.machine.disks {
            guard let shared = disk.shared else { throw malformed("a disk that neither travels nor stays") }
            let image = SharedImage(
                path: shared.path, mark: shared.mark, machine: request.machine.name, source: peer.name,
                host: configuration.name)
            do throws(Failure) {
                try image.requireUsable(under: roots, by: environment.guest)
                if let user = machines.user(ofImage: shared.path) {
                    throw Failure(
                        StorageFault.imageInUse,
                        "The virtual disk '\(shared.path)' belongs to virtual machine '\(user.name)' on '\(configuration.name)'.",
                        target: shared.path)
                }
                visible = shared.path
            } catch {
                refused.append((shared.path, error))
            }
        }
        guard let (path, failure) = refused.first else { return }
        guard let visible, failure.is(MigrationFault.storageNotShared) || failure.is(StorageFault.pathOutsideRoots)
        else { throw failure }
        throw Failure(
            MigrationFault.storageNotShared,
            "\(failure.message) Its disk '\(visible)' is on storage that both hosts see; without -IncludeStorage all its disks must be.",
            target: path,
            advice:
                "Repeat Move-VM with -IncludeStorage, which copies all disks, or put '\(path)' on the shared storage first."
        )
    }

    private func malformed(_ what: String) -> Failure {
        Failure(
            MigrationFault.malformedDescription, "The source host '\(peer.name)' asks for a move with \(what).",
            target: peer.name)
    }
}
