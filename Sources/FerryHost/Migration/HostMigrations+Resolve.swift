package import FerryContract
package import FerryCore
import FerryLinux
import FerryTransfer

/// Settling a move in doubt on an administrator's word: `OwnershipChoice` says what may be chosen.
extension HostMigrations {
    private static let resolveLimit = Duration.seconds(120)
    private static let look = Duration.milliseconds(100)

    package func bothRecords(_ request: GetMigrationRecordsRequest) throws(Failure) -> MigrationRecordsReport {
        let report = try known(request.migration)
        guard let context = try records.context(request.migration), let own = try ownStanding(context) else {
            throw Failure(
                MigrationFault.migrationUnknown,
                "The host '\(hostName)' has no records of the migration \(request.migration) any more.",
                target: request.migration)
        }
        let (answer, failure) = ask(context)
        let peer = answer.map { OwnershipStanding($0) }
        let witness = look(context)
        func choice(_ choice: OwnershipChoice) -> MigrationChoiceReport {
            MigrationChoiceReport(
                choice, verdict(choice, context, own: OwnershipStanding(own), peer: peer, witness: witness?.standing),
                side: side(of: context), other: context.peerName, isOwn: isAskingFirst(context),
                witness: witness.map { ($0.peer.name, $0.standing) })
        }
        return MigrationRecordsReport(
            migration: report, own: own, otherHost: context.peerName, other: answer,
            otherFailure: failure.map { FailureDocument($0) }, keepHere: choice(.keepHere), giveAway: choice(.giveAway),
            witness: witness?.report)
    }

    package func resolve(
        _ request: ResolveMigrationRequest, _ operation: Operation
    ) throws(Failure) -> MigrationReport {
        let found = try known(request.migration)
        guard let log = records.log(request.migration), isInDoubt(log.context) || isAskingFirst(log.context),
            let own = try ownStanding(log.context)
        else { throw excluded(found, request.choice, .notInDoubt) }
        let context = log.context
        operation.update { $0.stage = "Asking \(context.peerName)" }
        let peer = ask(context).answer.map { OwnershipStanding($0) }
        let choice: OwnershipChoice = request.choice == .keepHere ? .keepHere : .giveAway
        let witness = look(context)
        let verdict = verdict(
            choice, context, own: OwnershipStanding(own), peer: peer, witness: witness?.standing)
        switch verdict {
        case .excluded(let reason): throw excluded(found, request.choice, reason)
        case .afterRefusal: try demandRefusal(found, context)
        case .certain, .vouched, .afterClaim: break
        }
        // The last moment at which nothing has been done.
        guard operation.closeCancellation() else { try operation.checkCancellation(); return found }
        operation.update { $0.stage = "Settling" }
        // At the witness first: then the other host is told the same, whenever it comes back.
        if let witness, witness.standing == .undecided {
            try claim(choice.winner(on: side(of: context)), at: witness.peer, found, request.choice)
        }
        if context.side == .source, choice == .giveAway { try records.retainDisks(log) }
        environment.events.add(
            .resolved, .warning, context.machineName,
            "The migration \(context.migration) of virtual machine '\(context.machineName)' is settled by an administrator: \(request.choice.rawValue) on '\(hostName)'; its own record says \(own.record ?? "nothing"), that of '\(context.peerName)' \(peer.map { $0.role?.rawValue ?? "nothing" } ?? "is not known").",
            [.text(context.machineName), .text(context.machine.uppercased()), .text(request.choice.rawValue)])
        return try carryOut(choice, log, withoutWitness: witness?.standing == .silent)
    }

    /// Tells the session what the other host's record would have told it, until it has settled the move.
    private func carryOut(
        _ choice: OwnershipChoice, _ log: MigrationLog, withoutWitness: Bool
    ) throws(Failure) -> MigrationReport {
        let context = log.context
        let deadline = Deadline.after(Self.resolveLimit)
        while true {
            let report = try known(context.migration)
            switch report.status {
            case .running, .inDoubt: break
            case .completed, .failed, .cancelled: return report
            }
            guard !deadline.hasPassed else {
                throw Failure(
                    TransferFault.timedOut,
                    "The migration of virtual machine '\(context.machineName)' was decided and is not settled on '\(hostName)' after \(Self.resolveLimit): \(report.phase).",
                    target: context.machineName, advice: "Run Get-VMMigration -Id \(context.migration).")
            }
            tell(choice, context, withoutWitness: withoutWitness)
            Event().wait(until: .after(Self.look))
        }
    }

