package import FerryCore

/// What the target session needs of the hypervisor: a planned machine, started `-incoming defer -S`, that has never run.
///
/// All calls block and are made from the session's own thread, one at a time.
package protocol TargetGuest: AnyObject, Sendable {
    /// Ends the process that holds the disk images and waits for its exit, so that the hypervisor can take their locks.
    func releaseDisks() throws(Failure)

    /// Feeds the device state and waits until it is loaded, the status is `paused` and the images' locks can be had.
    func load(deviceState: [UInt8]) throws(Failure)

    /// `cont`: the commit act. Called only after OWNER is on stable storage. On failure the caller destroys it.
    func run() throws(Failure)

    /// Kills the hypervisor and waits for its exit. Idempotent. Afterwards nothing of the machine runs here.
    func destroy() throws(Failure)

    var isAlive: Bool { get }
}
