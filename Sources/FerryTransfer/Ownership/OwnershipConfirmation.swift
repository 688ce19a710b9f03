/// Whether the other host's record agrees with this one's that the machine is here.
///
/// The protocol itself lets no two records claim a machine. An administrator can, who vouches for a host that does not answer
/// (`OwnershipChoice`): that host may come back with a record that says the machine is its own. So whoever comes back to such a
/// record while its guest does not run reads the other host's before it lets it run, and whoever runs a guest goes on asking until
/// the other has agreed. Of two that claim it the one that was not chosen yields.
package enum OwnershipConfirmation: Sendable, Hashable, CaseIterable {
    /// The other host will not run it by this move: this host's claim is the only one.
    case agreed
    /// The other host has not settled the move yet, or says nothing of it.
    case open
    /// The other host was given the machine by an administrator's word: it must not run here.
    case yields

    /// - Parameters:
    ///   - journal: of this host, whose newest record claims the machine: OWNER or REFUSED at the source, GRANT or OWNER at the
    ///     target.
    ///   - peer: the other host's answer. One without a record of the move cannot have the machine by it.
    package static func judge(_ journal: OwnershipJournal, peer: OwnershipStanding) -> OwnershipConfirmation {
        guard let newest = journal.records.last else { return .open }
        guard let role = peer.role, peer.epoch == newest.epoch else { return .agreed }
        switch newest.side {
        case .source:
            switch role {
            case .refused: return .agreed
            case .prepared, .ready, .granted: return .open
            case .owner:
                // REFUSED after RELEASED stands against the target's OWNER only by an administrator's word here.
                return journal.records.contains { $0.role == .released } ? .open : .yields
            case .released, .gone: return .open
            }
        case .target:
            switch role {
            case .gone: return .agreed
            case .refused: return .yields
            case .owner, .released, .prepared, .ready, .granted: return .open
            }
        }
    }
}