    /// Sessions ignore what comes when they are no longer in doubt.
    private func tell(_ choice: OwnershipChoice, _ context: MigrationContext, withoutWitness: Bool) {
        if isAskingFirst(context) { settlement(context.migration)?.vouch() }
        let role: OwnershipRole
        switch (side(of: context), choice) {
        case (.source, .keepHere): role = .refused
        case (.source, .giveAway): role = .owner
        case (.target, .keepHere):
            if withoutWitness {
                incoming(context.migration)?.vouch()
                settlement(context.migration)?.vouchForRelease()
                return
            }
            role = .released
        case (.target, .giveAway):
            let reason = Failure(
                TransferFault.cancelled,
                "An administrator of '\(hostName)' gave virtual machine '\(context.machineName)' back to '\(context.peerName)'.",
                target: context.machineName)
            incoming(context.migration)?.abandon(reason)
            settlement(context.migration)?.abandon(reason)
            return
        }
        let standing = OwnershipStanding(role: role, epoch: context.epoch, isRunning: false)
        outgoing(context.migration)?.learn(standing)
        incoming(context.migration)?.learn(standing)
        settlement(context.migration)?.learn(standing)
    }

    // MARK: - What is known

    private func side(of context: MigrationContext) -> OwnershipSide { context.side == .source ? .source : .target }

    private func verdict(
        _ choice: OwnershipChoice, _ context: MigrationContext, own: OwnershipStanding, peer: OwnershipStanding?,
        witness: OwnershipChoice.Witness?
    ) -> OwnershipChoice.Verdict {
        guard isAskingFirst(context) else {
            return isInDoubt(context)
                ? OwnershipChoice.verdict(choice, side: side(of: context), own: own, peer: peer, witness: witness)
                : .excluded(.notInDoubt)
        }
        guard choice == .keepHere else { return .excluded(.ownRecorded) }
        guard let peer, let journal = records.log(context.migration)?.journal else { return .vouched }
        switch OwnershipConfirmation.judge(journal, peer: peer) {
        case .agreed: return .certain
        case .open: return .excluded(.otherGoesOn)
        case .yields: return .excluded(.otherOwns)
        }
    }

    /// Whether its own record claims the machine, and the other host's has not been read since this one started.
    private func isAskingFirst(_ context: MigrationContext) -> Bool {
        settlement(context.migration)?.isAskingFirst ?? false
    }

    private struct Look {
        var peer: WitnessPeer
        var decision: Result<OwnershipSide?, Failure>

        var standing: OwnershipChoice.Witness {
            switch decision {
            case .success(nil): .undecided
            case .success(let side?): .decided(side)
            case .failure: .silent
            }
        }

        var report: WitnessReport {
            switch decision {
            case .success(let side):
                WitnessReport(name: peer.name, decision: side.map { MigrationRole($0) }, failure: nil)
            case .failure(let failure):
                WitnessReport(name: peer.name, decision: nil, failure: FailureDocument(failure))
            }
        }
    }

    /// What the witness of a move says that is open here; nil without one.
    private func look(_ context: MigrationContext) -> Look? {
        guard let log = records.log(context.migration), let witness = witness(of: log) else { return nil }
        do throws(Failure) {
            return Look(peer: witness, decision: .success(try witness.look()))
        } catch {
            return Look(peer: witness, decision: .failure(error))
        }
    }

    /// - Throws: `choiceExcluded` when the witness has meanwhile decided for the other side; what keeps it from deciding.
    private func claim(
        _ winner: OwnershipSide, at witness: WitnessPeer, _ report: MigrationReport, _ choice: MigrationChoice
    ) throws(Failure) {
        guard try witness.claim(for: winner) == winner else {
            throw excluded(report, choice, choice == .keepHere ? .witnessDecidedForOther : .witnessDecidedForThis)
        }
    }

    /// A source past RELEASED that asks, or a target that is READY, or has GRANT and waits for its witness.
    private func isInDoubt(_ context: MigrationContext) -> Bool {
        guard let role = records.log(context.migration)?.role else { return false }
        switch context.side {
        case .source:
            let asks =
                outgoing(context.migration)?.session.progress.phase == .settle
                || settlement(context.migration) != nil
            return role == .released && asks
        case .target:
            let waits = role == .ready || role == .granted && records.log(context.migration)?.witness != nil
            return waits && (incoming(context.migration) != nil || settlement(context.migration) != nil)
        }
    }

    private func ownStanding(_ context: MigrationContext) throws(Failure) -> MigrationStanding? {
        guard let newest = try records.newest(context.migration) else { return nil }
        let machine = machines.machineIfPresent(context.machine)
        let isRunning = machine?.qemu.map { $0.process.isAlive && $0.guestStatus.state == .running } ?? false
        return MigrationStanding(record: newest.role.rawValue, epoch: newest.epoch, isRunning: isRunning)
    }

    /// Tells nothing: a standing that is told may be a grant.
    private func ask(_ context: MigrationContext) -> (answer: MigrationStanding?, failure: Failure?) {
        guard let host = trust.trustedHost(fingerprint: context.peerFingerprint) else {
            return (
                nil,
                Failure(
                    MigrationFault.hostUntrusted, "'\(context.peerName)' is not trusted by '\(hostName)' any more.",
                    target: context.peerName)
            )
        }
        do throws(Failure) {
            let peer = MigrationPeer(host, connector: connector, migration: context.migration)
            return (
                try peer.send(MigrationStatusRequest(migration: context.migration), within: .seconds(5)), nil
            )
        } catch {
            return (nil, error)
        }
    }

