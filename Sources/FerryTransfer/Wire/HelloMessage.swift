import FerryCore

/// The source's first record on the control channel: which move this is, and what the source can speak.
package struct HelloMessage: WireMessage {
    static let tag = MessageTag.hello

    /// Repeats the preamble under the traffic key.
    package var migration: MigrationID
    package var connection: UInt32
    package var oldestVersion: UInt16
    package var newestVersion: UInt16
    package var capabilities: Capabilities
    /// Of the ownership records.
    package var epoch: UInt64
    /// Name of the source's convergence policy, for the target's report.
    package var policy: String
    /// Data connections the source means to open.
    package var connections: UInt16

    package init(
        migration: MigrationID, connection: UInt32 = 0, oldestVersion: UInt16 = WireProtocol.oldestVersion,
        newestVersion: UInt16 = WireProtocol.newestVersion, capabilities: Capabilities, epoch: UInt64, policy: String,
        connections: UInt16
    ) {
        self.migration = migration
        self.connection = connection
        self.oldestVersion = oldestVersion
        self.newestVersion = newestVersion
        self.capabilities = capabilities
        self.epoch = epoch
        self.policy = policy
        self.connections = connections
    }

    func encode(into writer: inout WireWriter) {
        writer.put(migration)
        writer.put(connection)
        writer.put(oldestVersion)
        writer.put(newestVersion)
        writer.put(capabilities.rawValue)
        writer.put(epoch)
        writer.put(connections)
        writer.put(policy)
    }

    init(from reader: inout WireReader) throws(Failure) {
        migration = try reader.takeMigration()
        connection = try reader.take()
        oldestVersion = try reader.take()
        newestVersion = try reader.take()
        capabilities = Capabilities(rawValue: try reader.take())
        epoch = try reader.take()
        connections = try reader.take()
        policy = try reader.takeText()
        guard oldestVersion > 0, oldestVersion <= newestVersion else {
            throw reader.violation("it speaks versions \(oldestVersion) to \(newestVersion)")
        }
        guard connections > 0, Int(connections) <= WireProtocol.connectionsLimit else {
            throw reader.violation("\(connections) data connections")
        }
    }
}
