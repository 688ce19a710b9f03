package import FerryCore

/// A move at one moment, as a value: a sampler reads it a few times a second.
package struct SessionProgress: Sendable {
    package internal(set) var phase = MigrationPhase.connect
    /// 0 is the full pass; nil before and after copying.
    package internal(set) var round: Int?
    package internal(set) var memory: LaneProgress?
    package internal(set) var disk: LaneProgress?
    /// On the data connections, framing included.
    package internal(set) var wireBytes: UInt64 = 0
    /// The blackout if the guest froze now; nil while nothing is known.
    package internal(set) var blackoutForecast: Duration?
    package internal(set) var reasonNotFrozen: String?
    /// The other host has not been heard of for more than a second. The move waits for it, or gives it up a little later.
    package internal(set) var isPeerSilent = false
    /// 0–100, never falls; −1 before the first survey.
    package internal(set) var percent = -1
    /// Data connections that were opened, replacements included.
    package internal(set) var connectionsOpened = 0
    /// A cancellation came when the target might already run the guest; the move goes on.
    package internal(set) var wasTooLateToCancel = false
    /// What the witness of a move in doubt has said; nil before it was asked.
    package internal(set) var witness: WitnessWord?

    package init() {}

    /// Whoever knows that the hypervisor hangs says so, whichever phase it hangs in.
    package mutating func showWaitingForStorage() { phase = .barrier }
}
