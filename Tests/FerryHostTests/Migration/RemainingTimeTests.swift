import FerryCore
import FerryHost
import Testing

@Suite struct RemainingTimeTests {
    private func remaining(_ round: Int?, memory: UInt64 = 600, disk: UInt64? = nil, rate: Double?) -> Duration? {
        ProgressReport.remaining(
            round: round, memory: LaneProgress(acknowledged: .zero, pending: ByteCount(memory)),
            disk: disk.map { LaneProgress(acknowledged: .zero, pending: ByteCount($0)) }, rate: rate)
    }

    @Test func `the full pass is estimated from what is pending in all lanes and the present rate`() {
        #expect(remaining(0, rate: 100) == .seconds(6))
        #expect(remaining(0, memory: 601, rate: 100) == .seconds(7))
        #expect(remaining(0, disk: 400, rate: 100) == .seconds(10))
    }

    @Test func `rounds after the full pass have no estimate`() {
        #expect(remaining(1, rate: 100) == nil)
        #expect(remaining(nil, rate: 100) == nil)
    }

    @Test(arguments: [nil, 0, -1, Double.infinity, Double.nan, 1e-9] as [Double?])
    func `a rate that says nothing gives no estimate`(_ rate: Double?) {
        #expect(remaining(0, rate: rate) == nil)
    }

    @Test func `nothing pending gives no estimate`() {
        #expect(remaining(0, memory: 0, rate: 100) == nil)
    }
}
