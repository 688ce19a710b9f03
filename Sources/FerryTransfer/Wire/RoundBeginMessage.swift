import FerryCore

/// A round begins: items of it may arrive from here on, of older ones no more.
package struct RoundBeginMessage: WireMessage {
    static let tag = MessageTag.roundBegin

    package var round: UInt32
    /// Whether the guest is paused.
    package var isFrozen: Bool
    /// Bytes to come, as far as known: for the target's progress.
    package var byteCount: UInt64

    package init(round: UInt32, isFrozen: Bool, byteCount: UInt64) {
        self.round = round
        self.isFrozen = isFrozen
        self.byteCount = byteCount
    }

    func encode(into writer: inout WireWriter) {
        writer.put(round)
        writer.put(isFrozen)
        writer.put(byteCount)
    }

    init(from reader: inout WireReader) throws(Failure) {
        round = try reader.take()
        isFrozen = try reader.takeFlag()
        byteCount = try reader.take()
    }
}
