package import FerryContract
package import FerryCore
import FerryLinux
import FerryTransfer
import FoundationEssentials
import Synchronization

extension HostMigrations {
    package func move(
        _ machine: Machine, _ request: MoveMachineRequest, _ operation: Operation
    ) throws(Failure) -> MoveMachineResult {
        let destination: TrustReport
        let migration = MigrationID.make().description
        do throws(Failure) {
            destination = try self.destination(of: machine, request)
            try checkPlacements(request, of: machine.document())
            try admit(migration, machine.name)
        } catch {
            announceFailure(machine.name, machine.id, error)
            throw error
        }
        setOperation(operation, of: migration)
        defer {
            setOperation(nil, of: migration)
            depart(migration)
        }
        do throws(Failure) {
            try finishUnfinished(machine.id)
            return try carryOut(migration, machine, request, destination, operation)
        } catch {
            let failure = failed(machine, error)
            announceFailure(machine.name, machine.id, failure)
            throw failure
        }
    }

    /// E-12.
    private func failed(_ machine: Machine, _ cause: Failure) -> Failure {
        .moveFailed(machine.name, id: machine.id, at: hostName, isSource: true, cause: cause)
    }

    /// Where the move goes, once nothing here speaks against it. What is about the connection stands under E-12's line, as it does
    /// when the other host says it.
    private func destination(of machine: Machine, _ request: MoveMachineRequest) throws(Failure) -> TrustReport {
        var inspection = Inspection(stopsAtFirst: true)
        do throws(Failure) {
            if let found = try checkSource(machine, request.destinationHost, &inspection) { return found }
        } catch {
            guard error.is(MigrationFault.hostUntrusted) || error.is(MigrationFault.authenticationUnavailable) else {
                throw error
            }
            throw failed(machine, error)
        }
        throw .unknownDestination(request.destinationHost, at: hostName)
    }

    // MARK: - Before anything is made

    /// The checks that need nobody else, in order.
    func checkSource(
        _ machine: Machine, _ destinationHost: String, _ inspection: inout Inspection
    ) throws(Failure) -> TrustReport? {
        let settings = settings
        _ = try inspection.check { () throws(Failure) in
            _ = try machine.document()
            try machine.requireFree()
        }
        _ = try inspection.check { () throws(Failure) in
            guard try machine.requireQEMU().guestStatus.state == .running else {
                throw HostFault.invalidState(of: machine.name, "Its guest is paused.")
            }
        }
        _ = try inspection.check { () throws(Failure) in
            guard settings.migrationEnabled else { throw .migrationNotEnabled(atSource: hostName) }
        }
        let destination = try inspection.check { () throws(Failure) in try findDestination(destinationHost) }
        _ = try inspection.check { () throws(Failure) in
            try checkAuthentication(settings, destination?.name ?? destinationHost)
        }
        _ = try inspection.check { () throws(Failure) in try checkPerformance(settings) }
        _ = try inspection.check { () throws(Failure) in try checkTracker(machine) }
        return destination
    }

    private func checkPerformance(_ settings: HostSettings) throws(Failure) {
        guard settings.performanceOption == .tcpip else {
            throw Failure(
                MigrationFault.performanceUnavailable,
                "The virtual machine migration performance option \(settings.performanceOption.rawValue) is not available on this host '\(hostName)'.",
                target: hostName)
        }
    }

    private func checkTracker(_ machine: Machine) throws(Failure) {
        if let reason = environment.kernel.tracker.reason { throw .trackerUnavailable(machine.name, reason) }
        if configuration.preloadLibrary == nil {
            throw .trackerUnavailable(
                machine.name, "libFerryGuestMemory.so was not found beside ferryd.",
                advice:
                    "Put the library beside ferryd, or name it with preloadLibrary in ferryd.json; then start the machine anew with Stop-VM and Start-VM."
            )
        }
    }

