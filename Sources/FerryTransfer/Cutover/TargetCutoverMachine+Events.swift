package import FerryCore

extension TargetCutoverMachine {
    package struct Configuration: Sendable {
        package var epoch: UInt64
        package var sourceName: String
        package var timeouts: CutoverTimeouts
        /// Of a move that was prepared with a witness: its name.
        package var witness: String?

        package init(
            epoch: UInt64, sourceName: String, timeouts: CutoverTimeouts = CutoverTimeouts(), witness: String? = nil
        ) {
            self.epoch = epoch
            self.sourceName = sourceName
            self.timeouts = timeouts
            self.witness = witness
        }
    }

    package enum Event: Sendable {
        /// The source has every extent acknowledged and asks for flush and release.
        case sealed
        case disksReleased
        /// The whole device state is here.
        case deviceStateArrived
        /// Loaded, status paused, locks obtainable.
        case loaded
        case granted
        case running
        /// `cont` answered an error: the guest has not run.
        case runRefused(Failure)
        /// `cont` was not answered in time: the guest may run.
        case runUnanswered(Failure)
        case recorded(OwnershipRole)
        case recordFailed(OwnershipRole, Failure)
        /// The hypervisor's exit has been awaited.
        case destroyed
        case destroyFailed(Failure)
        /// A local action failed: write, flush, release, load.
        case failed(Failure)
        /// The control channel is gone.
        case linkLost(Failure)
        /// The source gives up, or an administrator here does.
        case abandon(Failure)
        case guestDied(Failure)
        /// The source's record: an answer, or its own question.
        case standing(OwnershipStanding)
        /// For whom the witness has decided, for ever.
        case witnessed(OwnershipSide)
        /// The witness has not answered; whether it has decided is unknown.
        case witnessFailed(Failure)
        /// An administrator knows that the source has released the machine and that no witness gives it back.
        case vouched
        case tick
    }

    package enum Action: Sendable, Hashable {
        /// Flush the sinks, end the storage daemon and await its exit: `disksReleased` or `failed`.
        case releaseDisks
        case sendDisksReleased
        /// `loaded` or `failed`.
        case loadDeviceState
        /// Append to the journal and sync it: `recorded` or `recordFailed`.
        case record(OwnershipRole)
        case sendReady
        /// `cont`: `running`, `runRefused` or `runUnanswered`.
        case runGuest
        case sendRunning
        /// End every guest call and every receiving thread under way; kill the hypervisor, await its exit: `destroyed` or
        /// `destroyFailed`.
        case destroyGuest
        /// REFUSED is on stable storage: say so, if the source can be reached. It also learns it by asking.
        case sendRefused
        /// Ask the source for its standing on a connection of its own, telling ours; `standing`, or nothing.
        case askSource
        /// Claim the machine for the target at the witness: `witnessed` or `witnessFailed`.
        case askWitness
        /// To whoever abandoned: the machine is here now.
        case answerTooLate
        case finished
    }

    package enum Outcome: Sendable {
        case runsHere
        /// The machine belongs to this host, but its guest is dead or does not answer.
        case ownedHere(Failure)
        case refused(Failure)
    }
}
