package import FerryContract
package import FerryCore
import FerryLinux
import FerryTransfer

/// Moves that have a third host decide what their two cannot tell each other: `OwnershipWitness` says how, and why it is safe.
extension HostMigrations {
    // MARK: - As a host of a move

    /// The witness of a move that was prepared with one; nil of any other. One that is not trusted any more cannot be asked: then it
    /// is silent, and the move stays one with a witness.
    func witness(of log: MigrationLog) -> WitnessPeer? {
        log.witness.map { witness(trustedWitness($0), log.context) }
    }

    private func witness(_ host: TrustReport, _ context: MigrationContext) -> WitnessPeer {
        WitnessPeer(
            host, peer: peer(host, context.migration), context: context, limit: tuning.timeouts.witness
        ) { [weak self] side in self?.announceDecision(context, by: host.name, for: side) }
    }

    private func trustedWitness(_ witness: MigrationWitness) -> TrustReport {
        trust.trustedHost(fingerprint: witness.fingerprint)
            ?? TrustReport(
                name: witness.name, address: "", controlPort: 0, dataPort: 0, fingerprint: witness.fingerprint,
                trustedSince: 0)
    }

    /// The witness to propose to the target, or why the move goes without; nil where none is wanted.
    func proposedWitness(for context: MigrationContext) -> Result<MigrationWitness, WitnessAbsence>? {
        guard let name = settings.migrationWitness else { return nil }
        guard let host = trust.trustedHost(named: name) else {
            return .failure(.init(name, "it is not trusted by '\(hostName)' any more."))
        }
        guard host.fingerprint != context.peerFingerprint else {
            return .failure(.init(name, "it is the destination host itself."))
        }
        do throws(Failure) { try witness(host, context).probe() } catch {
            return .failure(.init(name, "it does not answer '\(hostName)': \(error.message)"))
        }
        return .success(MigrationWitness(name: host.name, fingerprint: host.fingerprint))
    }

    /// What this host, the target, says of the witness the source proposes.
    func consent(to proposed: MigrationWitness, _ context: MigrationContext) -> WitnessConsent {
        guard proposed.fingerprint != context.peerFingerprint,
            let host = trust.trustedHost(fingerprint: proposed.fingerprint)
        else { return WitnessConsent(isAgreed: false, reason: "it is not trusted by '\(hostName)'.") }
        do throws(Failure) { try witness(host, context).probe() } catch {
            return WitnessConsent(isAgreed: false, reason: "it does not answer '\(hostName)': \(error.message)")
        }
        return WitnessConsent(isAgreed: true)
    }

    /// The move goes on without the witness that was wanted.
    func warn(_ absence: WitnessAbsence, _ context: MigrationContext, _ operation: Operation) {
        let text =
            "Virtual machine '\(context.machineName)' is moved without the witness '\(absence.name)': \(absence.reason) Should the hosts lose each other in the last moment of the move, the virtual machine stays paused until they are back."
        operation.warn(text)
        environment.events.add(.witnessed, .warning, context.machineName, text)
    }

    /// Nothing of this host will act by the witness's decision any more.
    func settleWitness(of log: MigrationLog) {
        guard let witness = witness(of: log) else { return }
        // Nobody waits for it but the end of ferryd, and that not for long.
        if let thread = try? WorkerThread("witness-settle", { witness.settle() }) { remember(thread) }
    }

    private func announceDecision(_ context: MigrationContext, by witness: String, for side: OwnershipSide) {
        let isOwn = side == (context.side == .source ? .source : .target)
        environment.events.add(
            .witnessed, isOwn ? .information : .warning, context.machineName,
            "The witness '\(witness)' has decided that virtual machine '\(context.machineName)' runs on '\(isOwn ? hostName : context.peerName)' (migration \(context.migration)).",
            [.text(context.machineName), .text(context.machine.uppercased()), .text(side.rawValue)])
    }

    // MARK: - As the witness

    package func witness(
        _ request: WitnessMigrationRequest, peer: TrustReport
    ) throws(Failure) -> WitnessAnswer {
        try tuning.faults?.requireLink(to: peer.name)
        guard OwnershipRecord.isIdentifier(request.migration), OwnershipRecord.isIdentifier(request.machine),
            (1..<1 << 62).contains(request.epoch), request.otherHost.utf8.count == 64,
            request.otherHost.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else {
            throw Failure(
                MigrationFault.malformedDescription, "'\(peer.name)' asks its witness about no migration.",
                target: peer.name)
        }
        let isSource = request.role == .source
        let claim = try WitnessClaim(
            machine: request.machine, migration: request.migration, epoch: request.epoch,
            source: isSource ? peer.fingerprint : request.otherHost,
            target: isSource ? request.otherHost : peer.fingerprint,
            side: OwnershipSide(request.act == .settle ? request.role : request.side))
        switch request.act {
        case .probe, .look:
            return WitnessAnswer(
                decision: try witnessBook.look(claim, by: peer.fingerprint).decision.map(MigrationRole.init))
        case .settle:
            try witnessBook.settle(claim, by: peer.fingerprint)
            return WitnessAnswer(decision: nil)
        case .claim:
            marks(of: claim).before(.record)
            let answer = try witnessBook.claim(claim, by: peer.fingerprint)
            marks(of: claim).after(.record)
            if answer.isNew { announce(claim, by: peer) }
            return WitnessAnswer(decision: answer.decision.map(MigrationRole.init))
        }
    }

    /// A witness is on neither side: its write of a decision counts as the claimant's record.
    private func marks(of claim: WitnessClaim) -> PhaseMarks {
        PhaseMarks(claim.side, migration: claim.migration, probe: tuning.probe)
    }

    /// The hosts' guest is paused while they wait for the answer: this does not lengthen it.
    private func announce(_ claim: WitnessClaim, by peer: TrustReport) {
        let source = trust.trustedHost(fingerprint: claim.source)?.name ?? "an unknown host"
        let target = trust.trustedHost(fingerprint: claim.target)?.name ?? "an unknown host"
        let events = environment.events
        try? BlockingWork.run("witness-event") {
            events.add(
                .witnessed, .information, nil,
                "As the witness of the migration \(claim.migration) from '\(source)' to '\(target)' this host has decided, asked by '\(peer.name)', that the virtual machine \(claim.machine.uppercased()) runs on '\(claim.side == .source ? source : target)'.",
                [.text(claim.migration), .text(claim.machine.uppercased()), .text(claim.side.rawValue)])
        }
    }
}

/// Why a move has no witness though one was wanted.
struct WitnessAbsence: Error, Sendable {
    var name: String
    /// The rest of a sentence.
    var reason: String

    init(_ name: String, _ reason: String) {
        self.name = name
        self.reason = reason
    }
}
