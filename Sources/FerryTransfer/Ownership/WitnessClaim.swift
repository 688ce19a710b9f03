package import FerryCore

/// One move of one machine, as a witness knows it, and for which of its two hosts the machine is claimed.
package struct WitnessClaim: Sendable, Hashable {
    package let machine: String
    package let migration: String
    package let epoch: UInt64
    /// Of the two hosts' public keys: lower-case hexadecimal SHA-256.
    package let source: String
    package let target: String
    package let side: OwnershipSide

    /// - Throws: `TransferFault.recordDamaged` for what could not stand in a line of the ledger, and for one host in both places.
    package init(
        machine: String, migration: String, epoch: UInt64, source: String, target: String, side: OwnershipSide
    ) throws(Failure) {
        for id in [machine, migration, source, target] where !OwnershipRecord.isValidID(id) {
            throw Failure(
                TransferFault.recordDamaged,
                "The identifier '\(id.prefix(80))' cannot be recorded: letters, digits and hyphens, at most 64.")
        }
        guard source != target else {
            throw Failure(TransferFault.recordDamaged, "A move has two hosts; both were named '\(source)'.")
        }
        self.machine = machine
        self.migration = migration
        self.epoch = epoch
        self.source = source
        self.target = target
        self.side = side
    }
}
