import FerryContract
package import FerryCore
import FerryLinux
import Synchronization

/// The machines of this host.
package final class MachineRegistry: Sendable {
    private struct State: Sendable {
        var machines: [String: Machine] = [:]
    }

    package let environment: HostEnvironment
    package let store: MachineStore
    private let state = Mutex(State())

    package init(_ environment: HostEnvironment) throws(Failure) {
        self.environment = environment
        store = try MachineStore(folder: environment.configuration.machinesFolder)
    }

    /// Reads every document, takes over the processes that run, and ends what belongs to no machine.
    func load() throws(Failure) {
        for loaded in try store.loadAll(kept: report) {
            let machine: Machine
            switch loaded {
            case .machine(let document, let folder):
                let planned = try readPlanned(folder)
                machine = Machine(document, folder: folder, planned: planned, environment: environment)
            case .damaged(let id, let folder, let failure):
                environment.events.add(failure, id)
                machine = Machine(
                    damaged: id, name: store.salvagedName(in: folder), folder: folder, planned: try readPlanned(folder),
                    failure, environment: environment)
            }
            do throws(Failure) { try machine.adopt() } catch { environment.events.add(error, machine.name) }
            state.withLock { $0.machines[machine.id] = machine }
        }
        endStrays()
    }

    /// Called every few seconds: a document that was damaged may have been put right.
    func takeUpRepairs() {
        for machine in all where machine.isDamaged {
            guard machine.takeUpRepair(store.load(machine.id)) else { continue }
            environment.events.add(
                .machine, .information, machine.name, "The virtual machine's document can be read again.")
        }
    }

    private func readPlanned(_ folder: String) throws(Failure) -> PlannedRecord? {
        do throws(Failure) {
            return try JSONDocument.readIfPresent(PlannedRecord.self, at: "\(folder)/\(PlannedRecord.fileName)")
        } catch  where error.is(HostFault.documentDamaged) {
            // Planned by whom is lost; that it is nobody's to start is what matters.
            environment.events.add(error, folder)
            return PlannedRecord(migration: "")
        }
    }

    /// Processes that an earlier life started and did not live to record: their control socket is in our runtime folder.
    private func endStrays() {
        let known = Set(all.compactMap { $0.qemu?.process.pid })
        let marker = "unix:\(environment.configuration.runtimeFolder)/"
        for name in (try? Folder.names(in: "/proc")) ?? [] {
            guard let pid = Int32(name), !known.contains(pid), let process = try? ProcessHandle.of(pid),
                let bytes = try? DurableFile.read("/proc/\(pid)/cmdline", limit: 1 << 20)
            else { continue }
            let arguments = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard let option = arguments.firstIndex(of: "-qmp"), option + 1 < arguments.count,
                arguments[option + 1].hasPrefix(marker)
            else { continue }
            environment.events.add(
                .machine, .warning, nil, "QEMU process \(pid) belongs to no virtual machine of this host and was ended."
            )
            _ = try? process.kill()
        }
    }

    // MARK: - Finding

    /// By name, then by id.
    package var all: [Machine] {
        state.withLock { Array($0.machines.values) }.map { (name: $0.name, machine: $0) }
            .sorted { $0.name != $1.name ? $0.name < $1.name : $0.machine.id < $1.machine.id }.map(\.machine)
    }

    /// - Throws: E-01 with the id.
    package func machine(_ id: String) throws(Failure) -> Machine {
        guard let found = state.withLock({ $0.machines[id.lowercased()] }) else {
            throw HostFault.machineNotFound(id: id)
        }
        return found
    }

    package func machineIfPresent(_ id: String) -> Machine? { state.withLock { $0.machines[id.lowercased()] } }

    package func machines(named name: String) -> [Machine] {
        let lowered = name.lowercased()
        return all.filter { $0.name.lowercased() == lowered }
    }

    /// The machine that uses the image, by the file itself and not by its name.
    package func user(ofImage path: String) -> Machine? {
        guard let wanted = try? FileIdentity.ifPresent(path) else { return nil }
        return all.first { machine in
            guard let document = try? machine.document() else { return false }
            return document.disks.contains { disk in
                (try? FileIdentity.ifPresent(disk.path))?.isSameFile(as: wanted) ?? false
            }
        }
    }

    // MARK: - Changing

    /// Makes a machine of `document`.
    ///
    /// - Parameters:
    ///   - parent: folder for the machine's own folder; nil = the host's setting.
    ///   - migration: the move that plans it here; nil for one that is simply off.
    ///   - fill: puts what belongs to the machine (kernel, initrd) into its folder before it exists.
    /// - Throws: E-45 when the id exists. On failure nothing is left.
    package func add(
        _ document: MachineDocument, in parent: String?, plannedBy migration: String? = nil,
        fill: (_ folder: String) throws(Failure) -> Void = { _ in }
    ) throws(Failure) -> Machine {
        try document.validate()
        guard machineIfPresent(document.id) == nil else {
            throw Failure(
                HostFault.machineExists,
                "The operation failed because a virtual machine with the same identifier already exists.",
                target: document.id)
        }
        let place = try store.makeFolder(
            for: document.id, in: parent ?? environment.settings.current.virtualMachinePath)
        do throws(Failure) {
            try fill(place)
            let planned = migration.map { PlannedRecord(migration: $0) }
            if let planned { try JSONDocument.write(planned, to: "\(place)/\(PlannedRecord.fileName)") }
            try store.publish(document, in: place)
            let machine = Machine(document, folder: place, planned: planned, environment: environment)
            state.withLock { $0.machines[document.id] = machine }
            return machine
        } catch {
            _ = try? store.remove(document.id, folder: place)
            throw error
        }
    }

    /// A planned machine becomes this host's own: from here on, also after a crash, it may be started and stopped here.
    package func commit(_ machine: Machine) throws(Failure) {
        try DurableFile.remove("\(machine.folder)/\(PlannedRecord.fileName)")
        machine.state.update { $0.planned = nil }
    }

    /// Ends the machine's QEMU if it has one, waits for its end, and forgets the machine: document, console and folder, never
    /// its disks. Idempotent. A lease is the caller's business.
    package func remove(_ machine: Machine) throws(Failure) {
        try machine.destroyQEMU()
        let kept = try store.remove(machine.id, folder: machine.folder)
        machine.state.update { $0.isRemoved = true }
        state.withLock { state in
            if state.machines[machine.id] === machine { state.machines.removeValue(forKey: machine.id) }
        }
        if let kept { report(kept) }
    }

    /// Nobody lists it: that it was kept, and why, must be told.
    private func report(_ kept: KeptFolder) {
        environment.events.add(.machine, .warning, nil, kept.description)
    }
}
