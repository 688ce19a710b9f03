package import FerryCore

/// What the target session needs of the hypervisor: a planned machine, started `-incoming defer -S`, that has never run.
///
/// All calls block and are made from one thread at a time: the session's own, or one it joins before the next call.
package protocol TargetGuest: AnyObject, Sendable {
    /// Keeps a piece of a file the machine boots from directly. Pieces come in order, from offset 0, one file after the other;
    /// the session checks size and digest. Called only when the source has such files.
    func store(_ bytes: [UInt8], of file: BootFileKind, at offset: UInt64) throws(Failure)

    /// Every boot file is complete. Afterwards the hypervisor must be up, waiting for its device state: start it here when it
    /// could not be started without them. Called once, before PREPARED is recorded and any memory is received.
    func prepare() throws(Failure)

    /// Ends the process that holds the disk images and waits for its exit, so that the hypervisor can take their locks.
    /// The session has flushed and closed the sinks.
    func releaseDisks() throws(Failure)

    /// Feeds the device state and waits until it is loaded, the status is `paused` and the images' locks can be had.
    func load(deviceState: [UInt8]) throws(Failure)

    /// `cont`: the commit act. Called only after OWNER is on stable storage.
    func run() throws(GuestStartFailure)

    /// Kills the hypervisor and waits for its exit. Idempotent. Afterwards nothing of the machine runs here. Also called when
    /// `prepare` failed or was never called.
    func destroy() throws(Failure)

    /// Whether the hypervisor still lives. Cheap; called every few hundred milliseconds, also before `prepare`, where it is true.
    var isAlive: Bool { get }
}

/// Why `cont` did not succeed. The difference decides who owns the machine.
package enum GuestStartFailure: Error, Sendable {
    /// The hypervisor *answered* an error: the guest has not run and is destroyed next.
    case answered(Failure)
    /// No answer in time, or the connection broke: the guest may run, so the machine is this host's.
    case unanswered(Failure)
}
