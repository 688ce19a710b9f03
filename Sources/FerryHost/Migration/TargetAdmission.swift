import FerryContract
import FerryCore
import FerryLinux
import FerryTransfer

/// The checks a target makes before it promises anything, in the order of their cost. Nothing is made or changed here.
struct TargetAdmission {
    let terms: CompareMigrationRequest
    let peer: TrustReport
    let machines: MachineRegistry

    /// Where the machine would go.
    struct Proposal {
        var document: MachineDocument
        /// Folder for the machine's own folder; nil = the host's setting.
        var parent: String?
        /// Of the disks that travel, each once.
        var diskFolders: [String]
        var protocolVersion: UInt16
        var addresses: [String]
    }

    /// What was decided on the way.
    struct Plan {
        var proposal: Proposal
        var isEncrypted: Bool
        var secret: TrafficSecret

        var document: MachineDocument { proposal.document }
        var parent: String? { proposal.parent }
        var diskFolders: [String] { proposal.diskFolders }
        var protocolVersion: UInt16 { proposal.protocolVersion }
        var addresses: [String] { proposal.addresses }
    }

    private var environment: HostEnvironment { machines.environment }
    private var settings: HostSettings { environment.settings.current }
    private var configuration: HostConfiguration { environment.configuration }

    /// Everything that must hold before a move begins.
    func plan(_ request: PrepareMigrationRequest) throws(Failure) -> Plan {
        guard OwnershipRecord.isIdentifier(request.migration) else {
            throw malformed("the migration '\(request.migration.prefix(64))'")
        }
        guard let bytes = Base64.bytes(request.trafficSecret), let secret = TrafficSecret(bytes) else {
            throw malformed("a traffic secret of the wrong size")
        }
        guard (1...WireProtocol.connectionsLimit).contains(request.dataConnections) else {
            throw malformed("\(request.dataConnections) data connections")
        }
        guard (1..<1 << 62).contains(request.epoch) else { throw malformed("epoch \(request.epoch)") }
        var inspection = Inspection(stopsAtFirst: true)
        guard let proposal = try inspect(&inspection) else { throw malformed("a machine that has no place here") }
        // Either side's wish for encryption is enough.
        return Plan(
            proposal: proposal, isEncrypted: request.isEncrypted || settings.encryptionEnabled, secret: secret)
    }

    /// The checks that need no more than the machine's description.
    ///
    /// - Returns: nil when something was found that leaves no place for the machine.
    func inspect(_ inspection: inout Inspection) throws(Failure) -> Proposal? {
        let settings = settings
        _ = try inspection.check { () throws(Failure) in
            guard settings.migrationEnabled else { throw .migrationNotEnabled(atTarget: configuration.name) }
        }
        let version = try inspection.check { () throws(Failure) in try protocolVersion() }
        _ = try inspection.check { () throws(Failure) in try checkAuthentication(settings) }
        _ = try inspection.check { () throws(Failure) in try checkID() }
        _ = try inspection.check { () throws(Failure) in try checkName() }
        if let hypervisor = try inspection.check({ () throws(Failure) in try environment.hypervisor.hypervisor() }) {
            _ = try inspection.check { () throws(Failure) in try checkVersion(hypervisor) }
            _ = try inspection.check { () throws(Failure) in try checkAccelerator(hypervisor) }
        }
        let place = try inspection.check { () throws(Failure) in try findPlace(settings) }
        let addresses = try inspection.check { () throws(Failure) in try findAddresses(settings) }
        guard let (roots, parent, diskFolder) = place else { return nil }
        let places = try inspection.check { () throws(Failure) in
            try terms.machine.disks.map { (disk) throws(Failure) in
                try disk.folder.map { (path) throws(Failure) in try roots.admit(path) } ?? diskFolder
            }
        }
        guard let folders = places else { return nil }
        let document = try inspection.check { () throws(Failure) in
            try terms.machine.document(diskFolders: folders)
        }
        guard let document else { return nil }
        try checkStorage(document, folders, roots, &inspection)
        guard let version, let addresses else { return nil }
        return Proposal(
            document: document, parent: parent,
            diskFolders: folders.enumerated().filter { folders.firstIndex(of: $1) == $0 }.map(\.element),
            protocolVersion: version, addresses: addresses)
    }

    private func checkAuthentication(_ settings: HostSettings) throws(Failure) {
        guard terms.authenticationType == .certificate, settings.authenticationType == .certificate else {
            throw .connectionNotEstablished(
                with: peer.name, .authenticationUnavailable,
                reason:
                    "the hosts use the authentication types \(terms.authenticationType.rawValue) and \(settings.authenticationType.rawValue); only Certificate is available on both."
            )
        }
    }

    /// Folders that exist or can be made, under this host's roots. A host's own folder may be a link; the disk's path is the real
    /// one.
    func findPlace(
        _ settings: HostSettings
    ) throws(Failure) -> (roots: StorageRoots, parent: String?, diskFolder: String) {
        let roots = StorageRoots(
            configuration.storageRoots + [settings.virtualMachinePath, settings.virtualHardDiskPath],
            of: configuration.name)
        let parent = try (terms.virtualMachinePath ?? terms.destinationStoragePath).map { (path) throws(Failure) in
            try roots.admitFolder(path)
        }
        return (roots, parent, try roots.admitFolder(terms.destinationStoragePath ?? settings.virtualHardDiskPath))
    }

