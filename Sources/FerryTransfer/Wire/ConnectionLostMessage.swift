import FerryCore

/// The source has lost a data connection and must know that nothing from it will be applied any more.
package struct ConnectionLostMessage: WireMessage {
    static let tag = MessageTag.connectionLost

    package var connection: UInt32

    package init(connection: UInt32) { self.connection = connection }

    func encode(into writer: inout WireWriter) { writer.put(connection) }

    init(from reader: inout WireReader) throws(Failure) { connection = try reader.take() }
}
