package import FerryCore

/// The phases of one move on one host, as far as anybody looks in.
package struct PhaseMarks: Sendable {
    package let side: OwnershipSide
    /// Lower-case UUID.
    package let migration: String
    package let probe: (any PhaseProbe)?

    package init(_ side: OwnershipSide, migration: String, probe: (any PhaseProbe)?) {
        self.side = side
        self.migration = migration
        self.probe = probe
    }

    package func before(_ phase: MigrationPhase, round: Int? = nil) {
        probe?.reached(PhasePoint(.before, phase, side: side, migration: migration, round: round))
    }

    package func after(_ phase: MigrationPhase, round: Int? = nil) {
        probe?.reached(PhasePoint(.after, phase, side: side, migration: migration, round: round))
    }

    /// `body` is the phase. One that fails has no end.
    package func around<Result>(
        _ phase: MigrationPhase, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        before(phase)
        let result = try body()
        after(phase)
        return result
    }
}
