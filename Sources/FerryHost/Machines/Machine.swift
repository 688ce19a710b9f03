import FerryContract
package import FerryCore
package import FerryLinux

/// A machine of this host: its document, and its QEMU process while it has one.
///
///     off ──start──▶ starting ──▶ running ──guest's or our end──▶ off
///     planned (another host moves it here) ──commit──▶ running
///                                          ──discard──▶ gone
///
/// Every change of what it does needs a lease; readers never wait for one. Calls block where they say so.
package final class Machine: Sendable {
    struct State: Sendable {
        var document: MachineDocument
        /// Why the document cannot be used; the other fields are then only what its folder tells.
        var damage: Failure?
        var planned: PlannedRecord?
        /// Why nobody may start the machine, although its document is whole.
        var hold: Failure?
        var qemu: RunningQEMU?
        var work: MachineWork?
        var percent: Int?
        /// Why the work does not go on, and who can help: in place of what is said of the work otherwise.
        var obstacle: String?
        var lease: UInt64 = 0
        var isRemoved = false
        /// We end its QEMU: that it dies is no surprise.
        var isEnding = false
    }

    /// Lower-case UUID.
    package let id: String
    /// Holds the document, the console and QEMU's log.
    package let folder: String
    let environment: HostEnvironment
    let state: Monitor<State>

    init(_ document: MachineDocument, folder: String, planned: PlannedRecord?, environment: HostEnvironment) {
        id = document.id
        self.folder = folder
        self.environment = environment
        state = Monitor(State(document: document, planned: planned))
    }

    /// A machine whose document cannot be used: it is listed, and can be removed.
    ///
    /// - Parameter name: what the damaged document still tells; nil = the id.
    init(
        damaged id: String, name: String?, folder: String, planned: PlannedRecord?, _ damage: Failure,
        environment: HostEnvironment
    ) {
        self.id = id
        self.folder = folder
        self.environment = environment
        let document = MachineDocument(id: id, name: name ?? id, memory: .zero, creationTime: 0)
        state = Monitor(State(document: document, damage: damage, planned: planned))
    }

    /// The id where the document is damaged and does not even tell the name.
    package var name: String { state.read { $0.document.name } }
    package var isPlanned: Bool { state.read { $0.planned != nil } }
    package var isDamaged: Bool { state.read { $0.damage != nil } }
    /// The move that plans the machine here.
    package var plannedBy: String? { state.read { $0.planned?.migration } }
    package var qemu: RunningQEMU? { state.read { $0.qemu } }
    package var isRunning: Bool { qemu != nil }
    /// Somebody holds its lease.
    package var isBusy: Bool { state.read { $0.work != nil } }

    /// - Throws: the damage.
    package func document() throws(Failure) -> MachineDocument {
        try state.read { (state) throws(Failure) in
            if let damage = state.damage { throw damage }
            return state.document
        }
    }

    /// - Throws: why nobody may start or move the machine, although its document is whole.
    func requireFree() throws(Failure) {
        if let hold = state.read({ $0.hold }) { throw hold }
    }

    /// Keeps everybody from starting or moving the machine, until ferryd starts again.
    func hold(_ reason: Failure) { state.update { $0.hold = reason } }

    /// Its own note of who plans it is damaged, and this is who.
    func plan(by migration: String) { state.update { $0.planned = PlannedRecord(migration: migration) } }

    /// Looks at a damaged document again.
    ///
    /// - Returns: whether it can be used now.
    func takeUpRepair(_ loaded: MachineStore.Loaded) -> Bool {
        state.update { state in
            guard state.damage != nil else { return false }
            switch loaded {
            case .machine(let document, let place):
                guard place == folder else { return false }
                (state.document, state.damage) = (document, nil)
                return true
            case .damaged(_, _, let failure):
                state.damage = failure
                return false
            }
        }
    }

    /// Its QEMU.
    ///
    /// - Throws: E-03 when it has none.
    package func requireQEMU() throws(Failure) -> RunningQEMU {
        guard let qemu else { throw HostFault.invalidState(of: name, "It is not running.") }
        return qemu
    }

    /// Where QEMU's sockets, and those of its helpers, are: 0700, owned by the user QEMU runs as.
    package var runtimeFolder: String { environment.runtimeFolder(of: id) }

    var paths: QEMUCommandLine.Paths {
        QEMUCommandLine.Paths(
            machineFolder: folder, runtimeFolder: runtimeFolder, memoryFile: environment.memoryFile(of: id))
    }

    /// Replaces the document, on disk first.
    package func update(_ change: (inout MachineDocument) throws(Failure) -> Void) throws(Failure) {
        var document = try document()
        try change(&document)
        try document.validate()
        try MachineStore(folder: environment.configuration.machinesFolder).save(document, in: folder)
        state.update { [document] in $0.document = document }
    }

    // MARK: - Leases

    /// The right to do `work`.
    ///
    /// - Throws: E-03 when something else is being done, or when the machine is gone.
    package func lease(_ work: MachineWork) throws(Failure) -> MachineLease {
        let number = try state.update { (state) throws(Failure) in
            if state.isRemoved { throw HostFault.machineNotFound(named: state.document.name) }
            if let other = state.work {
                throw HostFault.invalidState(of: state.document.name, state.obstacle ?? other.words)
            }
            state.work = work
            (state.percent, state.obstacle) = (nil, nil)
            state.lease += 1
            return state.lease
        }
        return MachineLease(self, work, number: number)
    }

    func endLease(_ number: UInt64) {
        state.update { state in
            guard state.lease == number else { return }
            state.work = nil
            (state.percent, state.obstacle) = (nil, nil)
        }
    }

    /// What is done with it cannot go on by itself: shown, and told to whoever wants the machine, until its lease ends.
    func explain(_ obstacle: String) {
        state.update { if $0.work != nil { $0.obstacle = obstacle } }
    }

    /// - Throws: E-03 for a machine that another host moves here.
    func requireOwn() throws(Failure) {
        let (isPlanned, obstacle, name) = state.read { ($0.planned != nil, $0.obstacle, $0.document.name) }
        guard isPlanned else { return }
        throw HostFault.invalidState(of: name, obstacle ?? "Another host is moving it here.")
    }

    func report(percent: Int, lease number: UInt64) {
        state.update { state in
            if state.lease == number, state.work != nil { state.percent = percent }
        }
    }

    // MARK: - The end of QEMU

    /// Waits until the machine has no QEMU and nothing of it is left. false when `deadline` passed or `stop` answered true first.
    package func waitUntilOff(
        until deadline: Deadline, unless stop: @Sendable () -> Bool = { false }
    ) -> Bool {
        while true {
            let step = deadline.sooner(.after(.milliseconds(200)))
            if state.wait(until: step, { $0.qemu == nil ? true : nil }) == true { return true }
            if deadline.hasPassed || stop() { return false }
        }
    }

    /// On the watch's thread, within milliseconds of the end, whoever caused it.
    func ended(_ qemu: RunningQEMU, _ exit: ExitStatus) {
        let reason = qemu.guestStatus.shutdownReason
        cleanUp(after: qemu.record)
        let (wasOurs, isEnding) = state.update { state in
            guard state.qemu === qemu else { return (false, false) }
            defer { state.isEnding = false }
            state.qemu = nil
            return (true, state.isEnding)
        }
        guard wasOurs else { return }
        switch (reason, exit) {
        case ("guest-shutdown"?, _): environment.events.add(.machine, .information, name, "The guest shut down.")
        case (_, .exited(0)), (_?, .unknown):
            environment.events.add(.machine, .information, name, "The virtual machine was turned off.")
        case _ where isEnding:
            environment.events.add(.machine, .information, name, "The virtual machine was turned off.")
        default:
            let words = lastWords
            environment.events.add(
                .machine, .error, name, "QEMU \(exit) unexpectedly.\(words.isEmpty ? "" : " Its last words: \(words)")")
        }
    }

    /// Removes what a process that has ended left behind. What cannot be removed is logged: the next start tries again.
    func cleanUp(after record: RuntimeRecord) {
        do throws(Failure) {
            try DurableFile.remove("\(folder)/\(RuntimeRecord.fileName)")
            try DurableFile.remove(record.memoryFile)
            try Folder.removeTree(record.runtimeFolder)
        } catch {
            environment.events.add(error, name)
        }
        if let cgroup = record.cgroup { ControlGroup.remove(cgroup) }
        environment.admissions.release(id)
    }

    /// The end of QEMU's log, on one line.
    var lastWords: String {
        guard let bytes = try? DurableFile.read("\(folder)/qemu.log", limit: 4 << 20) else { return "" }
        return String(decoding: bytes.suffix(1000), as: UTF8.self).split(separator: "\n").suffix(4).joined(
            separator: " ")
    }
}
