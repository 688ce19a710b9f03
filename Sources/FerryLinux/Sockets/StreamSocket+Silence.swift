import CLinux
package import FerryCore

/// A connection that a `StreamSocket` has let go of: open for its other side, with nobody who reads or writes. Closed when the
/// object goes.
package final class SilentConnection: Sendable {
    private let connection: SharedDescriptor
    /// Of the pair the socket works on instead: held open so that its reads and writes wait.
    private let deadEnd: StreamSocket

    fileprivate init(_ connection: consuming Descriptor, deadEnd: StreamSocket) {
        self.connection = SharedDescriptor(connection)
        self.deadEnd = deadEnd
    }
}

extension StreamSocket {
    /// From now on nothing of the connection is read or written, and neither side is told: what a link does that swallows every
    /// packet. This object waits in its calls as if nothing came and nothing could leave. A test of what the two sides do then.
    package func silence() throws(Failure) -> SilentConnection {
        let (end, deadEnd) = try StreamSocket.pair()
        let connection = try descriptor.duplicate()
        let result = descriptor.withRaw { number in end.descriptor.withRaw { ferry_replace(number, $0) } }
        guard result >= 0 else {
            throw Failure(errno: result, "silence the connection to \(peerName)", target: peerName)
        }
        return SilentConnection(connection, deadEnd: deadEnd)
    }
}