    /// The target may still go on: only its durable REFUSED brings the machine back.
    private func demandRefusal(_ report: MigrationReport, _ context: MigrationContext) throws(Failure) {
        guard let host = trust.trustedHost(fingerprint: context.peerFingerprint) else {
            throw excluded(report, .keepHere, .otherGoesOn)
        }
        let peer = MigrationPeer(host, connector: connector, migration: context.migration)
        let answer = try peer.send(AbandonMigrationRequest(migration: context.migration), within: .seconds(70))
        guard OwnershipStanding(answer).role == .refused else { throw excluded(report, .keepHere, .otherOwns) }
    }

    private func excluded(
        _ report: MigrationReport, _ choice: MigrationChoice, _ reason: OwnershipChoice.Reason
    ) -> Failure {
        let other = report.role == .source ? report.targetHost : report.sourceHost
        return Failure(
            MigrationFault.choiceExcluded,
            "The migration of virtual machine '\(report.machineName)' cannot be resolved by \(choice.rawValue) on '\(hostName)': \(reason.sentence(other))",
            target: report.machineName)
    }
}

extension OwnershipChoice.Reason {
    fileprivate func sentence(_ other: String) -> String {
        switch self {
        case .notInDoubt: "it is not in doubt on this host."
        case .otherOwns: "'\(other)' has recorded that the virtual machine is its own."
        case .otherMayResume: "'\(other)' has not released the virtual machine and may resume it at any moment."
        case .otherRefused: "'\(other)' has given the virtual machine up."
        case .otherErased: "'\(other)' has removed its copy; the only one is here."
        case .otherGoesOn: "'\(other)' answers and takes the virtual machine by itself."
        case .ownRecorded:
            "by its own record the virtual machine is this host's; if '\(other)' has it, remove it here with Remove-VM."
        case .witnessDecidedForOther:
            "the witness of the migration has decided that the virtual machine is '\(other)''s."
        case .witnessDecidedForThis: "the witness of the migration has decided that the virtual machine is this host's."
        case .otherHasNone: "'\(other)' has no record of the migration and cannot have the virtual machine."
        }
    }
}

extension MigrationChoiceReport {
    fileprivate init(
        _ choice: OwnershipChoice, _ verdict: OwnershipChoice.Verdict, side: OwnershipSide, other: String, isOwn: Bool,
        witness: (name: String, standing: OwnershipChoice.Witness)?
    ) {
        if case .excluded(let reason) = verdict {
            self.init(isPossible: false, meaning: "Not possible: \(reason.sentence(other))")
            return
        }
        let isVouched = verdict == .vouched
        let word: String? =
            switch witness?.standing {
            case .decided(let decided):
                "The witness '\(witness?.name ?? "")' has decided that the virtual machine is \(decided == side ? "this host's" : "'\(other)''s")."
            case .undecided:
                "The witness '\(witness?.name ?? "")' has decided nothing; the choice is recorded there first, so that '\(other)' is told the same."
            case .silent:
                "The witness '\(witness?.name ?? "")' does not answer, so the choice cannot be recorded there: '\(other)' may be told otherwise."
            case nil: nil
            }
        let act: String
        let risk: String
        switch (side, choice) {
        case (_, .keepHere) where isOwn:
            act = "The virtual machine is this host's, as its own record says, and goes on here."
            risk =
                "If '\(other)' was given it by an administrator and runs it, or starts it later, it runs twice and its data diverges: make sure that '\(other)' is switched off and that its copy is never started."
        case (.source, .keepHere):
            act =
                verdict == .afterRefusal
                ? "'\(other)' is made to give the virtual machine up; once it has, REFUSED is recorded and the virtual machine runs on here."
                : "REFUSED is recorded and the virtual machine runs on here."
            risk =
                "If '\(other)' runs the virtual machine, or starts it later, it runs twice and its data diverges: make sure that '\(other)' is switched off and that its copy is never started."
        case (.source, .giveAway):
            act =
                "GONE is recorded and the paused virtual machine is removed here; the files of its virtual disks stay."
            risk =
                "If '\(other)' does not run the virtual machine, its memory is lost: make sure that it runs there."
        case (.target, .keepHere):
            act = "OWNER is recorded and the virtual machine runs here."
            risk =
                "If '\(other)' has not released the virtual machine, it resumes it there and the virtual machine runs twice: make sure that '\(other)' is switched off or that its record says RELEASED."
        case (.target, .giveAway):
            act = "The paused copy is destroyed, with its virtual disks here, and REFUSED is recorded."
            risk =
                "If '\(other)' has lost its own copy, the memory of the virtual machine is lost; its virtual disks on '\(other)' are not touched."
        }
        let parts = [act, word, isVouched ? "'\(other)' does not say what it has recorded. \(risk)" : nil]
        self.init(isPossible: true, meaning: parts.compactMap(\.self).joined(separator: " "))
    }
}
