/// A third host that decides where a machine runs when the two hosts of its move cannot tell each other.
package struct MigrationWitness: Codable, Sendable, Hashable {
    /// As the trust list of the source has it.
    package var name: String
    /// Of its public key: lower-case hexadecimal SHA-256. What both hosts know it by.
    package var fingerprint: String
    package init(name: String, fingerprint: String) {
        self.name = name
        self.fingerprint = fingerprint
    }
}

/// Whether the target makes the move with the witness it was told.
package struct WitnessConsent: Codable, Sendable, Hashable {
    /// The target has recorded that it runs the machine by this move only when the witness has decided for it.
    package var isAgreed: Bool
    /// Why not: a sentence.
    package var reason: String?
    package init(isAgreed: Bool, reason: String? = nil) {
        self.isAgreed = isAgreed
        self.reason = reason
    }
}

/// A host of a move to its witness. The first claim of a move decides it for ever; the answer comes once that is on stable storage.
package struct WitnessMigrationRequest: HostRequest {
    package static let operation = OperationID.witnessMigration
    package var subject: String? { migration }
    package typealias Response = WitnessAnswer

    package enum Act: String, Codable, Sendable, CaseIterable {
        /// Could it decide this move? Decides nothing.
        case probe
        /// What has it decided? Decides nothing.
        case look
        case claim
        /// The asking host is done with the move, and will never act by the decision again.
        case settle
    }

    package var act: Act
    package var migration: String
    /// Machine id.
    package var machine: String
    package var epoch: UInt64
    /// What the asking host is to the move; the certificate says which host it is.
    package var role: MigrationRole
    /// The fingerprint of the other host's public key.
    package var otherHost: String
    /// For which of the two the machine is claimed.
    package var side: MigrationRole

    package init(
        _ act: Act, migration: String, machine: String, epoch: UInt64, role: MigrationRole, otherHost: String,
        side: MigrationRole
    ) {
        self.act = act
        self.migration = migration
        self.machine = machine
        self.epoch = epoch
        self.role = role
        self.otherHost = otherHost
        self.side = side
    }
}

package struct WitnessAnswer: Codable, Sendable, Hashable {
    /// nil while nothing is decided.
    package var decision: MigrationRole?
    package init(decision: MigrationRole?) { self.decision = decision }
}
