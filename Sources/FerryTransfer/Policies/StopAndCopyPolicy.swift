extension ConvergencePolicy {
    /// Freezes before anything is copied: the shortest move, the longest blackout.
    package static var stopAndCopy: Self {
        Self(name: "stop-and-copy", downtimeBudget: nil) { facts in
            .freeze(FreezePlan(forecast: facts.blackoutForecast, barrierLimit: nil))
        }
    }
}
