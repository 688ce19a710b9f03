extension ConvergencePolicy {
    /// Copies exactly `rounds` rounds, the full pass included, and freezes whatever is pending then.
    package static func fixedRounds(_ rounds: Int) -> Self {
        Self(name: "fixed-rounds", downtimeBudget: nil) { facts in
            facts.round < rounds
                ? .copyAgain(facts.round == 0 ? .fullPass : .roundsLeft(rounds - facts.round))
                : .freeze(FreezePlan(forecast: facts.blackoutForecast, barrierLimit: nil))
        }
    }
}
