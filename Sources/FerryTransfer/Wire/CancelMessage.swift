import FerryCore

/// The sender ends the move on purpose; the other side cleans up. Never sent after RELEASED.
package struct CancelMessage: WireMessage {
    static let tag = MessageTag.cancel

    package init() {}
    func encode(into writer: inout WireWriter) {}
    init(from reader: inout WireReader) throws(Failure) {}
}
