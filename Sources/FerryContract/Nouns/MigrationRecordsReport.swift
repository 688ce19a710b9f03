/// What an administrator decides about a move in doubt, from the asked host's side.
package enum MigrationChoice: String, Sendable, Codable, CaseIterable {
    case keepHere = "KeepHere"
    case giveAway = "GiveAway"
}

/// What one choice would do, or why it cannot be made.
package struct MigrationChoiceReport: Sendable, Codable, Hashable {
    package var isPossible: Bool
    /// A sentence or more, with the risk where there is one.
    package var meaning: String

    package init(isPossible: Bool, meaning: String) {
        self.isPossible = isPossible
        self.meaning = meaning
    }
}

/// What the witness of a move says.
package struct WitnessReport: Sendable, Codable, Hashable {
    package var name: String
    /// nil while it has decided nothing, and when it does not answer.
    package var decision: MigrationRole?
    /// Why it does not answer.
    package var failure: FailureDocument?

    package init(name: String, decision: MigrationRole?, failure: FailureDocument?) {
        self.name = name
        self.decision = decision
        self.failure = failure
    }
}

/// Both hosts' records of one move, and what can be made of them: what `Resolve-VMMigration` shows.
package struct MigrationRecordsReport: Sendable, Codable, Hashable {
    package var migration: MigrationReport
    package var own: MigrationStanding
    package var otherHost: String
    /// nil when the other host does not answer.
    package var other: MigrationStanding?
    /// Why it does not.
    package var otherFailure: FailureDocument?
    package var keepHere: MigrationChoiceReport
    package var giveAway: MigrationChoiceReport
    /// nil in a move without a witness.
    package var witness: WitnessReport?

    package init(
        migration: MigrationReport, own: MigrationStanding, otherHost: String, other: MigrationStanding?,
        otherFailure: FailureDocument?, keepHere: MigrationChoiceReport, giveAway: MigrationChoiceReport,
        witness: WitnessReport? = nil
    ) {
        self.migration = migration
        self.own = own
        self.otherHost = otherHost
        self.other = other
        self.otherFailure = otherFailure
        self.keepHere = keepHere
        self.giveAway = giveAway
        self.witness = witness
    }

    package func choice(_ choice: MigrationChoice) -> MigrationChoiceReport {
        switch choice {
        case .keepHere: keepHere
        case .giveAway: giveAway
        }
    }
}