    /// Every disk that was given a place is the machine's, and has one place.
    private func checkPlacements(_ request: MoveMachineRequest, of document: MachineDocument) throws(Failure) {
        var placed: Set<String> = []
        for placement in request.disks {
            guard document.disks.contains(where: { $0.path == placement.source }) else {
                throw HostFault.invalidArgument(
                    "Vhds", "'\(placement.source)' is no virtual disk of virtual machine '\(document.name)'.")
            }
            guard placed.insert(placement.source).inserted else {
                throw HostFault.invalidArgument("Vhds", "'\(placement.source)' is given two places.")
            }
        }
        guard request.disks.isEmpty || request.includeStorage else {
            throw HostFault.invalidArgument("Vhds", "Disks have places only in a move that includes storage.")
        }
    }

    private func findDestination(_ name: String) throws(Failure) -> TrustReport {
        guard name.lowercased() != hostName.lowercased() else {
            throw Failure(
                MigrationFault.sameHost, "The destination host '\(name)' is the host that the virtual machine runs on.",
                target: name)
        }
        if let found = trust.trustedHost(named: name) { return found }
        // A name that nothing knows is a typing mistake; one that means a host is a missing invitation.
        if (try? SocketAddress.resolve(name, port: 0)) != nil {
            throw .connectionNotEstablished(
                with: name, .hostUntrusted, reason: "'\(hostName)' does not trust '\(name)'.")
        }
        throw .unknownDestination(name, at: hostName)
    }

    private func checkAuthentication(_ settings: HostSettings, _ destination: String) throws(Failure) {
        let missing: String
        switch settings.authenticationType {
        case .certificate: return
        case .kerberos: missing = "Kerberos (a keytab with the host's service principal and delegation)"
        case .credSSP: missing = "CredSSP (delegated credentials of the administrator)"
        }
        throw .connectionNotEstablished(
            with: destination, .authenticationUnavailable,
            reason:
                "No credentials are available in the security package (0x8009030E). Failed to authenticate the connection at the source host: no suitable credentials available: \(missing) is not set up on '\(hostName)'."
        )
    }

    // MARK: - The move

    private func carryOut(
        _ migration: String, _ machine: Machine, _ request: MoveMachineRequest, _ destination: TrustReport,
        _ operation: Operation
    ) throws(Failure) -> MoveMachineResult {
        let document = try machine.document()
        let epoch = records.epoch(of: machine.id) + 1
        var begun = MigrationReport(
            id: migration, machineName: machine.name, machineID: machine.id, role: .source, sourceHost: hostName,
            targetHost: destination.name, status: .running, phase: "Connecting", started: Date().timeIntervalSince1970)
        begun.connections = tuning.dataConnections
        begun.downtimeBudget = tuning.policy.downtimeBudget
        try history.add(begun)
        let log: MigrationLog
        do throws(Failure) {
            log = try records.begin(
                MigrationContext(
                    migration: migration, side: .source, machine: machine.id, machineName: machine.name, epoch: epoch,
                    peerName: destination.name, peerFingerprint: destination.fingerprint,
                    // Disks that stay where they are have one file, which is the machine's wherever it runs.
                    disks: !request.includeStorage || request.retainDisksOnSource ? [] : document.disks.map(\.path)))
        } catch {
            try? history.update(migration) { report in
                report.status = .failed
                report.failure = FailureDocument(error)
            }
            throw error
        }
        let peer = self.peer(destination, migration)
        let asked = ContinuousClock.now
        let outgoing: OutgoingMigration
        do throws(Failure) {
            outgoing = try prepare(log, machine, request, peer, operation)
        } catch {
            // Nothing but OWNER can have been recorded, and the target has run nothing.
            let answer = try? peer.send(AbandonMigrationRequest(migration: migration), within: .seconds(30))
            throw end(log, operation, error, answer == nil ? .unheard : .known)
        }
        add(outgoing)
        defer { removeOutgoing(migration) }
        let admission = ContinuousClock.now - asked
        let result = watch(outgoing, operation)
        report(log) { $0.take(result, after: admission) }
        switch result.outcome {
        case .moved: return try moved(log, machine, peer, result, operation)
        case .keptHere(let failure), .stoppedHere(let failure):
            // The session told the target; should that not have arrived, this does.
            let answer = try? peer.send(AbandonMigrationRequest(migration: migration), within: .seconds(5))
            let confirmation = answer.map { OwnershipConfirmation.judge(log.journal, peer: OwnershipStanding($0)) }
            // A target that may be READY and does not answer could be given the machine by its administrator.
            throw end(
                log, operation, failure,
                confirmation == .agreed ? .known : result.mayTargetBeReady ? .open : .unheard)
        case .inDoubt:
            report(log) { $0.status = .inDoubt }
            throw Failure(
                MigrationFault.inDoubt,
                "Virtual machine '\(machine.name)' stays paused on '\(hostName)': it was released to '\(destination.name)', whose answer is not known\(Self.words(of: outgoing.session.progress.witness)).",
                target: machine.name)
        }
    }

