import FerryCore
import FerryHost
import FerryTestKit
import FerryTransfer
import Synchronization
import Testing

@Suite struct PhaseFaultInjectorTests {
    private static func point(
        _ moment: PhasePoint.Moment, _ phase: MigrationPhase, _ side: OwnershipSide = .source
    ) -> PhasePoint {
        PhasePoint(moment, phase, side: side, migration: "11111111-1111-1111-1111-111111111111")
    }

    @Test func `a fault happens at its point's nth time, on its side, and once`() {
        let lines = Mutex<[String]>([])
        let injector = PhaseFaultInjector(
            PhaseFaultPlan([
                PhaseFault(.delay(.milliseconds(1)), .after, .survey, side: .source, occurrence: 2),
                PhaseFault(.delay(.milliseconds(1)), .before, .ready, side: .target),
            ])
        ) { line in lines.withLock { $0.append(line) } }
        for _ in 0..<4 {
            injector.reached(Self.point(.before, .survey))
            injector.reached(Self.point(.before, .ready, .source))
        }
        #expect(lines.withLock { $0 }.isEmpty)
        injector.reached(Self.point(.after, .survey))
        #expect(lines.withLock { $0 }.isEmpty)
        for _ in 0..<3 { injector.reached(Self.point(.after, .survey)) }
        #expect(lines.withLock { $0.count } == 1)
        #expect(
            lines.withLock { $0.first }?.hasPrefix("fault plan: delay 0.001 seconds after survey of the source, time 2")
                == true)
        for _ in 0..<3 { injector.reached(Self.point(.before, .ready, .target)) }
        #expect(lines.withLock { $0.count } == 2)
    }

    @Test func `a delay is waited for where it happens`() {
        let injector = PhaseFaultInjector(
            PhaseFaultPlan([PhaseFault(.delay(.milliseconds(60)), .before, .freeze, side: .source)])
        ) { _ in }
        let before = ContinuousClock.now
        injector.reached(Self.point(.before, .freeze))
        #expect(ContinuousClock.now - before >= .milliseconds(60))
    }
}
