import FerryCore

/// GONE: the source knows that the target runs the machine and has recorded it. Nothing follows.
package struct GoneMessage: WireMessage {
    static let tag = MessageTag.gone

    package var epoch: UInt64

    package init(epoch: UInt64) { self.epoch = epoch }

    func encode(into writer: inout WireWriter) { writer.put(epoch) }

    init(from reader: inout WireReader) throws(Failure) { epoch = try reader.take() }
}
