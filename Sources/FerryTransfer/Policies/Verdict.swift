package import FerryCore

/// What a policy decides after a survey. A further step (slowing the guest, a post-copy tail) becomes a case here, and
/// the switch over it in `RoundMachine` lists what must understand it.
package enum Verdict: Sendable, Hashable {
    case copyAgain(NotYet)
    case freeze(FreezePlan)
    case giveUp(GiveUpReason)
}

/// Why the guest has not been frozen yet.
package enum NotYet: Sendable, Hashable {
    case fullPass
    case rateUnknown
    case overBudget(forecast: Duration, budget: Duration)
    case barrierTooSlow(Duration, limit: Duration)
    case roundsLeft(Int)
}

/// On what terms the guest is frozen.
package struct FreezePlan: Sendable, Hashable {
    /// nil when nothing has been copied yet, so that no rate is known.
    package var forecast: Duration?
    /// A barrier slower than this postpones the freeze; nil = none does.
    package var barrierLimit: Duration?
    /// Whether the promise is broken knowingly: the rounds are used up and the forecast is bearable.
    package var isForced: Bool

    package init(forecast: Duration?, barrierLimit: Duration?, isForced: Bool = false) {
        self.forecast = forecast
        self.barrierLimit = barrierLimit
        self.isForced = isForced
    }
}

package enum GiveUpReason: Sendable, Hashable {
    /// The rounds are used up and freezing would take longer than the policy's upper limit.
    case didNotConverge(rounds: Int, forecast: Duration?, limit: Duration)
}

extension NotYet {
    /// For `ProgressReport.reasonNotFrozen`: "186 MB still changing at 240 MB/s; …".
    package func sentence(_ facts: RoundFacts) -> String {
        let pending = ByteCount(facts.pending)
        let changing =
            facts.dirtyRate.map { "\(pending) still changing at \(ByteCount(UInt64(max($0, 0))))/s" }
            ?? "\(pending) to copy"
        return switch self {
        case .fullPass: "the first pass is running"
        case .rateUnknown: "\(changing); the transfer rate is not known yet"
        case .overBudget(let forecast, let budget):
            "\(changing); freezing now would take \(Int(forecast.milliseconds.rounded())) ms of \(Int(budget.milliseconds)) ms"
        case .barrierTooSlow(let cost, let limit):
            "storage took \(Int(cost.milliseconds.rounded())) ms to complete its requests, limit \(Int(limit.milliseconds)) ms"
        case .roundsLeft(let rounds): "\(changing); \(rounds) rounds left"
        }
    }
}

extension GiveUpReason {
    package func failure(_ facts: RoundFacts) -> Failure {
        switch self {
        case .didNotConverge(let rounds, let forecast, let limit):
            let rest = ByteCount(facts.pending)
            let blackout = forecast.map { "\(Int($0.milliseconds.rounded())) ms" } ?? "an unknown time"
            return Failure(
                TransferFault.didNotConverge,
                "After \(rounds) rounds in \(Int(facts.elapsed.inSeconds.rounded())) s, \(rest) still changes faster than it is "
                    + "copied: switching over would stop the guest for \(blackout), more than \(Int(limit.milliseconds)) ms."
            )
        }
    }
}
