import FerryCore

/// The source has lost a data connection and must know that nothing from it will be applied any more.
package struct ConnectionLostMessage: WireMessage {
    static let tag = MessageTag.connectionLost

    package var connection: UInt32

    package init(connection: UInt32) { self.connection = connection }

    func encode(into writer: inout WireWriter) { writer.put(connection) }

    init(from reader: inout WireReader) throws(Failure) { connection = try reader.take() }
}

/// Nothing from this connection will be applied from here on, even if the number never arrived.
package struct ConnectionRetiredMessage: WireMessage {
    static let tag = MessageTag.connectionRetired

    package var connection: UInt32

    package init(connection: UInt32) { self.connection = connection }

    func encode(into writer: inout WireWriter) { writer.put(connection) }

    init(from reader: inout WireReader) throws(Failure) { connection = try reader.take() }
}

/// The first record of a data connection: which move and which connection, under its key.
package struct OpeningMessage: WireMessage {
    static let tag = MessageTag.opening

    package var migration: MigrationID
    package var connection: UInt32

    package init(migration: MigrationID, connection: UInt32) {
        self.migration = migration
        self.connection = connection
    }

    func encode(into writer: inout WireWriter) {
        writer.put(migration)
        writer.put(connection)
    }

    init(from reader: inout WireReader) throws(Failure) {
        migration = try reader.takeMigration()
        connection = try reader.take()
    }
}

/// The target takes items from this data connection.
package struct OpenedMessage: WireMessage {
    static let tag = MessageTag.opened

    package var connection: UInt32

    package init(connection: UInt32) { self.connection = connection }

    func encode(into writer: inout WireWriter) { writer.put(connection) }

    init(from reader: inout WireReader) throws(Failure) { connection = try reader.take() }
}

/// Items of this connection up to and including `sequence` are applied.
package struct AcknowledgementMessage: WireMessage {
    static let tag = MessageTag.acknowledgement

    package var sequence: UInt64

    package init(sequence: UInt64) { self.sequence = sequence }

    func encode(into writer: inout WireWriter) { writer.put(sequence) }

    init(from reader: inout WireReader) throws(Failure) { sequence = try reader.take() }
}
