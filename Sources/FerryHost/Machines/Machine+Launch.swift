package import FerryCore
import FerryLinux
import Glibc

extension Machine {
    /// How long QEMU may take to open its files and listen.
    private static let startLimit = Duration.seconds(60)

    /// Starts QEMU; the guest does not run yet. Blocks until QEMU answers.
    ///
    /// On failure nothing is left: no process, no memory, no promise of memory.
    ///
    /// - Parameters:
    ///   - uptimeBefore: seconds the guest has run elsewhere.
    ///   - hasForeignDisks: another host writes the images until the guest runs here.
    /// - Throws: E-07, `versionNotSupported`, `attachmentMissing`, `firmwareMissing`, `qemuMissing`, `qemuDidNotStart`.
    @discardableResult
    package func launch(
        _ launch: QEMUCommandLine.Launch, uptimeBefore: Double = 0, hasForeignDisks: Bool = false
    ) throws(Failure) -> RunningQEMU {
        let document = try document()
        let configuration = environment.configuration
        let hypervisor = try environment.hypervisor.hypervisor()
        guard let version = hypervisor.offered.first(where: { $0.name == document.version }) else {
            throw Failure(
                HostFault.versionNotSupported,
                "The configuration version \(document.version) of virtual machine \(document.name) is not supported by QEMU \(hypervisor.version) of \(configuration.name).",
                target: document.name)
        }
        try checkDisks(document)
        let paths = paths
        try environment.admissions.reserve(id, name: document.name, size: document.memory, file: paths.memoryFile)
        var started: (process: ProcessHandle, cgroup: String?)?
        do throws(Failure) {
            try prepareFiles(document, givesDisks: !hasForeignDisks)
            var command = QEMUCommandLine(
                document: document, version: version, paths: paths, accelerator: hypervisor.accelerator,
                isBaselineEnforced: hypervisor.isBaselineEnforced, qemu: hypervisor.version, user: environment.guest,
                firmwareCode: document.generation == 2 ? configuration.firmwareCode : nil, launch: launch)
            command.hasForeignDisks = hasForeignDisks
            var program = try configuration.program(
                configuration.qemuBinary, configuration.commandLineFilter(command.arguments, launch),
                environment: configuration.preloadLibrary.map { ["LD_PRELOAD": $0] } ?? [:])
            program.folder = "/"
            program.umask = 0o177
            program.output = .appending("\(folder)/qemu.log")
            program.error = .appending("\(folder)/qemu.log")
            started = try program.startDetached(group: "ferry-\(id)")
            guard let (process, cgroup) = started else { preconditionFailure("QEMU was just started.") }
            let record = RuntimeRecord(
                format: RuntimeRecord.currentFormat, processID: process.pid, startTicks: process.startTicks,
                bootID: environment.bootID, controlSocket: paths.controlSocket, memoryFile: paths.memoryFile,
                runtimeFolder: paths.runtimeFolder, accelerator: hypervisor.accelerator,
                processorModel: version.processor.model, cgroup: cgroup, uptimeBefore: uptimeBefore,
                startedAfterBoot: HostClock.secondsSinceBoot)
            // Before QEMU is asked anything: a later life of ferryd must find the process.
            try JSONDocument.write(record, to: "\(folder)/\(RuntimeRecord.fileName)")
            let qemu = RunningQEMU(owner: document.name, record: record, process: process)
            try connect(qemu)
            state.update { $0.qemu = qemu }
            try observe(qemu)
            return qemu
        } catch {
            if let (process, cgroup) = started {
                _ = try? process.kill()
                if let cgroup { ControlGroup.remove(cgroup) }
            }
            removeTraces()
            state.update { $0.qemu = nil }
            throw error
        }
    }

    func observe(_ qemu: RunningQEMU) throws(Failure) {
        try qemu.observe { [weak self, weak qemu] exit in
            if let self, let qemu { self.ended(qemu, exit) }
        }
    }

    private func removeTraces() {
        try? DurableFile.remove("\(folder)/\(RuntimeRecord.fileName)")
        try? DurableFile.remove(paths.memoryFile)
        try? Folder.removeTree(paths.runtimeFolder)
        environment.admissions.release(id)
    }

