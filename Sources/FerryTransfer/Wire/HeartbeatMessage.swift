import FerryCore

/// Sent every second on the control channel, whatever else is under way: silence means that the peer is lost.
package struct HeartbeatMessage: WireMessage {
    static let tag = MessageTag.heartbeat

    package var count: UInt64

    package init(count: UInt64) { self.count = count }

    func encode(into writer: inout WireWriter) { writer.put(count) }

    init(from reader: inout WireReader) throws(Failure) { count = try reader.take() }
}
