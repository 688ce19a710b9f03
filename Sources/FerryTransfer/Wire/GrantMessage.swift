import FerryCore

/// GRANT: the source has recorded RELEASED; the machine is the target's.
package struct GrantMessage: WireMessage {
    static let tag = MessageTag.grant

    package var epoch: UInt64

    package init(epoch: UInt64) { self.epoch = epoch }

    func encode(into writer: inout WireWriter) { writer.put(epoch) }

    init(from reader: inout WireReader) throws(Failure) { epoch = try reader.take() }
}