    private static func words(of witness: WitnessWord?) -> String {
        switch witness?.answer {
        case .decided(.target): ", and the witness '\(witness?.name ?? "")' has decided for that host"
        case .silent: ", and the witness '\(witness?.name ?? "")' does not answer"
        case .decided(.source), nil: ""
        }
    }

    /// Admission at the target, then our own side.
    private func prepare(
        _ log: MigrationLog, _ machine: Machine, _ request: MoveMachineRequest, _ peer: MigrationPeer,
        _ operation: Operation
    ) throws(Failure) -> OutgoingMigration {
        let settings = settings
        operation.update { $0.stage = "Connecting to \(peer.host.name)" }
        let secret = TrafficSecret.make()
        let (described, imageMarks) = try describe(machine, includeStorage: request.includeStorage)
        var description = described
        defer { withExtendedLifetime(imageMarks) {} }
        for (index, disk) in try machine.document().disks.enumerated() {
            description.disks[index].folder = request.disks.first { $0.source == disk.path }?.folder
        }
        let proposed = proposedWitness(for: log.context)
        let answer: PrepareMigrationResponse
        do throws(Failure) {
            let marks = marks(log.context)
            marks.before(.admission)
            answer = try peer.send(
                PrepareMigrationRequest(
                    migration: log.context.migration, epoch: log.context.epoch, sourceHost: hostName,
                    machine: description,
                    includeStorage: request.includeStorage, destinationStoragePath: request.destinationStoragePath,
                    virtualMachinePath: request.virtualMachinePath,
                    authenticationType: settings.authenticationType,
                    protocolVersions: Array(WireProtocol.oldestVersion...WireProtocol.newestVersion),
                    isEncrypted: settings.encryptionEnabled, trafficSecret: Base64.text(secret.exposed()),
                    dataConnections: tuning.dataConnections, witness: try? proposed?.get()),
                within: tuning.prepareLimit, cancellation: operation.cancellation)
            marks.after(.admission)
        } catch {
            try operation.checkCancellation()
            throw .notAnswered(error, by: peer.host.name, to: hostName) ?? error
        }
        try operation.checkCancellation()
        guard !settings.encryptionEnabled || answer.isEncrypted else {
            throw .connectionNotEstablished(
                with: peer.host.name, .encryptionMismatch,
                reason: "the destination host does not encrypt migration traffic.")
        }
        try agree(on: proposed, answer, log, peer, operation)
        let route = try MigrationRoute(
            host: peer.host.name, addresses: answer.addresses, port: answer.dataPort, settings: settings,
            migration: log.context.migration, faults: tuning.faults)
        report(log) { $0.isEncrypted = answer.isEncrypted }
        // Before the first thing is made in the hypervisor or beside it: the device state has a socket wherever the disks are.
        try log.undo.willMake(.removeTracking(machine: machine.id))
        return try OutgoingMigration(
            log, machine: machine, host: self, includesStorage: request.includeStorage, peer: peer, route: route,
            protection: answer.isEncrypted ? .encrypted(secret) : .plain(secret))
    }

