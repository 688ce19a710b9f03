import FerryCore
import FerryLinux

/// Performing what the cutover machine says.
extension TargetRun {
    /// Hands an event to the machine and performs the answer. What the actions bring about waits until they are all done.
    func feed(_ event: TargetCutoverMachine.Event) {
        results.append(event)
        guard !isFeeding else { return }
        isFeeding = true
        while !results.isEmpty {
            let event = results.removeFirst()
            for action in cutover.handle(event, at: now()) { perform(action) }
        }
        isFeeding = false
    }

    private func attempt(_ body: () throws(Failure) -> TargetCutoverMachine.Event) {
        do throws(Failure) { feed(try body()) } catch { fail(error) }
    }

    private func perform(_ action: TargetCutoverMachine.Action) {
        switch action {
        case .releaseDisks:
            attempt { () throws(Failure) in
                try releaseDisks()
                return .disksReleased
            }
        case .sendDisksReleased: send(.disksReleased(DisksReleasedMessage(duration: releaseTime)))
        case .loadDeviceState:
            attempt { () throws(Failure) in
                try load()
                return .loaded
            }
        case .record(let role): record(role)
        case .sendReady:
            send(.ready(ReadyMessage(epoch: configuration.epoch, load: loadTime)))
            session.marks.after(.ready)
            begin(.grant)
        case .runGuest: runGuest()
        case .sendRunning:
            begin(.running)
            send(.running(RunningMessage(epoch: configuration.epoch, record: recordTime, run: runTime)))
            session.marks.after(.running)
        case .destroyGuest: destroyGuest()
        case .sendRefused: send(.refused(RefusedMessage(epoch: configuration.epoch, failure: refusal)))
        case .askSource: ask()
        case .askWitness: claim()
        case .answerTooLate: session.publish { $0.wasTooLateToCancel = true }
        case .finished: finished()
        }
    }

    private func releaseDisks() throws(Failure) {
        let start = now()
        intake.releaseDisks()
        for sink in session.sinks {
            switch sink.kind {
            case .memory: continue
            case .disk:
                try session.marks.around(.flush) { () throws(Failure) in try sink.flush() }
                try sink.close()
            }
        }
        try session.marks.around(.storageDaemonExit) { () throws(Failure) in try guest.releaseDisks() }
        releaseTime = now() - start
    }

    private func load() throws(Failure) {
        let state = deviceState
        deviceState = []
        begin(.deviceState)
        try verifyMemory()
        let start = now()
        try guest.load(deviceState: state)
        loadTime = now() - start
        session.marks.after(.deviceState)
    }

    /// Before the load: while it loads, KVM may write into guest memory itself (the clocks that the guest's registers name).
    private func verifyMemory() throws(Failure) {
        guard let memoryDigest else { return }
        for sink in session.sinks {
            guard let memory = sink as? any MemoryDigesting else { continue }
            guard try memory.digest() == memoryDigest else {
                throw Failure(
                    TransferFault.checksumMismatch,
                    "The machine's memory here is not what it is on '\(configuration.sourceName)'.",
                    target: configuration.sourceName)
            }
        }
    }

    private func record(_ role: OwnershipRole) {
        if role == .ready { begin(.ready) }
        if role == .owner { begin(.owner) }
        do throws(Failure) {
            try session.log.append(role)
        } catch {
            return feed(.recordFailed(role, error))
        }
        if role == .owner { session.marks.after(.owner) }
        feed(.recorded(role))
    }

    private func runGuest() {
        let start = now()
        recordTime = grantedAt.map { start - $0 } ?? .zero
        begin(.cont)
        hasRun = true
        do throws(GuestStartFailure) {
            try guest.run()
        } catch {
            switch error {
            case .answered(let failure):
                hasRun = false
                return feed(.runRefused(failure))
            case .unanswered(let failure): return feed(.runUnanswered(failure))
            }
        }
        runTime = now() - start
        session.marks.after(.cont)
        feed(.running)
    }

    private func destroyGuest() {
        session.endReceiving()
        closeSinks()
        do throws(Failure) {
            try guest.destroy()
            isGuestDead = true
            feed(.destroyed)
        } catch {
            feed(.destroyFailed(error))
        }
    }

    private var refusal: Failure? {
        switch cutover.outcome {
        case .refused(let failure): failure
        case .runsHere, .ownedHere, nil: nil
        }
    }

    private func ask() {
        guard !isAsking else { return }
        isAsking = true
        session.marks.before(.settle)
        let (peer, mailbox) = (session.peer, session.mailbox)
        let own = OwnershipStanding(role: session.log.role, epoch: configuration.epoch, isRunning: false)
        let thread = try? WorkerThread("ferry-ask") {
            if let standing = try? peer.ask(telling: own) { mailbox.post(.standing(standing)) }
            mailbox.post(.askEnded)
        }
        if thread == nil { isAsking = false }
    }

    private func claim() {
        guard let witness = session.witness, !isClaiming else { return }
        isClaiming = true
        begin(.witness)
        let mailbox = session.mailbox
        do throws(Failure) {
            _ = try WorkerThread("ferry-witness") {
                do throws(Failure) {
                    mailbox.post(.witnessed(try witness.claim(for: .target)))
                } catch {
                    mailbox.post(.witnessFailed(error))
                }
            }
        } catch {
            isClaiming = false
            feed(.witnessFailed(error))
        }
    }

    private func finished() {
        switch cutover.outcome {
        case .runsHere: outcome = .runsHere
        case .ownedHere(let failure): outcome = .ownedHere(failure)
        case .refused(let failure): outcome = .refused(failure)
        case nil: break
        }
        session.decide()
    }
}
