package import FerryCore

/// This host's journal of one migration. FerryHost keeps it in a file, a test in an array.
///
/// Before RELEASED and READY the newest record is OWNER at the source and PREPARED at the target; the sessions write those, too.
package protocol OwnershipLog: AnyObject, Sendable {
    /// Appends a record of `role` with the migration's machine, id, side and epoch, and returns once it is on stable storage.
    /// On failure nobody knows whether it is.
    func append(_ role: OwnershipRole) throws(Failure)

    /// The newest record that is known to be on stable storage; nil before the first.
    var role: OwnershipRole? { get }
}

/// Reaches the other host's record without the move's own connections: FerryHost asks over its control interface.
package protocol OwnershipPeer: AnyObject, Sendable {
    /// Tells `own` and returns what the other host's record says. Blocks, with a deadline of its own (a few seconds); called from
    /// a thread of its own, one at a time. A failure means "no answer", and is not final.
    ///
    /// The host that is asked feeds the question to its session (`learn`), because a standing of RELEASED is a grant, and
    /// answers with the session's `standing(isRunning:)`; when no session lives any more, from the newest record.
    func ask(telling own: OwnershipStanding) throws(Failure) -> OwnershipStanding
}
