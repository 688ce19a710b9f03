/// A move that this host has open records of.
package struct MigrationTrace: Sendable, Hashable {
    /// Lower-case UUID.
    package var migration: String
    package var machine: String
    /// Whether a session or a settlement works on it, or waits for the other host.
    package var isActive: Bool

    package init(migration: String, machine: String, isActive: Bool) {
        self.migration = migration
        self.machine = machine
        self.isActive = isActive
    }

    /// Whether a folder of the runtime folder is this move's or its machine's.
    func owns(folder name: String) -> Bool { name == machine || name == "m-\(migration.prefix(8))" }
}

/// Names that Ferry gives: machines and moves are UUIDs in lower case.
enum OwnershipIdentifier {
    static func isUUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }
}
