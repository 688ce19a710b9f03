/// What a record says. The newest record of a migration on a host is that host's standing.
///
///     source:  OWNER ──▶ RELEASED ──▶ GONE            target:  PREPARED ──▶ READY ──▶ OWNER ──▶ (GRANT)
///                │           │                                     │          │          │         │
///                └───────────┴──▶ REFUSED                          └──────────┴──────────┴─────────┴──▶ REFUSED
///
/// In a move with a witness the target records GRANT between READY and OWNER as well, and both rules below have a third host in
/// them: `OwnershipWitness`.
///
/// - The target never runs the guest without RELEASED at the source (GRANT on the wire, or the source's standing read by the
///   target), and never before its own OWNER is on stable storage.
/// - The source never runs the guest after RELEASED without the target's REFUSED, and records REFUSED itself first.
package enum OwnershipRole: String, Sendable, Hashable, CaseIterable {
    /// Source: the machine is here and a move of it began. Target: it is here now, and may run.
    case owner = "OWNER"
    /// Target: room, paths and a hypervisor are reserved; nothing of it has run.
    case prepared = "PREPARED"
    /// Target: extents acknowledged, storage daemon gone, device state loaded, status paused, locks obtainable.
    case ready = "READY"
    /// Source: given away. Written before GRANT is sent; from here only the target's REFUSED brings the machine back.
    case released = "RELEASED"
    /// Target: the source has released it and the guest has not run. Written over OWNER when `cont` answered an error, and by an
    /// administrator who saw RELEASED at the source where the target could not; in a move with a witness before it is asked. Also
    /// what a target answers between its OWNER and the running guest.
    case granted = "GRANT"
    /// Target: the hypervisor is dead and nothing of the machine runs or will run by this migration.
    /// Source: this migration will not take the machine away; it stays.
    case refused = "REFUSED"
    /// Source: the target runs it.
    case gone = "GONE"
}

/// Which end of a migration a record was written at.
package enum OwnershipSide: String, Sendable, Hashable, CaseIterable {
    case source
    case target
}

/// What a host says of one migration: from its record, never from memory.
package struct OwnershipStanding: Sendable, Hashable {
    /// nil when this host has no record of it.
    package var role: OwnershipRole?
    package var epoch: UInt64
    /// Whether the guest runs at that host at this moment.
    package var isRunning: Bool

    package init(role: OwnershipRole?, epoch: UInt64, isRunning: Bool) {
        self.role = role
        self.epoch = epoch
        self.isRunning = isRunning
    }
}
