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
                let cost = try guest.drain()
                barrierTime += cost
                return .drained(cost)
            }
        case .pause:
            blackout.begin(at: now())
            attempt { () throws(Failure) in
                try guest.pause()
                blackout.mark("stop", at: now())
                session.probe?.reached(.frozen)
                return .paused
            }
        case .beginDeviceState: beginDeviceState()
        case .copyRest: step(rounds.handle(.frozen, at: now()))
        case .seal: send(.releaseDisks(ReleaseDisksMessage()))
        case .finishDeviceState:
            attempt { () throws(Failure) in
                deviceState = try guest.finishDeviceState()
                blackout.mark("device state finished", at: now())
                return .deviceStateFinished(byteCount: deviceState.count)
            }
        case .harvestAgain: step(rounds.handle(.harvestAgain, at: now()))
        case .sendDeviceState: sendDeviceState()
        case .record(let role): record(role)
        case .sendGrant: sendGrant()
        case .resumeGuest: resumeGuest()
        case .abandonTarget: send(.cancel(CancelMessage()))
        case .giveBack:
            stopCopying()
            giveBack()
        case .askTarget: ask()
        case .answerTooLate: session.publish { $0.wasTooLateToCancel = true }
        case .postpone(let barrier):
            blackout = BlackoutClock()
            step(rounds.handle(.freezePostponed(barrier: barrier), at: now()))
        case .finished: finished()
        }
    }

    private func beginDeviceState() {
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
        session.probe?.reached(.settled)
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
        for piece in DeviceStateMessage.pieces(of: deviceState) { send(.deviceState(piece)) }
        deviceState = []
    }

    private func record(_ role: OwnershipRole) {
        do throws(Failure) {
            try session.log.append(role)
        } catch {
            return feed(.recordFailed(role, error))
        }
        if role == .released {
            blackout.mark("RELEASED recorded", at: now())
            session.probe?.reached(.released)
        }
        feed(.recorded(role))
    }

    /// Over the control channel while there is one; else the question that follows carries RELEASED, which is the grant.
    private func sendGrant() {
        send(.grant(GrantMessage(epoch: configuration.epoch)))
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
        let (peer, mailbox) = (session.peer, session.mailbox)
        let own = OwnershipStanding(
            role: session.log.role, epoch: configuration.epoch, isRunning: false)
        let thread = try? WorkerThread("ferry-ask") {
            if let standing = try? peer.ask(telling: own) { mailbox.post(.standing(standing)) }
            mailbox.post(.askEnded)
        }
        if thread == nil { isAsking = false }
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