    /// Both hosts have the witness in their records, or neither acts by it: a target that agreed and whose source did not is given up.
    private func agree(
        on proposed: Result<MigrationWitness, WitnessAbsence>?, _ answer: PrepareMigrationResponse, _ log: MigrationLog,
        _ peer: MigrationPeer, _ operation: Operation
    ) throws(Failure) {
        switch proposed {
        case nil: break
        case .failure(let absence): warn(absence, log.context, operation)
        case .success(let witness):
            guard let consent = answer.witness, consent.isAgreed else {
                let reason =
                    answer.witness.map { $0.reason ?? "'\(peer.host.name)' does not agree." }
                    ?? "the ferryd of '\(peer.host.name)' knows no witnesses."
                return warn(WitnessAbsence(witness.name, reason), log.context, operation)
            }
            try records.agree(log, on: witness)
        }
    }

    /// Runs the session on this thread, and a sampler beside it.
    private func watch(_ outgoing: OutgoingMigration, _ operation: Operation) -> SourceReport {
        let isOver = Event()
        let (history, interval) = (history, tuning.sampleInterval)
        let context = records.log(outgoing.id)?.context
        let sampler = try? WorkerThread("move-progress") {
            var rate = RateSampler()
            var wasInDoubt = false
            while !isOver.wait(until: .after(interval)) {
                var progress = outgoing.session.progress
                if outgoing.isWaitingForStorage, progress.phase != .settle { progress.showWaitingForStorage() }
                rate.add(progress.wireBytes)
                operation.update { $0.take(progress, rate: rate.bytesPerSecond) }
                history.refresh(outgoing.id) { $0.take(progress) }
                let isInDoubt = progress.phase == .settle
                if isInDoubt, !wasInDoubt, let context { self.announceDoubt(context) }
                wasInDoubt = isInDoubt
            }
        }
        // At once: what is left of a move's last moments is shorter than the time between two looks at it.
        operation.onCancel { outgoing.session.cancel() }
        let result = outgoing.run()
        operation.onCancel(nil)
        isOver.set()
        sampler?.join()
        if outgoing.session.progress.wasTooLateToCancel {
            operation.warn("The move could no longer be cancelled when this was asked for; it has gone on.")
        }
        return result
    }

    private func moved(
        _ log: MigrationLog, _ machine: Machine, _ peer: MigrationPeer, _ result: SourceReport, _ operation: Operation
    ) throws(Failure) -> MoveMachineResult {
        _ = operation.closeCancellation()
        operation.update { progress in
            progress.stage = "Cleaning up"
            progress.percent = 99
        }
        // Of the machine as it was, should the target not answer now.
        var arrived = machine.report
        do throws(Failure) {
            let standing = try peer.send(MigrationStatusRequest(migration: log.context.migration), within: .seconds(20))
            if let machine = standing.machine { arrived = machine }
        } catch {
            operation.warn("'\(peer.host.name)' runs the virtual machine but did not describe it: \(error.message)")
        }
        if let blackout = result.blackout, blackout.total >= tuning.longBlackout {
            operation.warn(Self.longBlackout(machine.name, blackout.total))
        }
        for failure in result.cleanUpFailures { complain(failure, machine.name) }
        do throws(Failure) {
            try retire(log)
        } catch {
            complain(error, machine.name)
            operation.warn(
                "Not everything of the virtual machine could be removed from '\(hostName)': \(error.message)")
        }
        guard let report = history.report(log.context.migration) else {
            throw Failure(
                MigrationFault.migrationUnknown,
                "The migration \(log.context.migration) is not in the history any more.")
        }
        announceFigures(report)
        return MoveMachineResult(migration: report, machine: arrived)
    }

