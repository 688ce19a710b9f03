import FerryCore
import Testing

@Suite("MonotonicTime")
struct MonotonicTimeTests {
    @Test func `time and duration add and subtract`() {
        let time = MonotonicTime(nanoseconds: 1_500_000_000)
        #expect((time + .milliseconds(250)).nanoseconds == 1_750_000_000)
        #expect((time + .milliseconds(-250)) < time)
        #expect(MonotonicTime(nanoseconds: 1_000) - time == .nanoseconds(-1_499_999_000))
        #expect(abs(Duration.microseconds(1500).milliseconds - 1.5) < 1e-9)
        #expect(abs(Duration.milliseconds(1500).inSeconds - 1.5) < 1e-9)
    }

    @Test func `the system's clock does not go back`() {
        let clock = SystemTime()
        var last = clock.now()
        for _ in 0..<1000 {
            let now = clock.now()
            #expect(now >= last)
            last = now
        }
    }
}
