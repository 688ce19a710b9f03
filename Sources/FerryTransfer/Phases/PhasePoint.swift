/// The begin or the end of one phase of a move on one of its hosts.
package struct PhasePoint: Sendable, Hashable {
    package enum Moment: String, Sendable, Hashable, CaseIterable {
        case before
        case after
    }

    package var moment: Moment
    package var phase: MigrationPhase
    package var side: OwnershipSide
    /// Lower-case UUID.
    package var migration: String
    /// Of the phases that are repeated for each round; 0 is the full pass.
    package var round: Int?

    package init(
        _ moment: Moment, _ phase: MigrationPhase, side: OwnershipSide, migration: String = "", round: Int? = nil
    ) {
        self.moment = moment
        self.phase = phase
        self.side = side
        self.migration = migration
        self.round = round
    }

    /// Whether this is that point of any move and any round.
    package func isPoint(_ moment: Moment, _ phase: MigrationPhase, side: OwnershipSide? = nil) -> Bool {
        self.moment == moment && self.phase == phase && (side == nil || side == self.side)
    }
}
