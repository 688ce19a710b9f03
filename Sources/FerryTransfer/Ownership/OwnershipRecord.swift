package import FerryCore

/// One line of a migration's journal. A host appends it, syncs it, and only then acts on it.
package struct OwnershipRecord: Sendable, Hashable {
    package let role: OwnershipRole
    package let side: OwnershipSide
    /// The machine's id: lower-case UUID.
    package let machine: String
    /// The migration's id: lower-case UUID, the same on both hosts.
    package let migration: String
    /// The machine's count of owners that this migration establishes when it succeeds; the same in all its records.
    package let epoch: UInt64
    /// Unix time in milliseconds. For people: nothing is decided by it.
    package let time: UInt64

    /// Fails where an id could not stand in a line: empty, over 64 characters, or with others than letters, digits and hyphens.
    package init(
        _ role: OwnershipRole, side: OwnershipSide, machine: String, migration: String, epoch: UInt64, time: UInt64
    ) throws(Failure) {
        for id in [machine, migration] where !Self.isValidID(id) {
            throw Failure(
                TransferFault.recordDamaged,
                "The identifier '\(id.prefix(80))' cannot be recorded: letters, digits and hyphens, at most 64.")
        }
        self.role = role
        self.side = side
        self.machine = machine
        self.migration = migration
        self.epoch = epoch
        self.time = time
    }

    static func isValidID(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default:
                    false
                }
            }
    }
}
