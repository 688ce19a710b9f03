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
        case controlCut
        /// Nothing gets through for a while, new connections included.
        case partition
        case dataCut
        case cancel
        case sourceGuestDeath
        case targetGuestDeath
        /// An administrator at the target gives up.
        case targetAbandon
        /// The next record cannot be written: the line is on disk whole, in part, or not at all.
        case recordFails
        /// The next local action of either side fails.
        case actionFails
        /// The next `cont` at the target answers an error.
        case runRefused
        /// The next `cont` at the target is not answered; it may have worked.
        case runUnanswered
        /// The next survey loses trust.
        case surveyFails
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
    }

    var seed: UInt64
    /// Armed at the n-th point of the run; points are the machines' events and actions.
    var armed: [(point: Int, fault: Fault)] = []
    /// Fires within two milliseconds of this action of the source's.
    var armedAt: (action: SourceCutoverMachine.Action, fault: Fault)?
    var sabotage: Sabotage?
    /// Probability that a data connection breaks, for each acknowledgement; where it is not 0, requests get lost too.
    var breakage = 0.0

    var hasRoughLink: Bool { breakage > 0 }
}
