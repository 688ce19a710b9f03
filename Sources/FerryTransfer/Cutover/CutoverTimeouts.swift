/// How long each side of a cutover waits. A wait that ends always ends safely: the source resumes before RELEASED, and asks
/// again after it; the target destroys what has never run.
package struct CutoverTimeouts: Sendable, Hashable {
    /// Source: from asking the target to release the disks to its answer. The guest is paused.
    package var disksReleased: Duration
    /// Source: from sending the device state to READY. The guest is paused.
    package var ready: Duration
    /// Source: from GRANT to RUNNING; then the move is in doubt and the target is asked.
    package var running: Duration
    /// Both: between two questions to the peer while in doubt, and between two attempts to write a record.
    package var askAgain: Duration
    /// Target: from READY, without a word of RELEASED, to giving the machine up. Long, because after the source's host has
    /// crashed the target holds the only live copy, and a source that is back within the lease releases it.
    package var lease: Duration
    /// Target, in a move with a witness: from asking it to giving the machine up. The guest is paused.
    package var witness: Duration
    /// Source, in a move with a witness: from the begin of the doubt, without the target's last word, to asking the witness. Longer
    /// than `witness`, so that a target that is only slow has said how it ended.
    package var witnessPatience: Duration

    package init(
        disksReleased: Duration = .seconds(30), ready: Duration = .seconds(60), running: Duration = .seconds(3),
        askAgain: Duration = .seconds(1), lease: Duration = .seconds(600),
        witness: Duration = .seconds(2), witnessPatience: Duration = .seconds(4)
    ) {
        self.disksReleased = disksReleased
        self.ready = ready
        self.running = running
        self.askAgain = askAgain
        self.lease = lease
        self.witness = witness
        self.witnessPatience = witnessPatience
    }
}
