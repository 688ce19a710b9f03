/// Moments of a move at which a test may look. Nothing in production conforms.
///
/// Called on the session's thread, which waits: what a probe does at `frozen` lengthens the blackout.
package protocol SessionProbe: AnyObject, Sendable {
    func reached(_ point: ProbePoint)
}

package enum ProbePoint: Sendable, Hashable {
    /// Source: surveyed and, where needed, drained; nothing of it has been read.
    case surveyed(round: Int)
    /// Source: the round is acknowledged.
    case copied(round: Int)
    /// Source: our `stop` has been answered.
    case frozen
    /// Source: everything is acknowledged after the last harvest; the device state is held and goes out next. Here the memory
    /// of both hosts is equal.
    case settled
    /// Source: RELEASED is on stable storage and GRANT is not sent.
    case released
    /// Target: PREPARED, room made.
    case prepared
    /// Target: device state loaded, READY not yet recorded: between load and `cont`.
    case loaded
    /// Target: OWNER is on stable storage and `cont` is next.
    case granted
    /// Target: the guest runs.
    case running
}
