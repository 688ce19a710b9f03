import FerryCore

/// The target agrees that it has applied the whole round, and takes nothing of it any more.
package struct RoundSealedMessage: WireMessage {
    static let tag = MessageTag.roundSealed

    package var round: UInt32

    package init(round: UInt32) { self.round = round }

    func encode(into writer: inout WireWriter) { writer.put(round) }

    init(from reader: inout WireReader) throws(Failure) { round = try reader.take() }
}
