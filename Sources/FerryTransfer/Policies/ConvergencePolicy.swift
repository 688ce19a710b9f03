/// Decides when to stop copying while the guest runs. A strategy is one of these: a name and a pure function.
///
/// The name travels to the peer and into reports; `PolicyCatalog` knows all of them.
package struct ConvergencePolicy: Sendable {
    package let name: String
    /// The promise, where the policy makes one: reports show it beside the forecast.
    package let downtimeBudget: Duration?
    package let judge: @Sendable (RoundFacts) -> Verdict

    package init(name: String, downtimeBudget: Duration?, judge: @escaping @Sendable (RoundFacts) -> Verdict) {
        self.name = name
        self.downtimeBudget = downtimeBudget
        self.judge = judge
    }
}
