import FerryCore

/// Nothing from this connection will be applied from here on, even if the number never arrived.
package struct ConnectionRetiredMessage: WireMessage {
    static let tag = MessageTag.connectionRetired

    package var connection: UInt32

    package init(connection: UInt32) { self.connection = connection }

    func encode(into writer: inout WireWriter) { writer.put(connection) }

    init(from reader: inout WireReader) throws(Failure) { connection = try reader.take() }
}