    /// Waits for the socket, looking after the process meanwhile.
    private func connect(_ qemu: RunningQEMU) throws(Failure) {
        let deadline = Deadline.after(Self.startLimit)
        while true {
            do throws(Failure) {
                return try qemu.connect(deadline: deadline.remaining ?? Self.startLimit)
            } catch  where error.is(HostFault.qemuGone) {
                // The socket is not there yet, or QEMU has ended.
            }
            do throws(Failure) {
                let exit = try qemu.process.waitForExit(until: .after(.milliseconds(3)))
                let words = lastWords
                throw Failure(
                    HostFault.qemuDidNotStart,
                    "QEMU for virtual machine \(name) \(exit)\(words.isEmpty ? "." : ": \(words)")", target: name)
            } catch  where error.is(LinuxFault.timedOut) {
                guard deadline.hasPassed else { continue }
                throw Failure(
                    HostFault.qemuDidNotStart,
                    "QEMU for virtual machine \(name) did not answer within \(Self.startLimit).", target: name)
            }
        }
    }

    // MARK: - Files

    private func checkDisks(_ document: MachineDocument) throws(Failure) {
        for disk in document.disks {
            guard let found = try FileIdentity.ifPresent(disk.path), found.isRegularFile else {
                throw Failure(
                    HostFault.attachmentMissing,
                    "Virtual machine '\(document.name)' could not be started: attachment '\(disk.path)': The system cannot find the file specified. (0x80070002)",
                    target: disk.path)
            }
        }
    }

    /// - Parameter givesDisks: false where they are another host's until the guest runs: its QEMU opens them by name, too.
    private func prepareFiles(_ document: MachineDocument, givesDisks: Bool) throws(Failure) {
        try Folder.removeTree(paths.runtimeFolder)
        try Folder.create(paths.runtimeFolder, mode: 0o700)
        try give(paths.runtimeFolder)
        try DurableFile.remove(paths.memoryFile)
        let memory = try RAMFile.create(paths.memoryFile, size: document.memory.bytes)
        if environment.configuration.preallocateMemory { try memory.allocate(memory.wholeExtent) }
        for disk in document.disks {
            let real = try CanonicalPath.of(disk.path)
            if givesDisks { try giveDisk(real) }
            // QEMU opens images again by name after it has become the guest's user: when a move activates them.
            guard let guest = environment.guest, let folder = try GuestAccount.obstacle(for: guest, on: real) else {
                continue
            }
            throw Failure(
                HostFault.attachmentMissing,
                "Virtual machine '\(document.name)' could not be started: attachment '\(disk.path)': access is denied (0x80070005): \(folder) lets the user of virtual machines not pass.",
                target: disk.path,
                advice: "Let others pass through the folder (chmod o+x \(folder)), or keep the disk in another one.")
        }
        if document.generation == 2 { try prepareFirmware() }
        let log = "\(folder)/qemu.log"
        if try FileIdentity.ifPresent(log) != nil {
            // SAFETY: zero-terminated copies that outlive the call. Failing keeps one longer log.
            _ = unsafe rename(log, log + ".1")
        }
        // Ours before QEMU opens it: administrators may read it, guests' users not.
        _ = try Descriptor.open(paths.console, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o640)
        if geteuid() == 0, let group = GuestAccount.group(environment.configuration.administratorGroup) {
            try Folder.setOwner(paths.console, user: 0, group: group)
        }
    }

    private func prepareFirmware() throws(Failure) {
        let configuration = environment.configuration
        let root = configuration.qemuRoot ?? ""
        for file in ["\(root)\(configuration.firmwareCode)", "\(root)\(configuration.firmwareVariables)"] {
            guard try FileIdentity.ifPresent(file)?.isRegularFile == true else {
                throw Failure(
                    HostFault.firmwareMissing,
                    "Virtual machine \(name) is of generation 2, and its firmware \(file) is not installed (package ovmf).",
                    target: file)
            }
        }
        if try FileIdentity.ifPresent(paths.firmwareVariables) == nil {
            let template = try DurableFile.read("\(root)\(configuration.firmwareVariables)", limit: 64 << 20)
            try DurableFile.replace(paths.firmwareVariables, with: template)
        }
        try give(paths.firmwareVariables)
    }

    /// A server of network storage may forbid that the owner be changed, which does no harm where the guest's user may use the
    /// image as it is.
    private func giveDisk(_ path: String) throws(Failure) {
        guard let guest = environment.guest else { return }
        let found = try FileIdentity.of(path)
        guard found.owner != guest.userID || found.group != guest.groupID else { return }
        do throws(Failure) {
            try give(path)
        } catch {
            if try GuestAccount.refusal(for: guest, on: path) != nil { throw error }
        }
    }

    private func give(_ path: String) throws(Failure) {
        guard let guest = environment.guest else { return }
        try Folder.setOwner(path, user: guest.userID, group: guest.groupID)
    }
}
