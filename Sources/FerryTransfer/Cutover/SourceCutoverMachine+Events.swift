package import FerryCore

extension SourceCutoverMachine {
    package struct Configuration: Sendable {
        package var needsBarrier: Bool
        /// The epoch the move establishes at the target: one more than the machine's.
        package var epoch: UInt64
        package var targetName: String
        package var timeouts: CutoverTimeouts
        /// Bytes; a stream beyond it carries RAM and would make the blackout unbounded.
        package var deviceStateLimit: Int
        /// Of a move that was prepared with a witness: its name.
        package var witness: String?

        package init(
            needsBarrier: Bool, epoch: UInt64, targetName: String,
            timeouts: CutoverTimeouts = CutoverTimeouts(), deviceStateLimit: Int = 64 << 20,
            witness: String? = nil
        ) {
            self.needsBarrier = needsBarrier
            self.epoch = epoch
            self.targetName = targetName
            self.timeouts = timeouts
            self.deviceStateLimit = deviceStateLimit
            self.witness = witness
        }
    }

    package enum Event: Sendable {
        /// The round machine's `freeze`.
        case begin(FreezePlan)
        case drained(Duration)
        case paused
        /// The device state is serialised as far as pre-switchover.
        case deviceStatePrepared
        /// The round machine's `restSettled`: everything surveyed is acknowledged.
        case restSettled
        /// The target has flushed and its storage daemon has exited.
        case disksReleased
        /// The hypervisor says `completed`; the stream is held.
        case deviceStateFinished(byteCount: Int)
        case ready
        case running
        /// The target's REFUSED is on stable storage: nothing of the machine runs there or will by this migration.
        case refused(Failure)
        case recorded(OwnershipRole)
        /// Nobody knows whether the record reached stable storage.
        case recordFailed(OwnershipRole, Failure)
        case resumed
        case resumeFailed(Failure)
        /// A local action failed: barrier, pause, device state, last rounds.
        case failed(Failure)
        /// The control channel is gone. A lost data connection is the ledger's matter, not this machine's.
        case linkLost(Failure)
        case cancel
        case guestDied(Failure)
        /// The target's record: an answer, or its own question.
        case standing(OwnershipStanding)
        /// For whom the witness has decided, for ever.
        case witnessed(OwnershipSide)
        /// `wakeUp` has come.
        case tick
    }

    package enum Action: Sendable, Hashable {
        /// Wait for device requests in flight: `drained` or `failed`.
        case drain
        /// `paused` or `failed`.
        case pause
        /// On a thread of its own: `deviceStatePrepared` or `failed`.
        case beginDeviceState
        /// `frozen` to the round machine; `restSettled` or `failed`.
        case copyRest
        /// Ask the target to flush and to end its storage daemon: `disksReleased` or `refused`.
        case seal
        /// Let the hypervisor finish and hold the stream: `deviceStateFinished` or `failed`.
        case finishDeviceState
        /// `harvestAgain` to the round machine; `restSettled` or `failed`.
        case harvestAgain
        /// Forward the held stream; `ready` or `refused` follows.
        case sendDeviceState
        /// Append to the journal and sync it: `recorded` or `recordFailed`.
        case record(OwnershipRole)
        /// Through whatever reaches the target: the control channel, or a question that carries our standing. Idempotent.
        case sendGrant
        /// First end every guest call, mover and survey under way; then make the guest run: `resumed` or `resumeFailed`.
        case resumeGuest
        /// Tell the target to give up; best effort, never waited for. The target's lease covers a message that is lost.
        case abandonTarget
        /// Hand the ledger's debts back to the lanes.
        case giveBack
        /// Ask the target for its standing on a connection of its own, telling ours; `standing`, or nothing.
        case askTarget
        /// Claim the machine for the source at the witness: `witnessed`, or nothing.
        case askWitness
        /// To whoever cancelled: the target may already run.
        case answerTooLate
        /// The barrier was too slow, the guest was never paused: `freezePostponed` to the round machine.
        case postpone(barrier: Duration)
        case finished
    }

    package enum Outcome: Sendable {
        case moved
        /// The guest runs at the source again.
        case keptHere(Failure)
        /// The machine belongs to the source, but its guest is dead or cannot be made to run.
        case stoppedHere(Failure)
    }
}
