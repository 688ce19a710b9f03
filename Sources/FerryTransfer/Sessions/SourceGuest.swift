package import FerryCore

/// What the source session needs of the hypervisor. FerryHost conforms with QMP; a simulation conforms with an array.
///
/// All calls block, are made from the session's own thread, one at a time unless said otherwise, and carry their own deadline:
/// a hypervisor that does not answer is a failure, never a hang.
package protocol SourceGuest: AnyObject, Sendable {
    /// Whether device I/O can reach guest memory without the tracker seeing it (a disk does direct I/O).
    var needsBarrier: Bool { get }

    /// Waits until every device request that was in flight at the call is complete. Stops the guest's I/O meanwhile.
    /// Returns the time it took, which counts as blackout.
    func drain() throws(Failure) -> Duration

    /// Pauses the guest: always our own `stop`, never QEMU's. On failure the guest's state is unknown: `resume` follows.
    func pause() throws(Failure)

    /// Makes the guest run again after a failed or cancelled move, from whatever state the calls below left it in.
    /// Never called after RELEASED unless the target's durable REFUSED is held.
    func resume() throws(Failure)

    /// Serialises device state as far as pre-switchover, into a relay that holds it. The guest is paused.
    /// May run side by side with the last rounds, on a thread of its own.
    func beginDeviceState() throws(Failure)

    /// Lets the hypervisor finish. Returns the whole stream once the source says `completed`. At most `deviceStateLimit`.
    func finishDeviceState() throws(Failure) -> [UInt8]

    /// The move is given up: `drain` and `pause` that wait, and those that come, end soon with a failure. From any thread; never
    /// waits. `resume` is not touched by it.
    func interrupt()

    /// Whether the hypervisor still lives. Cheap; called every few hundred milliseconds.
    var isAlive: Bool { get }
}

extension SourceGuest {
    /// Of a hypervisor that keeps nobody waiting.
    package func interrupt() {}

    /// Measured 200–330 KB on QEMU 7.2 and 10.0; anything much bigger means that RAM is in the stream.
    package static var deviceStateLimit: Int { 64 << 20 }
}
