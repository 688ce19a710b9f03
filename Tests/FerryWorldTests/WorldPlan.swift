import FerryCore
import FerryTransfer

/// What goes wrong in a run, and when.
struct WorldPlan {
    enum Fault: CaseIterable {
        case sourceDaemonCrash
        case targetDaemonCrash
        case bothDaemonsCrash
        case sourcePowerFailure
        case targetPowerFailure
        case bothPowerFailure
        case controlCut
        /// Half open: nothing comes through any more in one direction or both, and nobody is told.
        case controlBlackHole
        /// Nothing gets through for a while, new connections included.
        case partition
        /// A partition that outlasts the target's lease.
        case leaseEnds
        case dataCut
        /// Acknowledgements stop; what was sent is late, or never comes.
        case dataBlackHole
        /// New connections take their time for a while and overtake each other: data connections, questions, answers.
        case connectionsDelayed
        case cancel
        case sourceGuestDeath
        case targetGuestDeath
        /// The target's storage daemon dies, with some of what it had acknowledged and not flushed.
        case targetStorageDeath
        /// An administrator at the target gives up.
        case targetAbandon
        /// The next record cannot be written: the line is on disk whole, in part, or not at all.
        case recordFails
        /// No record can be written on one of the hosts for a while.
        case recordsDiskFull
        /// The next local action of either side fails.
        case actionFails
        /// The next `cont` at the target answers an error.
        case runRefused
        /// The next `cont` at the target is not answered; it may have worked.
        case runUnanswered
        /// The next survey loses trust.
        case surveyFails
        case witnessCrash
        /// Nothing gets through between the witness and one of the hosts, or both, for a while.
        case witnessCut
    }

    /// A broken driver or host: the world's oracles must notice it.
    enum Sabotage: CaseIterable {
        case lastHarvestSkipped
        case harvestAgainSkipped
        case resumedAfterRelease
        case barrierLeftOut
        case retiredWithoutConfirmation
        case runWithoutGrant
        /// QEMU stopped the guest by itself, so it resumes it by itself when the connection dies.
        case stopLeftOut
        case grantBeforeRecord
        case unansweredTakenForRefused
        case lostItemsForgotten
        case givenBackToNobody
        /// The storage daemon's death passes for a flush.
        case flushAssumed
        /// The control channel's silence after RELEASED passes for the target's REFUSED.
        case silenceTakenForRefusal
        /// A record that could not be written passes for one that was.
        case failedRecordIgnored
        /// What waits for a record's sync does not wait.
        case recordNotSynced
        /// The target runs what nobody has claimed within its lease.
        case leaseEndTakenForGrant
        /// An answer is taken for one about the move under way, whichever it was about.
        case answersMistaken
        /// The target runs the guest when it is granted, without the witness's word.
        case witnessNotAsked
        /// The target takes the witness's silence for its word.
        case witnessSilenceTakenForWord
        /// The source runs the guest on when the witness has decided for it, and records nothing.
        case witnessedNotRecorded
        /// The source takes the witness's silence for a decision for itself.
        case claimTakenForDecision
        /// The witness answers what it has not written.
        case claimNotWritten
    }

    var seed: UInt64
    /// Armed at the n-th point of the run; points are the machines' events and actions.
    var armed: [(point: Int, fault: Fault)] = []
    /// Each fires within two milliseconds of this action of the source's in that attempt, one after another.
    var armedAt: [(attempt: Int, action: SourceCutoverMachine.Action, fault: Fault)] = []
    var sabotage: Sabotage?
    /// nil: by the seed.
    var hasWitness: Bool?
    /// Probability that a data connection breaks, for each acknowledgement; where it is not 0, requests get lost too.
    var breakage = 0.0

    var hasRoughLink: Bool { breakage > 0 }
}
