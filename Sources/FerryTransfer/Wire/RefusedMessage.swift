package import FerryCore

/// REFUSED: recorded; that hypervisor is dead and nothing of the machine runs at the target by this move.
package struct RefusedMessage: WireMessage {
    static let tag = MessageTag.refused

    package var epoch: UInt64
    /// Why, as far as the target knows.
    package var failure: Failure?

    package init(epoch: UInt64, failure: Failure?) {
        self.epoch = epoch
        self.failure = failure
    }

    func encode(into writer: inout WireWriter) {
        writer.put(epoch)
        writer.put(failure != nil)
        if let failure { writer.put(failure) }
    }

    init(from reader: inout WireReader) throws(Failure) {
        epoch = try reader.take()
        failure = try reader.takeFlag() ? try reader.takeFailure() : nil
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.epoch == right.epoch && WireWriter.bytes(of: left.failure) == WireWriter.bytes(of: right.failure)
    }
}
