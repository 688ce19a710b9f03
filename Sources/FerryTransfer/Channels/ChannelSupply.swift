package import FerryCore
package import FerryLinux

/// Opens connections to the target's migration port: the engine asks, the daemon connects and decides which network.
package protocol ChannelSupply: AnyObject, Sendable {
    /// A connected socket on which nothing was sent yet; the engine closes it. Number 0 is the control channel, others carry
    /// data, and no number is asked for twice unless the attempt failed. Blocks until `deadline` at most; may be called from
    /// several threads.
    func connect(number: UInt32, until deadline: Deadline, stop: StopSignal) throws(Failure) -> StreamSocket
}