    /// The machine stays. Undoes what was made and closes the records; what cannot be undone now is tried again at the
    /// next
    /// start, and goes with the failure.
    private func end(
        _ log: MigrationLog, _ operation: Operation, _ failure: Failure, _ agreement: UnconfirmedMove.Agreement
    ) -> Failure {
        let status: MigrationStatus =
            operation.cancellation.isCancelled || failure.isCancellation ? .cancelled : .failed
        do throws(Failure) {
            if log.role != nil, log.role != .refused { try log.append(.refused) }
            try undoEverything(log)
            try finish(log, status, failure, agreement)
            return failure
        } catch {
            report(log) { report in
                report.status = status
                report.phase = status.rawValue
                report.ended = report.ended ?? Date().timeIntervalSince1970
                report.failure = FailureDocument(failure)
            }
            if error.is(TransferFault.storageWaiting) { finishLater(UnfinishedMove(log, status, failure)) }
            return failure.adding(cleanUp: error)
        }
    }
}

/// Bytes a second over the last few samples.
private struct RateSampler {
    private var samples: [(time: ContinuousClock.Instant, bytes: UInt64)] = []

    mutating func add(_ bytes: UInt64) {
        samples.append((.now, bytes))
        if samples.count > 8 { samples.removeFirst() }
    }

    var bytesPerSecond: Double? {
        guard let first = samples.first, let last = samples.last, last.time > first.time, last.bytes >= first.bytes
        else {
            return nil
        }
        return Double(last.bytes - first.bytes) / (last.time - first.time).inSeconds
    }
}

extension SessionProgress {
    /// The phase, and what a witness has said of a doubt.
    fileprivate var title: String {
        guard phase == .settle, let witness else { return phase.title }
        switch witness.answer {
        case .decided(.target):
            return "\(phase.title); the witness '\(witness.name)' has decided for the destination host"
        case .decided(.source): return "\(phase.title); the witness '\(witness.name)' has decided for this host"
        case .silent: return "\(phase.title); the witness '\(witness.name)' does not answer"
        }
    }
}

extension ProgressReport {
    fileprivate mutating func take(_ progress: SessionProgress, rate: Double?) {
        stage = progress.title
        round = progress.round
        memory = progress.memory
        disk = progress.disk
        rateBytesPerSecond = rate
        remaining = Self.remaining(round: progress.round, memory: progress.memory, disk: progress.disk, rate: rate)
        blackoutForecast = progress.blackoutForecast
        reasonNotFrozen = progress.reasonNotFrozen
        // The last percent is the end of the operation, not of the copying.
        percent = min(progress.percent, 99)
    }
}

extension MigrationReport {
    /// What a running session says of itself.
    mutating func take(_ progress: SessionProgress) {
        phase = progress.title
        // A session goes into doubt and out of it; an ending stays.
        if status == .running || status == .inDoubt { status = progress.phase == .settle ? .inDoubt : .running }
        rounds = progress.round.map { $0 + 1 } ?? rounds
        memoryBytes = progress.memory?.acknowledged ?? memoryBytes
        diskBytes = progress.disk?.acknowledged ?? diskBytes
        wireBytes = ByteCount(progress.wireBytes)
    }

    /// - Parameter admission: what went before the session.
    fileprivate mutating func take(_ result: SourceReport, after admission: Duration) {
        rounds = result.rounds
        memoryBytes = ByteCount(result.memoryBytes)
        diskBytes = ByteCount(result.diskBytes)
        wireBytes = ByteCount(result.wireBytes)
        barrierTime = result.barrierTime
        totalTime = admission + result.totalTime
        preparationTime = result.preparationTime.map { admission + $0 }
        connections = result.connectionsOpened
        blackout = result.blackout.map { blackout in
            BlackoutBreakdown(
                total: blackout.total, steps: blackout.steps.map { .init(name: $0.name, duration: $0.duration) })
        }
    }
}
