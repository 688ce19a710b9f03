import FerryCore
import FerryTransfer
import Testing

@Suite("ConvergencePolicy")
struct ConvergencePolicyTests {
    private func facts(
        round: Int, pending: UInt64, rate: Double? = 1e9, barrier: Duration? = nil, disk: (UInt64, Double?)? = nil
    ) -> RoundFacts {
        var lanes = [RoundFacts.Lane(kind: .memory, pending: pending, rate: rate)]
        if let disk { lanes.append(.init(kind: .disk(index: 0), pending: disk.0, rate: disk.1)) }
        return RoundFacts(
            round: round, lanes: lanes, dirtyRate: nil, elapsed: .seconds(9), barrier: barrier,
            deviceState: .milliseconds(10))
    }

    private func freezes(_ verdict: Verdict) -> FreezePlan? {
        if case .freeze(let plan) = verdict { plan } else { nil }
    }

    @Test func `the forecast is copy time, barrier and device state`() {
        let forecast = facts(round: 1, pending: 30_000_000, barrier: .milliseconds(5), disk: (10_000_000, 5e8))
            .blackoutForecast
        #expect(abs((forecast ?? .zero).milliseconds - (30 + 20 + 5 + 10)) < 0.01)
    }

    @Test func `a lane without a rate is taken to be as slow as the slowest`() {
        let forecast = facts(round: 1, pending: 10_000_000, disk: (10_000_000, nil)).blackoutForecast
        #expect(abs((forecast ?? .zero).milliseconds - 30) < 0.01)
        #expect(facts(round: 0, pending: 1, rate: nil).blackoutForecast == nil)
        #expect(facts(round: 0, pending: 0, rate: nil).blackoutForecast == .milliseconds(10))
    }

    @Test func `fits-downtime freezes at its budget and not before`() {
        let policy = ConvergencePolicy.fitsDowntime(.milliseconds(50))
        #expect(freezes(policy.judge(facts(round: 1, pending: 40_000_000))) != nil)
        #expect(freezes(policy.judge(facts(round: 1, pending: 41_000_000))) == nil)
        #expect(policy.judge(facts(round: 0, pending: 1 << 30, rate: nil)) == .copyAgain(.fullPass))
        #expect(policy.judge(facts(round: 1, pending: 1 << 30, rate: nil)) == .copyAgain(.rateUnknown))
    }

    @Test func `a barrier over half the budget is not the time to freeze`() {
        let policy = ConvergencePolicy.fitsDowntime(.milliseconds(50))
        #expect(freezes(policy.judge(facts(round: 3, pending: 0, barrier: .milliseconds(25)))) != nil)
        #expect(
            policy.judge(facts(round: 3, pending: 0, barrier: .milliseconds(26)))
                == .copyAgain(.barrierTooSlow(.milliseconds(26), limit: .milliseconds(25))))
    }

    @Test func `when the rounds are used up it freezes anyway while that is bearable, else gives up`() {
        let policy = ConvergencePolicy.fitsDowntime(.milliseconds(50), maximumRounds: 10, upperLimit: .seconds(2))
        #expect(freezes(policy.judge(facts(round: 9, pending: 1_000_000_000))) == nil)
        let forced = freezes(policy.judge(facts(round: 10, pending: 1_000_000_000)))
        #expect(forced?.isForced == true && forced?.barrierLimit == .seconds(2))
        guard case .giveUp(let reason) = policy.judge(facts(round: 10, pending: 3_000_000_000)) else {
            Issue.record("not given up")
            return
        }
        let failure = reason.failure(facts(round: 10, pending: 3_000_000_000))
        #expect(failure.is(TransferFault.didNotConverge))
        #expect(failure.message.contains("10 rounds in 9 s") && failure.message.contains("3010 ms"))
    }

    @Test func `fixed-rounds copies as often as it says`() {
        let policy = ConvergencePolicy.fixedRounds(2)
        #expect(policy.judge(facts(round: 0, pending: 0)) == .copyAgain(.fullPass))
        #expect(policy.judge(facts(round: 1, pending: 0)) == .copyAgain(.roundsLeft(1)))
        #expect(freezes(policy.judge(facts(round: 2, pending: 1 << 40))) != nil)
    }

    @Test func `stop-and-copy freezes before the first byte`() {
        #expect(freezes(ConvergencePolicy.stopAndCopy.judge(facts(round: 0, pending: 1 << 40, rate: nil))) != nil)
    }

    /// Every policy of the catalogue, whatever the facts: it ends within its bound, and says who it is.
    @Test(arguments: PolicyCatalog.allCases)
    func `a policy of the catalogue ends`(_ entry: PolicyCatalog) {
        let settings = PolicyCatalog.Settings(maximumRounds: 5)
        let policy = entry.policy(settings)
        #expect(policy.name == entry.rawValue)
        for pending in [UInt64(0), 4096, 1 << 20, 1 << 40] {
            for barrier in [nil, Duration.zero, .milliseconds(30), .seconds(5)] {
                for rate in [nil, 1.0, 1e6, 1e10] {
                    let verdict = policy.judge(facts(round: 5, pending: pending, rate: rate, barrier: barrier))
                    if case .copyAgain = verdict {
                        Issue.record("\(pending) \(String(describing: barrier)): \(verdict)")
                    }
                }
            }
        }
    }

    @Test func `the reason not to freeze is a sentence with figures`() {
        var facts = facts(round: 2, pending: 186 << 20)
        facts.dirtyRate = 240 * 1_048_576
        let sentence = NotYet.overBudget(forecast: .milliseconds(195), budget: .milliseconds(50)).sentence(facts)
        #expect(sentence == "186 MB still changing at 240 MB/s; freezing now would take 195 ms of 50 ms")
    }
}
