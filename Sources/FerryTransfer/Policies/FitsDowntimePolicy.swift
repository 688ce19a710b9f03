extension ConvergencePolicy {
    /// Freezes as soon as the forecast blackout fits `budget`.
    ///
    /// - A barrier slower than half the budget postpones the freeze, however little is pending.
    /// - After `maximumRounds` the promise cannot be kept. Like Hyper-V after its ten passes the guest is then frozen anyway,
    ///   but only while the forecast is at most `upperLimit`; beyond it the move ends with `Transfer.didNotConverge` and the
    ///   guest goes on at the source.
    ///
    /// The default promise is 50 ms: what users do not notice, and a sixth of QEMU's `downtime-limit`.
    package static func fitsDowntime(
        _ budget: Duration = .milliseconds(50), maximumRounds: Int = 10, upperLimit: Duration = .seconds(2)
    ) -> Self {
        Self(name: "fits-downtime", downtimeBudget: budget) { facts in
            let forecast = facts.blackoutForecast
            let barrierLimit = budget / 2
            if let forecast, forecast <= budget {
                if let barrier = facts.barrier, barrier > barrierLimit, facts.round < maximumRounds {
                    return .copyAgain(.barrierTooSlow(barrier, limit: barrierLimit))
                }
                if facts.barrier ?? .zero <= barrierLimit {
                    return .freeze(FreezePlan(forecast: forecast, barrierLimit: barrierLimit))
                }
            }
            if facts.round == 0 { return .copyAgain(.fullPass) }
            if facts.round < maximumRounds {
                guard let forecast else { return .copyAgain(.rateUnknown) }
                if let barrier = facts.barrier, barrier > barrierLimit {
                    return .copyAgain(.barrierTooSlow(barrier, limit: barrierLimit))
                }
                return .copyAgain(.overBudget(forecast: forecast, budget: budget))
            }
            if let forecast, forecast <= upperLimit {
                return .freeze(FreezePlan(forecast: forecast, barrierLimit: upperLimit, isForced: true))
            }
            return .giveUp(.didNotConverge(rounds: facts.round, forecast: forecast, limit: upperLimit))
        }
    }
}
