package import FerryContract
package import FerryCore
import FerryLinux
import FerryTransfer
import FoundationEssentials

extension HostMigrations {
    package func prepare(
        _ request: PrepareMigrationRequest, peer: TrustReport
    ) throws(Failure) -> PrepareMigrationResponse {
        try tuning.faults?.requireLink(to: peer.name)
        let machine = request.machine
        let plan: TargetAdmission.Plan
        do throws(Failure) {
            plan = try TargetAdmission(terms: request.terms, peer: peer, machines: machines).plan(request)
            try admit(request.migration, machine.name)
        } catch {
            if error.is(MigrationFault.limitReached) {
                announceFailure(machine.name, machine.id, error)
            } else {
                announceRefusal(machine.name, machine.id, error, whileRegistering: false)
            }
            throw error
        }
        if let reason = environment.kernel.tracker.reason {
            // Receiving needs no tracker, but a machine that has come could not leave again.
            environment.events.add(
                .machine, .warning, machine.name, "The machine could not be moved away again while it runs: \(reason)")
        }
        let context = MigrationContext(
            migration: request.migration, side: .target, machine: machine.id, machineName: machine.name,
            epoch: request.epoch, peerName: peer.name, peerFingerprint: peer.fingerprint, disks: [])
        let consent = request.witness.map { self.consent(to: $0, context) }
        do throws(Failure) {
            do throws(Failure) { try reserve(plan.document) } catch {
                announceRefusal(machine.name, machine.id, error, whileRegistering: false)
                throw error
            }
            do throws(Failure) {
                try begin(request, plan, peer, context, consent)
            } catch {
                environment.admissions.release(plan.document.id)
                throw error
            }
        } catch {
            depart(request.migration)
            throw error
        }
        return PrepareMigrationResponse(
            protocolVersion: plan.protocolVersion, isEncrypted: plan.isEncrypted,
            addresses: plan.addresses,
            dataPort: configuration.dataPort, witness: consent)
    }

    /// E-32, with the reason of E-07.
    private func reserve(_ document: MachineDocument) throws(Failure) {
        do throws(Failure) {
            try environment.admissions.reserve(
                document.id, name: document.name, size: document.memory, file: environment.memoryFile(of: document.id))
        } catch  where error.is(HostFault.notEnoughMemory) {
            throw .notEnoughMemory(for: document.name, at: hostName, cause: error)
        }
    }

    private func begin(
        _ request: PrepareMigrationRequest, _ plan: TargetAdmission.Plan, _ peer: TrustReport,
        _ context: MigrationContext, _ consent: WitnessConsent?
    ) throws(Failure) {
        let machine = request.machine
        var begun = MigrationReport(
            id: request.migration, machineName: machine.name, machineID: machine.id, role: .target,
            sourceHost: peer.name,
            targetHost: hostName, status: .running, phase: "Preparing", started: Date().timeIntervalSince1970)
        begun.isEncrypted = plan.isEncrypted
        begun.connections = request.dataConnections
        var agreed = context
        // On stable storage before the source hears of it.
        if consent?.isAgreed == true { agreed.witness = request.witness }
        let log = try records.begin(agreed)
        let incoming = IncomingMigration(log, request: request, host: self)
        // From here on the source can abandon it.
        add(incoming)
        do throws(Failure) {
            try history.add(begun)
            try marks(log.context).around(.admission) { () throws(Failure) in
                try incoming.prepare(
                    plan, peer: self.peer(peer, request.migration))
            }
            try incoming.start()
        } catch {
            announceRefusal(machine.name, machine.id, error, whileRegistering: true)
            let failure = refuse(log, error)
            removeIncoming(request.migration)
            incoming.over()
            throw failure
        }
    }

    /// Nothing ran, and nothing more will. What cannot be undone is tried again at the next start.
    private func refuse(_ log: MigrationLog, _ failure: Failure) -> Failure {
        do throws(Failure) {
            try undoEverything(log)
            if log.role != .refused { try log.append(.refused) }
            try finish(log, failure.isCancellation ? .cancelled : .failed, failure)
            return failure
        } catch {
            complain(error, log.context.machineName)
            return failure.adding(cleanUp: error)
        }
    }

    /// The session has ended: the machine is here, or nothing of it.
    func settled(_ log: MigrationLog, _ result: TargetReport) {
        let context = log.context
        report(log) { report in
            report.rounds = result.rounds
            report.memoryBytes = ByteCount(result.memoryBytes)
            report.diskBytes = ByteCount(result.diskBytes)
            report.ended = Date().timeIntervalSince1970
        }
        do throws(Failure) {
            switch result.outcome {
            case .runsHere:
                try keep(log, result.isConfirmed ? .known : .open)
            case .ownedHere(let failure):
                complain(failure, context.machineName)
                try keep(log, result.isConfirmed ? .known : .open)
            case .refused(let failure):
                environment.admissions.release(context.machine)
                announceRefusal(context.machineName, context.machine, failure, whileRegistering: false)
                _ = refuse(log, failure)
            case .inDoubt:
                report(log) { $0.status = .inDoubt }
            }
        } catch {
            // The records stay open, and the next life of ferryd tries again; the guest is where the outcome says.
            complain(error, context.machineName)
            report(log) { report in
                switch result.outcome {
                case .runsHere, .ownedHere: report.status = .completed
                case .refused, .inDoubt: break
                }
            }
        }
        removeIncoming(context.migration)
        depart(context.migration)
    }

    package func abandon(
        _ request: AbandonMigrationRequest, peer: TrustReport
    ) throws(Failure) -> MigrationStanding {
        try tuning.faults?.requireLink(to: peer.name)
        guard records.log(request.migration)?.context.peerFingerprint == peer.fingerprint else {
            return try answer(request.migration, peer)
        }
        let limit = Duration.seconds(60)
        if let incoming = incoming(request.migration) {
            guard incoming.abandon(within: limit) else { throw notAbandoned(request.migration, limit) }
        } else {
            // An earlier life's: the source says that it keeps the machine, which is what its record will say.
            settlement(request.migration)?.abandon()
        }
        return try answer(request.migration, peer)
    }

    private func notAbandoned(_ migration: String, _ limit: Duration) -> Failure {
        Failure(
            MigrationFault.cleanUpIncomplete,
            "The migration \(migration) could not be given up on '\(hostName)' within \(limit).", target: migration)
    }
}
