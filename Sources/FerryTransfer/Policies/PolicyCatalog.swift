/// Every strategy by name, each with the parameters it takes from a request.
package enum PolicyCatalog: String, CaseIterable, Sendable {
    case fitsDowntime = "fits-downtime"
    case fixedRounds = "fixed-rounds"
    case stopAndCopy = "stop-and-copy"

    /// What a caller may set; each policy takes what it knows.
    package struct Settings: Sendable, Hashable {
        package var downtimeBudget: Duration
        /// Rounds after which the policy must decide; `fixed-rounds` copies exactly so many.
        package var maximumRounds: Int
        /// The blackout beyond which a move that does not converge is given up.
        package var upperLimit: Duration

        package init(
            downtimeBudget: Duration = .milliseconds(50), maximumRounds: Int = 10, upperLimit: Duration = .seconds(2)
        ) {
            self.downtimeBudget = downtimeBudget
            self.maximumRounds = maximumRounds
            self.upperLimit = upperLimit
        }
    }

    package func policy(_ settings: Settings = Settings()) -> ConvergencePolicy {
        switch self {
        case .fitsDowntime:
            .fitsDowntime(
                settings.downtimeBudget, maximumRounds: settings.maximumRounds, upperLimit: settings.upperLimit)
        case .fixedRounds: .fixedRounds(settings.maximumRounds)
        case .stopAndCopy: .stopAndCopy
        }
    }
}
