import FerryCore
import FerryHost
import Testing

@Suite struct ProcessorUsageTests {
    private func at(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    @Test func `the percentage is of all processors and of the last interval`() {
        var usage = ProcessorUsage()
        usage.add(.seconds(100), at: at(10), processors: 4)
        #expect(usage.percent == 0)
        usage.add(.seconds(102), at: at(12), processors: 4)
        #expect(usage.percent == 25)
        usage.add(.seconds(102), at: at(14), processors: 4)
        #expect(usage.percent == 0)
    }

    @Test func `it stays between 0 and 100`() {
        var usage = ProcessorUsage()
        usage.add(.seconds(5), at: at(1), processors: 1)
        usage.add(.seconds(50), at: at(2), processors: 1)
        #expect(usage.percent == 100)
        usage.add(.seconds(1), at: at(3), processors: 1)
        #expect(usage.percent == 0)
    }
}
