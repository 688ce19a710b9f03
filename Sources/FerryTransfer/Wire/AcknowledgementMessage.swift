import FerryCore

/// Items of this connection up to and including `sequence` are applied.
package struct AcknowledgementMessage: WireMessage {
    static let tag = MessageTag.acknowledgement

    package var sequence: UInt64

    package init(sequence: UInt64) { self.sequence = sequence }

    func encode(into writer: inout WireWriter) { writer.put(sequence) }

    init(from reader: inout WireReader) throws(Failure) { sequence = try reader.take() }
}
