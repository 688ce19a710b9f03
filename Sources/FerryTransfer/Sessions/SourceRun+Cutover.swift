import FerryCore
import FerryLinux

/// Performing what the cutover machine says.
extension SourceRun {
    /// Hands an event to the machine and performs the answer. What the actions bring about waits until they are all done.
    func feed(_ event: SourceCutoverMachine.Event) {
        results.append(event)
        guard !isFeeding else { return }
        isFeeding = true
        while !results.isEmpty {
            let event = results.removeFirst()
            for action in cutover.handle(event, at: now()) { perform(action) }
        }
        isFeeding = false
    }

    private func attempt(_ body: () throws(Failure) -> SourceCutoverMachine.Event) {
        do throws(Failure) { feed(try body()) } catch { feed(.failed(error)) }
    }

    private func perform(_ action: SourceCutoverMachine.Action) {
        switch action {
        case .drain:
            attempt { () throws(Failure) in
                begin(.barrier)
                let cost = try guest.drain()
                session.marks.after(.barrier)
                barrierTime += cost
                return .drained(cost)
            }
        case .pause:
            begin(.freeze)
            blackout.begin(at: now())
            attempt { () throws(Failure) in
                try guest.pause()
                blackout.mark("stop", at: now())
                session.marks.after(.freeze)
                return .paused
            }
        case .beginDeviceState: beginDeviceState()
        case .copyRest:
            begin(.lastCopy)
            if hasDisk { session.marks.before(.lastDiskRound) }
            step(rounds.handle(.frozen, at: now()))
        case .seal:
            if hasDisk { session.marks.after(.lastDiskRound) }
            session.marks.after(.lastCopy)
            send(.releaseDisks(ReleaseDisksMessage()))
        case .finishDeviceState:
            attempt { () throws(Failure) in
                deviceState = try guest.finishDeviceState()
                blackout.mark("device state finished", at: now())
                session.marks.after(.deviceState)
                return .deviceStateFinished(byteCount: deviceState.count)
            }
        case .harvestAgain:
            begin(.lastCopy)
            step(rounds.handle(.harvestAgain, at: now()))
        case .sendDeviceState:
            session.marks.after(.lastCopy)
            sendDeviceState()
        case .record(let role): record(role)
        case .sendGrant: sendGrant()
        case .resumeGuest: resumeGuest()
        case .abandonTarget: send(.cancel(CancelMessage()))
        case .giveBack:
            stopCopying()
            giveBack()
        case .askTarget: ask()
        case .askWitness: claim()
        case .answerTooLate: session.publish { $0.wasTooLateToCancel = true }
        case .postpone(let barrier):
            blackout = BlackoutClock()
            step(rounds.handle(.freezePostponed(barrier: barrier), at: now()))
        case .finished: finished()
        }
    }

    private var hasDisk: Bool { session.lanes.contains { $0.kind != .memory } }

    private func beginDeviceState() {
        session.marks.before(.deviceState)
        let guest = self.guest
        let mailbox = session.mailbox
        do throws(Failure) {
            deviceStateThread = try WorkerThread("ferry-device") {
                do throws(Failure) {
                    try guest.beginDeviceState()
                    mailbox.post(.deviceStatePrepared)
                } catch {
                    mailbox.post(.deviceStateFailed(error))
                }
            }
        } catch {
            feed(.failed(error))
        }
    }

    private func sendDeviceState() {
        blackout.mark("last look at memory", at: now())
        begin(.ready)
        if configuration.verifiesMemory, capabilities.contains(.memoryDigest) {
            for lane in session.lanes {
                guard let memory = lane as? any MemoryDigesting else { continue }
                do throws(Failure) {
                    send(.memoryDigest(MemoryDigestMessage(digest: try memory.digest())))
                } catch {
                    return feed(.failed(error))
                }
            }
        }
        guard !deviceState.isEmpty else {
            return feed(.failed(Failure(TransferFault.guestLost, "The hypervisor handed over an empty device state.")))
        }
        mayTargetBeReady = true
        for piece in DeviceStateMessage.pieces(of: deviceState) { send(.deviceState(piece)) }
        deviceState = []
    }

    private func record(_ role: OwnershipRole) {
        let phase: MigrationPhase? =
            switch role {
            case .released: .released
            case .gone: .gone
            case .owner, .prepared, .ready, .granted, .refused: nil
            }
        if let phase { begin(phase) }
        do throws(Failure) {
            try session.log.append(role)
        } catch {
            return feed(.recordFailed(role, error))
        }
        if role == .released { blackout.mark("RELEASED recorded", at: now()) }
        if let phase { session.marks.after(phase) }
        feed(.recorded(role))
    }

    /// Over the control channel while there is one; else the question that follows carries RELEASED, which is the grant.
    private func sendGrant() {
        begin(.grant)
        send(.grant(GrantMessage(epoch: configuration.epoch)))
        session.marks.after(.grant)
        begin(.running)
        if isControlLost { ask() }
    }

    private func resumeGuest() {
        stopCopying()
        deviceStateThread?.join()
        do throws(Failure) {
            try guest.resume()
            feed(.resumed)
        } catch {
            feed(.resumeFailed(error))
        }
    }

    private func ask() {
        guard !isAsking else { return }
        isAsking = true
        session.marks.before(.settle)
        let (peer, mailbox) = (session.peer, session.mailbox)
        let own = OwnershipStanding(
            role: session.log.role, epoch: configuration.epoch, isRunning: false)
        let thread = try? WorkerThread("ferry-ask") {
            if let standing = try? peer.ask(telling: own) { mailbox.post(.standing(standing)) }
            mailbox.post(.askEnded)
        }
        if thread == nil { isAsking = false }
    }

    private func claim() {
        guard let witness = session.witness, !isClaiming else { return }
        isClaiming = true
        session.marks.before(.witness)
        let mailbox = session.mailbox
        let thread = try? WorkerThread("ferry-witness") {
            do throws(Failure) {
                mailbox.post(.witnessed(try witness.claim(for: .source)))
            } catch {
                mailbox.post(.witnessFailed(error))
            }
        }
        if thread == nil { isClaiming = false }
    }

    private func finished() {
        switch cutover.outcome {
        case .moved: outcome = .moved
        case .keptHere(let failure): outcome = .keptHere(failure)
        case .stoppedHere(let failure): outcome = .stoppedHere(failure)
        case nil: break
        }
    }
}