    private func findAddresses(_ settings: HostSettings) throws(Failure) -> [String] {
        let addresses = HostAddresses.accepting(settings, listenAddress: configuration.listenAddress)
        guard !addresses.isEmpty else {
            throw Failure(
                MigrationFault.noCommonNetwork,
                "The destination host '\(configuration.name)' has no address on a migration network (\(settings.networks.ordered.map(\.subnet.description).joined(separator: ", "))).",
                target: configuration.name)
        }
        return addresses
    }

    private func protocolVersion() throws(Failure) -> UInt16 {
        let known = WireProtocol.oldestVersion...WireProtocol.newestVersion
        guard let version = terms.protocolVersions.filter(known.contains).max() else {
            throw Failure(
                MigrationFault.protocolMismatch,
                "The hosts have no version of the migration protocol in common: '\(peer.name)' speaks \(terms.protocolVersions.map(String.init).joined(separator: ", ")), '\(configuration.name)' speaks \(known.lowerBound) to \(known.upperBound).",
                target: configuration.name)
        }
        return version
    }

    private func checkID() throws(Failure) {
        guard machines.machineIfPresent(terms.machine.id) == nil else {
            // E-45.
            throw Failure(
                MigrationFault.machineExists,
                "The operation failed because a virtual machine with the same identifier already exists.",
                target: terms.machine.name)
        }
    }

    private func checkName() throws(Failure) {
        guard machines.machines(named: terms.machine.name).allSatisfy({ $0.id == terms.machine.id }) else {
            throw Failure(
                MigrationFault.machineNameExists,
                "The operation failed because a virtual machine with the name '\(terms.machine.name)' already exists on '\(configuration.name)'.",
                target: terms.machine.name)
        }
    }

    private func checkVersion(_ hypervisor: Hypervisor) throws(Failure) {
        let machine = terms.machine
        guard hypervisor.offered.contains(where: { $0.name == machine.version }) else {
            throw Failure(
                MigrationFault.versionUnsupported,
                "The configuration version \(machine.version) of virtual machine '\(machine.name)' is not supported on '\(configuration.name)' (\(hypervisor.offered.map(\.name).joined(separator: ", "))).",
                target: machine.name)
        }
    }

    private func checkAccelerator(_ hypervisor: Hypervisor) throws(Failure) {
        let machine = terms.machine
        guard machine.accelerator == hypervisor.accelerator.rawValue else {
            throw Failure(
                MigrationFault.acceleratorUnsupported,
                "The virtual machine '\(machine.name)' runs with \(machine.accelerator), and '\(configuration.name)' runs machines with \(hypervisor.accelerator.rawValue).",
                target: machine.name)
        }
    }

    private func checkStorage(
        _ document: MachineDocument, _ folders: [String], _ roots: StorageRoots, _ inspection: inout Inspection
    ) throws(Failure) {
        guard !document.disks.isEmpty else { return }
        guard terms.includeStorage else {
            _ = try inspection.check { () throws(Failure) in try checkSharedStorage(roots) }
            return
        }
        _ = try inspection.check { () throws(Failure) in
            guard terms.machine.disks.allSatisfy({ $0.shared == nil }) else {
                throw malformed("disks that travel and stay")
            }
        }
        for disk in document.disks {
            _ = try inspection.check { () throws(Failure) in
                guard try FileIdentity.ifPresent(disk.path, followingLinks: false) != nil else { return }
                throw Failure(
                    StorageFault.imageExists,
                    "Making the virtual disk '\(disk.path)' failed: a file of that name exists.", target: disk.path)
            }
        }
        _ = try inspection.check { () throws(Failure) in try checkRoom(folders) }
        for folder in Set(folders).sorted() {
            _ = try inspection.check { () throws(Failure) in try checkPassage(folder) }
        }
    }

    /// Disks that go to one file system need room there together.
    private func checkRoom(_ folders: [String]) throws(Failure) {
        var needed: [UInt64: (folder: String, bytes: UInt64)] = [:]
        for (disk, folder) in zip(terms.machine.disks, folders) {
            let device = try FileIdentity.of(Folder.existing(in: folder)).device
            let known = needed[device] ?? (folder, 0)
            let (sum, overflow) = known.bytes.addingReportingOverflow(min(disk.allocated.bytes, disk.capacity.bytes))
            guard !overflow else { throw malformed("disks of too many bytes") }
            needed[device] = (known.folder, sum)
        }
        for (folder, bytes) in needed.values.sorted(by: { $0.folder < $1.folder }) {
            try StorageRoots.requireRoom(ByteCount(bytes), in: folder)
        }
    }

    private func checkPassage(_ diskFolder: String) throws(Failure) {
        guard let guest = environment.guest,
            let obstacle = try GuestAccount.obstacle(for: guest, on: "\(Folder.existing(in: diskFolder))/disk")
        else { return }
        throw Failure(
            StorageFault.pathUnusable,
            "The folder '\(diskFolder)' cannot hold virtual disks: \(obstacle) lets the user of virtual machines not pass.",
            target: diskFolder,
            advice:
                "Let others pass through the folder (chmod o+x \(obstacle)), or give another with -DestinationStoragePath."
        )
    }

    /// Every disk is the source's very file, and no machine's here.
    private func checkSharedStorage(_ roots: StorageRoots) throws(Failure) {
        var refused: [(path: String, failure: Failure)] = []
        var visible: String?
        for disk in terms.machine.disks {
            guard let shared = disk.shared else { throw malformed("a disk that neither travels nor stays") }
            let image = SharedImage(
                path: shared.path, mark: shared.mark, machine: terms.machine.name, source: peer.name,
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
