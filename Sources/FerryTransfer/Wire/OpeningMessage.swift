import FerryCore

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
