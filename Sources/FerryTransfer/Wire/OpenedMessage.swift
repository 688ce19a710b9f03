import FerryCore

/// The target takes items from this data connection.
package struct OpenedMessage: WireMessage {
    static let tag = MessageTag.opened

    package var connection: UInt32

    package init(connection: UInt32) { self.connection = connection }

    func encode(into writer: inout WireWriter) { writer.put(connection) }

    init(from reader: inout WireReader) throws(Failure) { connection = try reader.take() }
}
